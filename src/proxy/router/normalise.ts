// Paths in the one form that routes are matched on: escapes decoded, dot segments removed, slashes merged.

const slash = 0x2f;
const dot = 0x2e;
const percent = 0x25;
/** Bytes that keep their meaning only while escaped: "!*'();:@&=+$,/?%#[]". */
const staysEscaped = new Uint8Array(256);
for (const char of "!*'();:@&=+$,/?%#[]") staysEscaped[char.charCodeAt(0)] = 1;

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Decodes every escape except those of reserved bytes, whose hex digits become upper case. Broken escapes stay. */
function decodeEscapes(path: string): string {
  let result = '';
  let copied = 0;
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at + 1)) {
    if (at + 2 >= path.length) break;
    const high = hexValue(path.charCodeAt(at + 1));
    const low = hexValue(path.charCodeAt(at + 2));
    if (high === -1 || low === -1) continue;
    const byte = high * 16 + low;
    result += path.slice(copied, at);
    result += staysEscaped[byte] === 1 ? path.slice(at, at + 3).toUpperCase() : String.fromCharCode(byte);
    copied = at + 3;
    at += 2;
  }
  return copied === 0 ? path : result + path.slice(copied);
}

/** True when the path has an escape, a doubled slash or a segment that starts with a dot. */
function needsWork(path: string): boolean {
  let previous = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === percent) return true;
    if (previous === slash && (code === slash || code === dot)) return true;
    previous = code;
  }
  return false;
}

/**
 * `path` starts with '/', has no query, and is a byte string (one character per byte, as read from the wire). Gives a
 * byte string. What does not start with '/' (for example '*') comes back unchanged.
 */
export function normalisePath(path: string): string {
  if (path.charCodeAt(0) !== slash || !needsWork(path)) return path;
  const decoded = decodeEscapes(path);
  if (!needsWork(decoded)) return decoded;
  const segments = decoded.split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const last = segments[segments.length - 1]!;
  const isFolder = last === '' || last === '.' || last === '..';
  if (kept.length === 0) return '/';
  return `/${kept.join('/')}${isFolder ? '/' : ''}`;
}
