// Keyed draws, prepared: the label is hashed once, then each number is a function of (key, index) alone.
import { fnv1a } from '../../src/base/hash.ts';

/** Scrambles 32 bits; every bit of the input reaches every bit of the output. */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The key of the stream `label` under `seed`. */
export function streamKey(seed: number, label: string): number {
  return mix32(fnv1a(label, mix32(seed ^ 0x9e3779b9)) ^ Math.imul(label.length, 0x85ebca77));
}

/** Unsigned 32-bit draw number `index` of a stream. */
export function drawAt(key: number, index: number): number {
  return mix32(mix32(key + Math.imul(index, 0x9e3779b1)) ^ (key >>> 7) ^ index);
}

/** Integer in [0, bound) out of an unsigned 32-bit draw; bound below 2^21 keeps the product exact. */
export function below(draw: number, bound: number): number {
  return Math.floor((draw * bound) / 0x100000000);
}

/** A stream with its own position. */
export class DrawStream {
  readonly key: number;
  index = 0;

  constructor(seed: number, label: string) {
    this.key = streamKey(seed, label);
  }

  next(): number {
    return drawAt(this.key, this.index++);
  }

  /** Integer in [0, bound). */
  below(bound: number): number {
    return below(drawAt(this.key, this.index++), bound);
  }
}
