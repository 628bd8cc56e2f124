// The law of expressions: the tree walked node by node, every field read anew, as the language is described.

import { contains, parseIpAddress } from '../../base/ip-address.ts';
import type { Expression, Literal, Predicate } from '../../kong/expressions/expression.ts';
import type { MatchInput } from '../compile/compiled.ts';

/** Of strings, characters; invalid bytes are replaced. */
type Value = string | number;

export interface Trail {
  /** What the last predicate on the path that held has matched, in bytes; -1: none did. */
  pathLength: number;
}

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

function queryValues(query: string, wanted: string): string[] {
  const plain = (text: string): string =>
    decode(
      text
        .split('+')
        .join(' ')
        .replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number(`0x${code.slice(1)}`))),
    );
  return query
    .split('&')
    .slice(0, 100)
    .filter((pair) => pair !== '')
    .map((pair) => [pair.split('=')[0]!, pair.split('=').slice(1).join('=')] as const)
    .filter(([name]) => plain(name) === wanted)
    .map(([, value]) => plain(value));
}

function segmentValues(name: string, path: string): Value[] {
  let segments = path.replace(/^\//, '').split('/');
  while (segments.length > 0 && segments[segments.length - 1] === '') segments = segments.slice(0, -1);
  if (name === 'len') return [segments.length];
  const [from, to = from] = name.split('_').map(Number);
  if (from === undefined || to === undefined || to < from || to > segments.length - 1) return [];
  return [decode(segments.slice(from, to + 1).join('/'))];
}

/** All values of a field; none: the request does not have it. */
function valuesOf(field: string, input: MatchInput, path: string): readonly Value[] {
  const some = (value: Value): Value[] => (value === '' || value === 0 ? [] : [value]);
  switch (field) {
    case 'net.protocol':
      return [input.scheme];
    case 'tls.sni':
      return some(input.serverName);
    case 'http.method':
      return [input.method];
    case 'http.host':
      return some(input.host);
    case 'http.path':
      return [decode(path)];
    case 'net.src.ip':
      return some(input.clientAddress);
    case 'net.src.port':
      return some(input.clientPort);
    case 'net.dst.ip':
      return some(input.serverAddress);
    case 'net.dst.port':
    case 'net.port':
      return some(input.hostPort);
    default:
  }
  if (field.startsWith('http.headers.')) return input.foldedHeaderValues(field.slice(13)).map(decode);
  if (field.startsWith('http.queries.')) return queryValues(input.query, field.slice(13));
  return segmentValues(field.slice('http.path.segments.'.length), path);
}

function addressHolds(text: string, literal: Literal, isNegative: boolean): boolean {
  const address = parseIpAddress(text);
  if (address === null) return false;
  const is4 = (bytes: Uint8Array) => bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  if (literal.type === 'IpAddr') return (address.join() === literal.address.join()) !== isNegative;
  if (literal.type !== 'IpCidr') return false;
  const sameFamily = is4(address) === literal.network.bits >= 96 || !is4(address);
  return (sameFamily && contains(literal.network, address)) !== isNegative;
}

function valueHolds(predicate: Predicate, raw: Value, trail: Trail): boolean {
  const { field, isLower, operator, literal } = predicate;
  const value = isLower && typeof raw === 'string' ? raw.toLowerCase() : raw;
  const found = (matched: string, holds: boolean): boolean => {
    if (holds && field === 'http.path') trail.pathLength = Buffer.byteLength(matched);
    return holds;
  };
  if (literal.type === 'Int') {
    const sign = Math.sign(Number(value) - literal.value);
    const signs: Record<string, readonly number[]> = {
      '==': [0],
      '!=': [-1, 1],
      '>': [1],
      '>=': [0, 1],
      '<': [-1],
      '<=': [-1, 0],
    };
    return signs[operator]!.includes(sign);
  }
  const text = String(value);
  if (literal.type === 'Regex') {
    const matcher = literal.regex.matcher(text);
    return matcher.find() && found(matcher.group(0) ?? '', true);
  }
  if (literal.type !== 'String')
    return addressHolds(text, literal, operator === '!=' || operator === 'not in');
  const wanted = field === 'http.host' ? literal.text.toLowerCase() : literal.text;
  if (operator === '==') return found(wanted, text === wanted);
  if (operator === '!=') return text !== wanted;
  if (operator === '^=') return found(wanted, text.slice(0, wanted.length) === wanted);
  if (operator === '=^') return found(wanted, text.endsWith(wanted));
  return text.indexOf(wanted) >= 0;
}

export function evaluateNaively(
  expression: Expression,
  input: MatchInput,
  path: string,
  trail: Trail,
): boolean {
  switch (expression.kind) {
    case 'and':
      if (!evaluateNaively(expression.left, input, path, trail)) return false;
      return evaluateNaively(expression.right, input, path, trail);
    case 'or':
      if (evaluateNaively(expression.left, input, path, trail)) return true;
      return evaluateNaively(expression.right, input, path, trail);
    case 'not':
      return !evaluateNaively(expression.operand, input, path, trail);
    case 'predicate': {
      const values = valuesOf(expression.field, input, path);
      if (values.length === 0) return false;
      // Each value is looked at until one decides, so that what a match leaves behind is the same.
      if (expression.isAny) return values.some((value) => valueHolds(expression, value, trail));
      return values.every((value) => valueHolds(expression, value, trail));
    }
  }
}
