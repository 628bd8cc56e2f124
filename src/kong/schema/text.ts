// Checks of single values, most of them strings, that several entities share, with Kong's sentences.
import { isIpv4, isIpv6 } from './address.ts';

/** Header names of plugin settings. */
export function checkHeaderName(name: string): string | null {
  return /^[a-zA-Z0-9\-_]+$/.test(name)
    ? null
    : `bad header name '${name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
}

export function checkName(name: string): string | null {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x80 && !/[A-Za-z0-9.\-_~]/.test(name[i]!))
      return `invalid value '${name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
  }
  return null;
}

export function checkTag(tag: string): string | null {
  for (let i = 0; i < tag.length; i++) {
    const code = tag.charCodeAt(i);
    if (code < 0x20 || code === 0x7f || code === 0x2c || code === 0x2f)
      return `invalid tag '${tag}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`;
  }
  return null;
}

export function checkTimestamp(seconds: number): string | null {
  return seconds > 0 ? null : 'expected a valid timestamp';
}

export interface HostPort {
  /** Lower case, IPv6 without brackets. */
  readonly host: string;
  /** null when none was written. */
  readonly port: number | null;
  readonly kind: 'name' | 'ipv4' | 'ipv6';
}

/** As Kong has it: a label may begin with a hyphen and be of any length. One dot may end the name. */
const labelPattern = /^(?:[a-z0-9\-_]*[a-z0-9_])$/;

function isHostname(name: string): boolean {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  return bare.split('.').every((label) => labelPattern.test(label));
}

/** 'host', 'host:port', '1.2.3.4:80', '::1', '[::1]:80'; null when it is none of these. */
export function parseHostPort(text: string): HostPort | null {
  const lower = text.toLowerCase();
  if (isIpv6(lower)) return { host: lower, port: null, kind: 'ipv6' };
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(lower);
  if (parts === null) return null;
  const port = parts[2] === undefined ? null : Number(parts[2]);
  if (port !== null && port > 65_535) return null;
  const host = parts[1]!;
  if (host.startsWith('[')) {
    const inner = host.slice(1, -1);
    return isIpv6(inner) ? { host: inner, port, kind: 'ipv6' } : null;
  }
  if (isIpv4(host)) return { host, port, kind: 'ipv4' };
  if (/^[0-9.]+$/.test(host)) return null;
  return isHostname(host) ? { host, port, kind: 'name' } : null;
}

/** 'example.com:70000': a host that would be one, were it not for the port's size. */
function hasHugePort(text: string): boolean {
  const parts = /^(.*):(\d+)$/s.exec(text);
  return parts !== null && Number(parts[2]) > 65_535 && parseHostPort(parts[1]!) !== null;
}

export function checkHost(host: string): string | null {
  const parsed = parseHostPort(host);
  if (parsed === null) return hasHugePort(host) ? 'must not have a port' : `invalid value: ${host}`;
  return parsed.port === null ? null : 'must not have a port';
}

/** A TLS server name. */
export function checkServerName(name: string): string | null {
  const parsed = parseHostPort(name);
  return parsed !== null && parsed.kind !== 'name' ? 'must not be an IP' : checkHost(name);
}

export function checkHostWithOptionalPort(host: string): string | null {
  if (parseHostPort(host) !== null) return null;
  if (hasHugePort(host)) return 'invalid port number';
  const colons = host.split(':').length - 1;
  const isNumeric = /^[0-9.]+$/.test(host.replaceAll(':', ''));
  return `invalid ${colons > 1 ? 'ipv6 address' : isNumeric ? 'ipv4 address' : 'hostname'}: ${host}`;
}

/** A host of a route: a hostname or address, or one '*' as its leftmost or rightmost label; a port may follow. */
export function checkRouteHost(host: string): string | null {
  const stars = host.split('*').length - 1;
  if (stars > 1) return 'invalid wildcard: must have at most one wildcard';
  // Kong's router knows ports behind a wildcard on the right; only its schema does not.
  const withoutPort = host.replace(/:\d+$/, '');
  if (stars === 1 && !withoutPort.startsWith('*.') && !withoutPort.endsWith('.*'))
    return 'invalid wildcard: must be placed at leftmost or rightmost label';
  return checkHostWithOptionalPort(host.replace('*', 'abc'));
}

/** A TLS server name, or one '*' as its leftmost or rightmost label. */
export function checkWildcardServerName(name: string): string | null {
  const star = name.indexOf('*');
  if (star === -1) return checkServerName(name);
  if (star !== 0 && star !== name.length - 1) return 'wildcard must be leftmost or rightmost character';
  if (name.indexOf('*', star + 1) !== -1) return 'only one wildcard must be specified';
  return checkServerName(name.replace('*', 'wildcard'));
}

/** A URL path: slash first, no empty segments, only characters of RFC 3986, complete escapes. */
export function checkPath(path: string): string | null {
  if (!path.startsWith('/')) return 'should start with: /';
  if (path.includes('//')) return 'must not have empty segments';
  if (!/^[A-Za-z0-9\-_.~/%:@!$&'()*+,;=]*$/.test(path))
    return `invalid path: '${path}' (characters outside of the reserved list of RFC 3986 found)`;
  const broken = /%(?![0-9a-fA-F]{2})/.exec(path);
  if (broken !== null) return `invalid url-encoded value: '${path.slice(broken.index, broken.index + 3)}'`;
  return null;
}

export function checkCookieName(name: string): string | null {
  if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return null;
  return (
    'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the ' +
    'characters ()<>@,;:\\"/?={}[] are not allowed.'
  );
}
