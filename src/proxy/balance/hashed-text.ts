// Parts of a request in the form that Kong hashes, byte for byte: its path as nginx knows it, a query argument as
// OpenResty decodes it. Texts are latin1, one character for each byte.

/** More arguments than this are ignored (`lua_max_uri_args`). */
const argumentsMax = 100;

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The byte that the escape at `at` stands for, or -1. */
function escapedByte(text: string, at: number): number {
  if (text[at] !== '%' || at + 2 >= text.length) return -1;
  const high = hexValue(text.charCodeAt(at + 1));
  const low = hexValue(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function decoded(text: string, hasPlus: boolean): string {
  if (!text.includes('%') && !(hasPlus && text.includes('+'))) return text;
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const byte = escapedByte(text, at);
    if (byte >= 0) {
      plain += String.fromCharCode(byte);
      at += 2;
    } else plain += hasPlus && text[at] === '+' ? ' ' : text[at]!;
  }
  return plain;
}

/** nginx's $uri: everything decoded (encoded slashes and dots count as such), slashes merged, '.' and '..' resolved. */
export function serverPath(path: string): string {
  const plain = decoded(path, false);
  if (!plain.includes('//') && !plain.includes('/.')) return plain;
  const kept: string[] = [];
  const segments = plain.split('/');
  const last = segments.at(-1)!;
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const isFolder = last === '' || last === '.' || last === '..';
  return `/${kept.join('/')}${isFolder && kept.length > 0 ? '/' : ''}`;
}

/** All values of the argument, sorted, with commas between; one without '=' counts as "true". null: there is none. */
export function queryArgumentKey(query: string, name: string): string | null {
  if (query === '') return null;
  const values: string[] = [];
  for (const argument of query.split('&', argumentsMax)) {
    const equals = argument.indexOf('=');
    const given = equals < 0 ? argument : argument.slice(0, equals);
    if (given === '' || decoded(given, true) !== name) continue;
    values.push(equals < 0 ? 'true' : decoded(argument.slice(equals + 1), true));
  }
  if (values.length === 0) return null;
  return values.sort().join(',');
}
