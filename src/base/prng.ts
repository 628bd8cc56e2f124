// Keyed random draws: a number is a function of (seed, stream label, index), so removing one consumer changes no other.
import { fnv1a } from './hash.ts';

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Unsigned 32-bit draw number `index` of stream `label` under `seed`. */
export function keyedUint32(seed: number, label: string, index: number): number {
  return mix(mix(fnv1a(label, seed ^ 0x9e3779b9) + Math.imul(index, 0x9e3779b1)) ^ mix(index + seed));
}

/** Integer in [0, bound). Multiply-shift: unbiased enough for bound below 2^20. */
export function boundedDraw(draw: number, bound: number): number {
  return Math.floor((draw / 0x100000000) * bound);
}
