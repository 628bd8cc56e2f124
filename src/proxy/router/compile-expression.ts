// An expression as functions that are called for a request: no text is looked at any more.
import type { RE2JS } from 're2js';
import type { Expression, Operator, Predicate } from '../../kong/expressions/expression.ts';
import type { MatchInput } from '../compile/compiled.ts';
import { addressOf, isWithin } from './addresses.ts';
import { byteLength, bytesOf, lowerBytes, textOf } from './byte-text.ts';
import { addressReader, intReader, stringReader } from './fields.ts';

/** What predicates that held leave behind for the request's way to the upstream. */
export interface Findings {
  /** Bytes of the path that its last predicate matched; -1: none did. */
  pathLength: number;
  /** By number and name, of all regular expressions that matched; null: none. */
  captures: Record<string, string> | null;
}

/** `findings` null: nobody asks. */
export type CompiledExpression = (input: MatchInput, path: string, findings: Findings | null) => boolean;

type ValueTest = (value: string, findings: Findings | null) => boolean;

export function recordCaptures(
  regex: RE2JS,
  matcher: ReturnType<RE2JS['matcher']>,
  findings: Findings,
): void {
  // Names are the route's to choose, and asked for by plugins: nothing may be inherited.
  findings.captures ??= Object.create(null) as Record<string, string>;
  const { captures } = findings;
  for (let i = 0; i <= matcher.groupCount(); i++) {
    const value = matcher.group(i);
    if (value !== null && value !== undefined) captures[i] = value;
  }
  const names = regex.namedGroups();
  for (const name of Object.keys(names)) {
    const value = matcher.group(names[name]!);
    if (value !== null && value !== undefined) captures[name] = value;
  }
}

function regexTest(regex: RE2JS, isPath: boolean): ValueTest {
  return (value, findings) => {
    const matcher = regex.matcher(textOf(value));
    if (!matcher.find()) return false;
    if (findings === null) return true;
    if (isPath) findings.pathLength = byteLength(matcher.group(0) ?? '');
    recordCaptures(regex, matcher, findings);
    return true;
  };
}

function comparison(operator: Operator, wanted: string): (value: string) => boolean {
  switch (operator) {
    case '==':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '^=':
      return (value) => value.startsWith(wanted);
    case '=^':
      return (value) => value.endsWith(wanted);
    default:
      return (value) => value.includes(wanted);
  }
}

function stringTest({ field, operator, literal }: Predicate): ValueTest {
  const isPath = field === 'http.path';
  if (literal.type === 'Regex') return regexTest(literal.regex, isPath);
  const text = literal.type === 'String' ? literal.text : '';
  // Hosts are the same in either case, as in names of servers everywhere.
  const wanted = bytesOf(field === 'http.host' ? text.toLowerCase() : text);
  const holds = comparison(operator, wanted);
  if (!isPath || operator === '!=' || operator === 'contains') return holds;
  return (value, findings) => {
    if (!holds(value)) return false;
    if (findings !== null) findings.pathLength = wanted.length;
    return true;
  };
}

function compileString(predicate: Predicate): CompiledExpression | null {
  const read = stringReader(predicate.field);
  if (read === null) return null;
  const { isLower, isAny } = predicate;
  const test = stringTest(predicate);
  const one: ValueTest = isLower ? (value, findings) => test(lowerBytes(value), findings) : test;
  return (input, path, findings) => {
    const value = read(input, path);
    if (typeof value === 'string') return one(value, findings);
    if (value === null || value.length === 0) return false;
    for (const each of value) if (one(each, findings) === isAny) return isAny;
    return !isAny;
  };
}

function compileInt({ field, operator, literal }: Predicate): CompiledExpression | null {
  const read = intReader(field);
  if (read === null || literal.type !== 'Int') return null;
  const wanted = literal.value;
  const holds: Readonly<Record<string, (value: number) => boolean>> = {
    '==': (value) => value === wanted,
    '!=': (value) => value !== wanted,
    '>': (value) => value > wanted,
    '>=': (value) => value >= wanted,
    '<': (value) => value < wanted,
    '<=': (value) => value <= wanted,
  };
  const test = holds[operator]!;
  return (input, path) => {
    const value = read(input, path);
    return value !== null && test(value);
  };
}

function compileAddress({ field, operator, literal }: Predicate): CompiledExpression | null {
  const read = addressReader(field);
  if (read === null) return null;
  const isNegative = operator === '!=' || operator === 'not in';
  const network =
    literal.type === 'IpCidr'
      ? literal.network
      : literal.type === 'IpAddr'
        ? { address: literal.address, bits: 128 }
        : null;
  if (network === null) return null;
  return (input) => {
    const address = addressOf(read(input));
    return address !== null && isWithin(network, address) !== isNegative;
  };
}

const never: CompiledExpression = () => false;

export function compileExpression(expression: Expression): CompiledExpression {
  if (expression.kind === 'predicate')
    return compileString(expression) ?? compileInt(expression) ?? compileAddress(expression) ?? never;
  if (expression.kind === 'not') {
    const operand = compileExpression(expression.operand);
    return (input, path, findings) => !operand(input, path, findings);
  }
  const left = compileExpression(expression.left);
  const right = compileExpression(expression.right);
  return expression.kind === 'and'
    ? (input, path, findings) => left(input, path, findings) && right(input, path, findings)
    : (input, path, findings) => left(input, path, findings) || right(input, path, findings);
}
