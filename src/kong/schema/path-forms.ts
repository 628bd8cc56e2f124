// Forms of paths of routes: that which requests are matched in, and those of documents before format 3.0.

/** What is written as an escape where it has no meaning of its own. */
const staysEscaped = "!*'();:@&=+$,/?%#[]";

function decodeEscapes(text: string, shown: (char: string) => string): string {
  const bytes = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/%([0-9a-fA-F]{2})/g, (written, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      return staysEscaped.includes(char) ? written.toUpperCase() : shown(char);
    });
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A regular expression of the time when paths were decoded before they were matched. */
export function decodedPattern(pattern: string): string {
  return decodeEscapes(pattern, (char) => (/[.^\-{}\\|]/.test(char) ? `\\${char}` : char));
}

/** The form that requests are matched in: only such escapes are left, in upper case; dot segments removed. */
export function normalForm(path: string): string {
  const kept: string[] = [];
  const segments = decodeEscapes(path, (char) => char)
    .split('/')
    .slice(1);
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.' && segment !== '') kept.push(segment);
  }
  const last = segments.at(-1);
  const isFolder = last === '' || last === '.' || last === '..';
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isFolder ? '/' : ''}`;
}
