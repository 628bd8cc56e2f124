// Whether one entry's conditions hold for a request.
import type { MatchInput } from '../compile/compiled.ts';
import type { Conditions, Entry, HeaderCondition, NamePattern } from './table.ts';

export function nameMatches(pattern: NamePattern, name: string): boolean {
  if (pattern.kind === 'exact') return name === pattern.text;
  return pattern.kind === 'suffix' ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
}

function headerMatches(condition: HeaderCondition, input: MatchInput): boolean {
  for (const sent of input.headerValues(condition.name)) {
    const value = sent.toLowerCase();
    if (condition.values.includes(value)) return true;
    for (const pattern of condition.patterns) if (pattern.matcher(value).find()) return true;
  }
  return false;
}

export function conditionsHold(conditions: Conditions, input: MatchInput): boolean {
  const { methods, headers, serverNames } = conditions;
  if (methods !== null && !methods.includes(input.method)) return false;
  if (serverNames !== null && input.isTls) {
    const name = input.serverName;
    let isOne = false;
    for (const pattern of serverNames) isOne ||= nameMatches(pattern, name);
    if (!isOne) return false;
  }
  if (headers !== null) for (const header of headers) if (!headerMatches(header, input)) return false;
  return true;
}

/** Regular expressions see text, not bytes; where the bytes are no text they are taken as they are. */
export function pathText(path: string): string {
  for (let i = 0; i < path.length; i++) {
    if (path.charCodeAt(i) > 0x7f) return Buffer.from(path, 'latin1').toString('utf8');
  }
  return path;
}

export function pathMatches(entry: Entry, path: string): boolean {
  if (entry.isExact) return path === entry.literal;
  if (!path.startsWith(entry.literal)) return false;
  return entry.regex === null || entry.regex.matcher(pathText(path)).lookingAt();
}

/** Host given by the bucket; the port is left. */
export function portMatches(entry: Entry, input: MatchInput): boolean {
  return entry.host === null || entry.host.port === 0 || entry.host.port === input.hostPort;
}
