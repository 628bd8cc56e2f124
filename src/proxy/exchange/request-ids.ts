// Request ids: 128 random bits each, as 32 hex digits in bytes, drawn many at a time.
import type { Random } from '../../ports/random.ts';

export const requestIdLength = 32;
const idsPerDraw = 256;
const digits = Buffer.from('0123456789abcdef', 'latin1');

export class RequestIds {
  private readonly random: Random;
  private pool: Buffer = Buffer.alloc(0);
  private used = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Writes the next id into target[0, 32). */
  next(target: Buffer): void {
    if (this.used >= this.pool.length) {
      this.pool = this.random.bytes('request-id', 16 * idsPerDraw);
      this.used = 0;
    }
    const pool = this.pool;
    const start = this.used;
    for (let i = 0; i < 16; i++) {
      const byte = pool[start + i]!;
      target[2 * i] = digits[byte >> 4]!;
      target[2 * i + 1] = digits[byte & 15]!;
    }
    this.used = start + 16;
  }
}
