// Durations in text form, as Go and Kubernetes write them.
import { fail, ok, type Result } from './result.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** '1h30m', '15s', '250ms', or '0' in milliseconds. */
export function parseDurationMs(text: string): Result<number> {
  if (text === '0') return ok(0);
  let rest = text;
  let totalMs = 0;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)/.exec(rest);
    if (match === null) return fail(`'${text}' is not a duration such as 500ms, 10s or 1h30m`);
    totalMs += Number(match[1]) * unitMs[match[2]!]!;
    rest = rest.slice(match[0].length);
  }
  if (text === '') return fail('a duration is missing, for example 10s');
  return ok(Math.round(totalMs));
}
