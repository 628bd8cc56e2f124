// RFC 3339 times out of milliseconds and back. `new Date(ms)` is plain arithmetic in UTC: it asks no clock.

/** The second that was written last, as most are asked for several times: '2026-01-01T00:00:00'. */
const latest = { second: Number.NaN, text: '' };

function secondText(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== latest.second) {
    latest.text = new Date(second * 1000).toISOString().slice(0, 19);
    latest.second = second;
  }
  return latest.text;
}

/** metav1.Time: whole seconds. */
export function formatTime(ms: number): string {
  return `${secondText(ms)}Z`;
}

/** metav1.MicroTime, of whole milliseconds. */
export function formatMicroTime(ms: number): string {
  const whole = Math.floor(ms);
  return `${secondText(whole)}.${String(whole - Math.floor(whole / 1000) * 1000).padStart(3, '0')}000Z`;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Times that were read lately: the same few stand in object after object. */
const known: Map<string, number | null> = new Map();
const knownMax = 1_000;

function readTimeMs(text: string): number | null {
  if (!rfc3339.test(text)) return null;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? null : ms;
}

/** Milliseconds since 1970, or null when the text is no RFC 3339 time. */
export function parseTimeMs(text: string | undefined): number | null {
  if (text === undefined) return null;
  let ms = known.get(text);
  if (ms === undefined) {
    if (known.size >= knownMax) known.clear();
    ms = readTimeMs(text);
    known.set(text, ms);
  }
  return ms;
}
