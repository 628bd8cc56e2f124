// Paths of an Ingress to paths of a Kong route.

export interface KongPath {
  readonly path: string;
  /** See PathDraft. */
  readonly isAlias: boolean;
}

function escaped(text: string, escapes: boolean): string {
  return escapes ? text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') : text;
}

/** One slash where there were several. A regex is left as it is. */
export function collapseSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

function prefixPaths(path: string, escapes: boolean): readonly KongPath[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  if (trimmed === '') return [{ path: '/', isAlias: false }];
  return [
    { path: `/${trimmed}/`, isAlias: false },
    { path: `~/${escaped(trimmed, escapes)}$`, isAlias: true },
  ];
}

/**
 * null: the path type is unknown. `regexPrefix` marks a path as a regular expression where the type is
 * ImplementationSpecific.
 */
export function kongPaths(
  written: string,
  type: string,
  regexPrefix: string,
  escapes: boolean,
): readonly KongPath[] | null {
  const path = written === '' ? '/' : written;
  switch (type) {
    case 'Prefix':
      return prefixPaths(path, escapes);
    case 'Exact':
      return [{ path: `~/${escaped(path.replace(/^\/+/, ''), escapes)}$`, isAlias: false }];
    case '':
    case 'ImplementationSpecific':
      return [
        {
          path: path.startsWith(regexPrefix) ? `~${path.slice(regexPrefix.length)}` : path,
          isAlias: false,
        },
      ];
    default:
      return null;
  }
}
