// The cookie that an answer brings.
import type { RequestRecord } from './evidence.ts';

/** 'name=value' of its Set-Cookie header; null: it has none. */
export function cookieOf({ headers }: Pick<RequestRecord, 'headers'>): string | null {
  const set = headers['set-cookie'];
  return set === undefined ? null : set.split(';', 1)[0]!;
}
