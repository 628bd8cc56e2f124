// Fixed calendar windows in UTC: second, minute, hour, day, month, year, as integers of milliseconds.

export type Period = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';

/** From the shortest to the longest. */
export const periods: readonly Period[] = ['second', 'minute', 'hour', 'day', 'month', 'year'];

/** What the Reset header counts from; months and years are nominal, as in Kong. */
export const nominalSeconds: Readonly<Record<Period, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
};

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

const dayMs = 86_400_000;

/** Days since 1970-01-01 of the first of a month (proleptic Gregorian; month 0 to 11, larger ones carry over). */
function daysOfMonth(year: number, month: number): number {
  return Math.floor(Date.UTC(year, month, 1) / dayMs);
}

/** The window of `period` that holds the moment. */
export function windowAt(period: Period, wallMs: number): Window {
  if (period === 'month' || period === 'year') {
    const date = new Date(wallMs);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    if (period === 'year')
      return { startMs: daysOfMonth(year, 0) * dayMs, endMs: daysOfMonth(year + 1, 0) * dayMs };
    return { startMs: daysOfMonth(year, month) * dayMs, endMs: daysOfMonth(year, month + 1) * dayMs };
  }
  const lengthMs = nominalSeconds[period] * 1000;
  const startMs = Math.floor(wallMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
