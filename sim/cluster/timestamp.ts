// RFC 3339 times out of milliseconds and back. `new Date(ms)` is plain arithmetic in UTC: it asks no clock.

/** metav1.Time: whole seconds. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** metav1.MicroTime. */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Milliseconds since 1970, or null when the text is no RFC 3339 time. */
export function parseTimeMs(text: string | undefined): number | null {
  if (text === undefined || !rfc3339.test(text)) return null;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? null : ms;
}
