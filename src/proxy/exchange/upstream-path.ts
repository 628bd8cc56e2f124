// The path towards the upstream (Kong's path handling v0, and v1 of the flavour traditional), and its escaping.

/** A normalised path that a request may carry as it is, byte for byte. */
const passes = new Uint8Array(256);
for (const character of "!#$&'()*+,/:;=?@[]-_.~%") passes[character.charCodeAt(0)] = 1;
for (let i = 48; i < 58; i++) passes[i] = 1;
for (let i = 65; i < 91; i++) passes[i] = passes[i + 32] = 1;

/**
 * `path` is the normalised request path, `prefixLength` how much of it the route matched, `base` the service's path.
 */
export function upstreamPath(
  base: string | null,
  path: string,
  prefixLength: number,
  stripPath: boolean,
  pathHandling: 'v0' | 'v1' = 'v0',
): string {
  const root = base ?? '/';
  if (pathHandling === 'v1') return joinedAsText(root, path, prefixLength, stripPath);
  if (!stripPath) {
    if (root.endsWith('/')) return root + path.slice(1);
    return path === '/' ? root : root + path;
  }
  const rest = prefixLength === 0 ? path.slice(1) : withoutDots(path.slice(prefixLength));
  if (root.endsWith('/')) {
    if (rest !== '') return rest.startsWith('/') ? root + rest.slice(1) : root + rest;
    if (root === '/') return '/';
    return path.endsWith('/') ? root : root.slice(0, -1);
  }
  if (rest === '') return path.length > 1 && path.endsWith('/') ? `${root}/` : root;
  return rest.startsWith('/') ? root + rest : `${root}/${rest}`;
}

/** v1: one text after the other, whatever stands where they meet; only a doubled slash is dropped. */
function joinedAsText(root: string, path: string, prefixLength: number, stripPath: boolean): string {
  if (!stripPath) return root + path.slice(1);
  const rest = prefixLength === 0 ? path.slice(1) : withoutDots(path.slice(prefixLength));
  return root.endsWith('/') && rest.startsWith('/') ? root + rest.slice(1) : root + rest;
}

/** What is left after a prefix must not climb out of the service's path. */
function withoutDots(rest: string): string {
  if (rest.startsWith('../')) return rest.slice(3);
  if (rest.startsWith('./')) return rest.slice(2);
  return rest === '.' || rest === '..' ? '' : rest;
}

/** Whether nothing in a byte string has to be escaped. */
export function isEscaped(path: string): boolean {
  for (let i = 0; i < path.length; i++) if (passes[path.charCodeAt(i)] !== 1) return false;
  return true;
}

/** Percent-encodes every byte that a path may not carry. */
export function escapePath(path: string): string {
  if (isEscaped(path)) return path;
  let escaped = '';
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code < 256 && passes[code] === 1) escaped += path[i];
    else if (code < 256) escaped += `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else return escapePath(Buffer.from(path, 'utf8').toString('latin1'));
  }
  return escaped;
}
