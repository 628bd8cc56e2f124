// What the path of an Ingress matches, after Kubernetes' rules for Exact and Prefix and Kong's for what is left to the
// implementation: a regular expression after '/~', else whatever begins with it.

export interface PathMatcher {
  /** Goes before all prefixes: Exact, the path itself of a Prefix, and regular expressions. */
  readonly isWhole: boolean;
  /** The path itself of a Prefix, which gives way to an Exact path of the same text. */
  readonly isAlias: boolean;
  /** Length that decides among prefixes. */
  readonly length: number;
  matches(path: string): boolean;
}

const whole = (path: string, isAlias: boolean): PathMatcher => ({
  isWhole: true,
  isAlias,
  length: path.length,
  matches: (asked) => asked === path,
});

const prefix = (path: string): PathMatcher => ({
  isWhole: false,
  isAlias: false,
  length: path.length,
  matches: (asked) => asked.startsWith(path),
});

function regex(source: string): readonly PathMatcher[] {
  try {
    const pattern = new RegExp(`^(?:${source})`, 'u');
    return [{ isWhole: true, isAlias: false, length: 0, matches: (asked) => pattern.test(asked) }];
  } catch {
    // What is no regular expression cannot be served; the other paths are.
    return [];
  }
}

export function matchersOf(written: string, pathType: string): readonly PathMatcher[] {
  const path = written === '' ? '/' : written.replace(/\/{2,}/g, '/');
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  switch (pathType) {
    case 'Exact':
      return [whole(path, false)];
    case 'Prefix':
      return trimmed === '' ? [prefix('/')] : [whole(`/${trimmed}`, true), prefix(`/${trimmed}/`)];
    default:
      return path.startsWith('/~') ? regex(path.slice(2)) : [prefix(path)];
  }
}
