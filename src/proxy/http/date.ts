// The Date field (RFC 9110 section 5.6.7) by arithmetic on the given time, made once a second.

const days = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

export interface CivilTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Days since 1970-01-01. */
  readonly dayNumber: number;
}

/** UTC, proleptic Gregorian calendar; years counted from March so that leap days come last. */
export function civilTime(wallMs: number): CivilTime {
  const seconds = Math.floor(wallMs / 1000);
  const dayNumber = Math.floor(seconds / 86_400);
  const rest = seconds - dayNumber * 86_400;
  const shifted = dayNumber + 719_468;
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
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    dayNumber,
  };
}

/** 'Tue, 24 Nov 2026 04:00:00 GMT' */
export function httpDate(wallMs: number): string {
  const { year, month, day, hour, minute, second, dayNumber } = civilTime(wallMs);
  const weekday = days[((dayNumber % 7) + 7) % 7];
  return `${weekday}, ${two(day)} ${months[month - 1]} ${year} ${two(hour)}:${two(minute)}:${two(second)} GMT`;
}

/** '24/Nov/2026:04:00:00 +0000', as the combined log format wants it. */
export function logDate(wallMs: number): string {
  const { year, month, day, hour, minute, second } = civilTime(wallMs);
  return `${two(day)}/${months[month - 1]}/${year}:${two(hour)}:${two(minute)}:${two(second)} +0000`;
}
