// RFC 3339 in UTC to and from milliseconds, by calendar arithmetic (no Date, so it is the same everywhere).

const dayMs = 86_400_000;

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Days since 1970-01-01 of a proleptic Gregorian date; years are counted from March so that leap days come last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthShifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthShifted + 2) / 5) + 1;
  const month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** '2026-01-02T03:04:05Z': one second resolution, as metav1.Time. */
export function formatTimestamp(wallMs: number): string {
  const days = Math.floor(wallMs / dayMs);
  const seconds = Math.floor((wallMs - days * dayMs) / 1000);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${civilFromDays(days)}T${time}Z`;
}

/** Microsecond resolution, as metav1.MicroTime. */
export function formatMicroTimestamp(wallMs: number): string {
  const micros = Math.floor((wallMs - Math.floor(wallMs / 1000) * 1000) * 1000);
  return `${formatTimestamp(wallMs).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
}

/** Milliseconds since 1970, or null when the text is not RFC 3339 in UTC. */
export function parseTimestamp(text: string | undefined): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/.exec(text ?? '');
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  const fractionMs = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000);
  const days = daysFromCivil(year!, month!, day!);
  return days * dayMs + ((hour! * 60 + minute!) * 60 + second!) * 1000 + fractionMs;
}
