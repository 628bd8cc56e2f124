// A host as written, taken apart the way of Kong's flavour `traditional`.

export interface SplitHost {
  /** Without port, and without brackets where there is no doubt what stands in them. */
  readonly host: string;
  /** With its port, or with the default one where it has none. */
  readonly withPort: string;
  readonly hasPort: boolean;
}

const digits = /^[0-9]+$/;

function bracketed(name: string, suffix: string): SplitHost {
  const none = { withPort: name + suffix, hasPort: false };
  if (name.endsWith(']')) return { host: name.slice(1, -1), ...none };
  const end = name.indexOf(']:', 1);
  if (end < 0) return { host: name, ...none };
  const host = name.slice(1, end);
  const port = name.slice(end + 2);
  if (port === '') return { host, withPort: name + suffix.slice(1), hasPort: false };
  return digits.test(port) ? { host, withPort: name, hasPort: true } : { host: name, ...none };
}

/** `defaultPort` null: none is known. Any text gives something. */
export function splitPort(name: string, defaultPort: number | null): SplitHost {
  const suffix = defaultPort === null ? '' : `:${defaultPort}`;
  if (name.startsWith('[')) return bracketed(name, suffix);
  const colon = name.indexOf(':');
  if (colon < 0) return { host: name, withPort: name + suffix, hasPort: false };
  const host = name.slice(0, colon);
  const port = name.slice(colon + 1);
  if (port === '') return { host, withPort: host + suffix, hasPort: false };
  if (digits.test(port)) return { host, withPort: name, hasPort: true };
  // What has a colon and no port can only be an address.
  return { host: name, withPort: defaultPort === null ? name : `[${name}]${suffix}`, hasPort: false };
}
