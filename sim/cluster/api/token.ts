// The bearer token, compared in a time that tells nothing about it.
import { createHash, timingSafeEqual } from 'node:crypto';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function sameToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}
