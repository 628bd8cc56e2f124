// Cookies of requests, read as nginx reads them ($cookie_NAME), and the one form in which we set them.

/** The value of the first cookie of that name in the values of the Cookie lines; null: there is none. Names in any case. */
export function readCookie(lines: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  for (const line of lines) {
    let at = 0;
    while (at < line.length) {
      if (line.slice(at, at + wanted.length).toLowerCase() === wanted) {
        let after = skipBlanks(line, at + wanted.length);
        if (line[after] === '=') {
          after = skipBlanks(line, after + 1);
          const end = line.indexOf(';', after);
          return line.slice(after, end < 0 ? line.length : end);
        }
      }
      while (at < line.length && line[at] !== ';' && line[at] !== ',') at++;
      at = skipBlanks(line, at + 1);
    }
  }
  return null;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

/** A Set-Cookie value. Kong writes `Same-Site`, which browsers do not know. */
export function formattedCookie(name: string, value: string, path: string): string {
  return `${name}=${value}; Path=${path}; SameSite=Lax; HttpOnly`;
}
