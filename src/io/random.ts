// Real randomness: the stream labels, which make simulated draws repeatable, have no meaning here.
import { randomBytes } from 'node:crypto';
import type { Random } from '../ports/random.ts';

const poolBytes = 4096;

export function createRandom(): Random {
  let pool = randomBytes(poolBytes);
  let used = 0;
  return {
    uint32() {
      if (used + 4 > poolBytes) {
        pool = randomBytes(poolBytes);
        used = 0;
      }
      const value = pool.readUInt32LE(used);
      used += 4;
      return value;
    },
    bytes: (_stream, length) => randomBytes(length),
  };
}
