// What a request is given as, on the command line or as a line of a file, made into one that the router looks at.
import { parseIpAddress } from '../../base/ip-address.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { AskedRequest } from '../../proxy/router/asked.ts';

export interface AskedLine {
  readonly method: string;
  /** 'http://host:port/path?query', or a path alone where a Host header says the rest. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** null: the host of an https URL. */
  readonly sni: string | null;
  /** null: not known. */
  readonly clientIp: string | null;
}

const httpPort = 80;
const httpsPort = 443;

/** Names and methods (RFC 9110, 5.6.2). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What the proxy answers with 400 never gets as far as routes. */
const notInTarget = /[ \p{Cc}]/u;
/** Control characters but the tab. */
const notInValue = /[^\t\P{Cc}]/u;

export function askedOfLine({ method, url, headers, sni, clientIp }: AskedLine): Result<AskedRequest> {
  // Not by a URL parser: what a client would send is looked at as it is.
  const parts = /^(?:(https?):\/\/([^/?#]*))?([^#]*)(?:#.*)?$/i.exec(url);
  if (parts === null || (parts[1] === undefined && !url.startsWith('/')))
    return fail(`url: '${url}' is neither an http or https URL nor a path`);
  if (notInTarget.test(url)) return fail(`url: '${url}' has a blank or a control character: encode it`);
  if (!token.test(method)) return fail(`method: '${method}' is none`);
  for (const [name, value] of headers) {
    if (!token.test(name)) return fail(`headers: '${name}' is no name of a header`);
    if (notInValue.test(value)) return fail(`headers.${name}: has a control character`);
  }
  const [, scheme = 'http', authority = '', rest = ''] = parts;
  if (authority.includes('@')) return fail(`url: '${url}' names a user`);
  if (clientIp !== null && parseIpAddress(clientIp) === null)
    return fail(`clientIp: '${clientIp}' is not an address`);
  const isTls = scheme.toLowerCase() === 'https';
  const sentHost = headers.find(([name]) => name.toLowerCase() === 'host');
  const host = sentHost === undefined ? authority : sentHost[1];
  const name = authority.replace(/:\d*$/, '');
  const isName = name !== '' && parseIpAddress(name.replace(/^\[|\]$/g, '')) === null;
  const port = /:(\d+)$/.exec(authority)?.[1];
  return ok({
    method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    host,
    isTls,
    serverPort: port === undefined ? (isTls ? httpsPort : httpPort) : Number(port),
    headers: headers.filter(([key]) => key.toLowerCase() !== 'host'),
    serverName: sni ?? (isTls && isName ? name : ''),
    clientAddress: clientIp ?? '',
    clientPort: 0,
    serverAddress: '',
  });
}

function headerPairs(headers: unknown): Result<AskedLine['headers']> {
  if (headers === undefined || headers === null) return ok([]);
  if (typeof headers !== 'object' || Array.isArray(headers)) return fail('headers: expected an object');
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const each of values) {
      if (typeof each !== 'string') return fail(`headers.${name}: expected a string, or an array of strings`);
      pairs.push([name, each]);
    }
  }
  return ok(pairs);
}

/** A line of JSON: {"method", "url", "headers"?, "sni"?, "clientIp"?}. */
export function readAskedLine(text: string): Result<AskedRequest> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('expected an object');
  const { method, url, headers, sni, clientIp } = value as Record<string, unknown>;
  if (typeof method !== 'string') return fail('method: expected a string');
  if (typeof url !== 'string') return fail('url: expected a string');
  const optional = (field: unknown): field is string | null | undefined =>
    field === undefined || field === null || typeof field === 'string';
  if (!optional(sni)) return fail('sni: expected a string');
  if (!optional(clientIp)) return fail('clientIp: expected a string');
  const pairs = headerPairs(headers);
  if (!pairs.ok) return pairs;
  return askedOfLine({ method, url, headers: pairs.value, sni: sni ?? null, clientIp: clientIp ?? null });
}
