// Whether one entry's conditions hold for a request.
import type { MatchInput } from '../compile/compiled.ts';
import { addressMatches } from './addresses.ts';
import { lowerBytes, textOf } from './byte-text.ts';
import type { Conditions, Entry, HeaderCondition, NamePattern } from './table.ts';

export function nameMatches(pattern: NamePattern, name: string): boolean {
  if (pattern.kind === 'exact') return name === pattern.text;
  return pattern.kind === 'suffix' ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
}

function headerMatches(condition: HeaderCondition, input: MatchInput): boolean {
  for (const sent of input.foldedHeaderValues(condition.name)) {
    const value = lowerBytes(sent);
    if (condition.values.includes(value)) return true;
    for (const pattern of condition.patterns) if (pattern.matcher(textOf(value)).find()) return true;
  }
  return false;
}

export function conditionsHold(conditions: Conditions, input: MatchInput, path: string): boolean {
  const { methods, headers, serverNames, schemes, sources, destinations, expression } = conditions;
  if (methods !== null && !methods.includes(input.method)) return false;
  if (serverNames !== null && input.isTls) {
    const name = input.serverName;
    let isOne = false;
    for (const pattern of serverNames) isOne ||= nameMatches(pattern, name);
    if (!isOne) return false;
  }
  if (headers !== null) for (const header of headers) if (!headerMatches(header, input)) return false;
  if (schemes !== null && !schemes.includes(input.scheme)) return false;
  if (sources !== null && !addressMatches(sources, input.clientAddress, input.clientPort)) return false;
  if (destinations !== null && !addressMatches(destinations, input.serverAddress, input.hostPort))
    return false;
  return expression === null || expression(input, path, null);
}

export function pathMatches(entry: Entry, path: string): boolean {
  if (entry.isExact) return path === entry.literal;
  if (!path.startsWith(entry.literal)) return false;
  return entry.regex === null || entry.regex.matcher(textOf(path)).find();
}

/** Host given by the bucket; the port is left. */
export function portMatches(entry: Entry, input: MatchInput): boolean {
  return entry.port === 0 || entry.port === input.hostPort;
}
