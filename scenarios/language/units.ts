// Durations, sizes and rates as people write them.
import { type Shape, word } from './shape.ts';

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1_000,
  MB: 1_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
};
const rateUnits: Readonly<Record<string, number>> = { s: 1, m: 60 };

const durationPattern = '^(0|\\d{1,7}(\\.\\d{1,3})?(ms|s|m|h))$';
const sizePattern = '^\\d{1,7}(B|KB|MB|KiB|MiB)$';
const ratePattern = '^\\d{1,6}(\\.\\d{1,3})?/(s|m)$';

/** Milliseconds of '500ms'; null where it is none. */
export function parseDuration(value: unknown): number | null {
  if (value === 0) return 0;
  if (typeof value !== 'string' || !new RegExp(durationPattern).test(value)) return null;
  const [, number, unit] = /^([\d.]+)([a-z]*)$/.exec(value)!;
  return Math.round(Number(number) * (durationUnits[unit!] ?? 1));
}

export function parseSize(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string' || !new RegExp(sizePattern).test(value)) return null;
  const [, number, unit] = /^(\d+)([A-Za-z]+)$/.exec(value)!;
  return Number(number) * sizeUnits[unit!]!;
}

/** Milliseconds. */
export const duration: Shape<number> = word(
  'a duration such as 500ms, 2s or 1m',
  { anyOf: [{ type: 'string', pattern: durationPattern }, { const: 0 }] },
  (value) => {
    const ms = parseDuration(value);
    return ms === null ? `'${String(value)}' is not a duration such as 500ms, 2s or 1m` : { value: ms };
  },
);

/** Bytes. */
export const size: Shape<number> = word(
  'a size such as 10KB, or a number of bytes',
  {
    anyOf: [
      { type: 'string', pattern: sizePattern },
      { type: 'integer', minimum: 0 },
    ],
  },
  (value) => {
    const bytes = parseSize(value);
    return bytes === null ? `'${String(value)}' is not a size such as 10KB` : { value: bytes };
  },
);

/** Per second. */
export const rate: Shape<number> = word(
  'a rate such as 200/s or 30/m',
  { type: 'string', pattern: ratePattern },
  (value) => {
    if (typeof value !== 'string' || !new RegExp(ratePattern).test(value))
      return `'${String(value)}' is not a rate such as 200/s or 30/m`;
    const [number, unit] = value.split('/');
    return { value: Number(number) / rateUnits[unit!]! };
  },
);

/** '500 ms', '3.1 s' */
export function formatDuration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
