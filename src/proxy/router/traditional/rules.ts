// Whether one entry of the flavour `traditional` takes a request: every kind of attribute that it has must agree.
import type { MatchInput } from '../../compile/compiled.ts';
import { addressMatches } from '../addresses.ts';
import { lowerBytes, textOf } from '../byte-text.ts';
import { splitPort } from '../split-port.ts';
import type { HeaderRule, TraditionalEntry, UriRule, WildcardHost } from './entry.ts';

/** A request as this flavour looks at it. */
export interface Asked {
  readonly input: MatchInput;
  readonly path: string;
  /** As sent, lower case. */
  readonly rawHost: string;
  readonly host: string;
  /** With the scheme's port where the client sent none. */
  readonly hostWithPort: string;
}

const httpPort = 80;
const httpsPort = 443;

export function askedOf(input: MatchInput, path: string): Asked {
  const rawHost = input.rawHost.toLowerCase();
  const { host, withPort } = splitPort(rawHost, input.scheme === 'https' ? httpsPort : httpPort);
  return { input, path, rawHost, host, hostWithPort: withPort };
}

/** The star stands for one character at least. Without a port of its own the name may have any. */
export function wildcardMatches({ before, after, hasPort }: WildcardHost, hostWithPort: string): boolean {
  const fits = (host: string): boolean =>
    host.length > before.length + after.length && host.startsWith(before) && host.endsWith(after);
  return fits(hostWithPort) || (!hasPort && fits(hostWithPort.replace(/:\d+$/, '')));
}

export function uriMatches({ regex, literal }: UriRule, path: string): boolean {
  if (!path.startsWith(literal)) return false;
  return regex === null || regex.matcher(textOf(path)).lookingAt();
}

function hostMatches(entry: TraditionalEntry, asked: Asked): boolean {
  if (entry.plainHosts.has(asked.rawHost) || entry.plainHosts.has(asked.host)) return true;
  return entry.wildcardHosts.some((wildcard) => wildcardMatches(wildcard, asked.hostWithPort));
}

function headerMatches({ name, values, pattern }: HeaderRule, input: MatchInput): boolean {
  return input.foldedHeaderValues(name).some((sent) => {
    const value = lowerBytes(sent);
    return values.has(value) || pattern?.matcher(textOf(value)).find() === true;
  });
}

export function entryMatches(entry: TraditionalEntry, asked: Asked): boolean {
  const { input, path } = asked;
  const { plainHosts, wildcardHosts, headers, uri, methods, serverNames, source, destination } = entry;
  if (plainHosts.size + wildcardHosts.length > 0 && !hostMatches(entry, asked)) return false;
  if (!headers.every((header) => headerMatches(header, input))) return false;
  if (uri !== null && !uriMatches(uri, path)) return false;
  if (methods.size > 0 && !methods.has(input.method)) return false;
  if (serverNames.size > 0 && input.scheme !== 'http' && !serverNames.has(input.serverName)) return false;
  if (source !== null && !addressMatches(source.conditions, input.clientAddress, input.clientPort))
    return false;
  return destination === null || addressMatches(destination.conditions, input.serverAddress, input.hostPort);
}
