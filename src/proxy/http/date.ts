// Times of day as HTTP and access logs write them. `new Date(ms)` is plain arithmetic in UTC: it asks no clock.

/** 'Tue, 24 Nov 2026 04:00:00 GMT' (RFC 9110 section 5.6.7) */
export function httpDate(wallMs: number): string {
  return new Date(wallMs).toUTCString();
}

/** '24/Nov/2026:04:00:00 +0000', as the combined log format wants it. */
export function logDate(wallMs: number): string {
  const [, day, month, year, time] = httpDate(wallMs).split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
