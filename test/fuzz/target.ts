// What a fuzz target is, and the draws that it makes its inputs of: the same seed and run always give the same input.
import { boundedDraw, keyedUint32 } from '../../src/base/prng.ts';

export interface Draws {
  /** 0 to bound - 1. */
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
}

export function createDraws(seed: number, label: string, run: number): Draws {
  let index = 0;
  const below = (bound: number): number => boundedDraw(keyedUint32(seed, `${label}/${run}`, index++), bound);
  return { below, pick: (list) => list[below(list.length)]! };
}

/** An input is a list of texts, so that any part of it may be left out in search of the smallest one that fails. */
export type Input = readonly string[];

export interface Target {
  readonly name: string;
  /** Its parts are plain text, and any cut of one is an input too. */
  readonly isText: boolean;
  make(draws: Draws): Input;
  /** null, or what is wrong. What it throws is wrong too. */
  judge(input: Input): Promise<string | null>;
  close(): void;
}

/** A few changes to a text: bytes put in, taken out, replaced and doubled, and pieces of others. */
export function mutate(draws: Draws, text: string, pieces: readonly string[]): string {
  let result = text;
  for (let changes = draws.below(4); changes > 0; changes--) {
    const at = draws.below(result.length + 1);
    const end = Math.min(result.length, at + draws.below(6));
    const middle = [
      '',
      draws.pick(pieces),
      String.fromCharCode(draws.below(256)),
      result.slice(at, end).repeat(2),
      result.slice(at, end).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    ][draws.below(5)]!;
    result = result.slice(0, at) + middle + result.slice(end);
  }
  return result;
}
