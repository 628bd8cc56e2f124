// Which fields there are, of which types, and what may be asked of them; with Kong's sentences.
import { fail, ok, type Result } from '../../base/result.ts';
import { programSizeMax } from '../regex.ts';
import type { Expression, FieldType, Predicate } from './expression.ts';
import { predicatesOf } from './expression.ts';
import { parseExpression } from './parse.ts';

export type Subsystem = 'http' | 'stream';

const commonFields: Readonly<Record<string, FieldType>> = {
  'net.protocol': 'String',
  'tls.sni': 'String',
  'net.src.ip': 'IpAddr',
  'net.dst.ip': 'IpAddr',
  'net.src.port': 'Int',
  'net.dst.port': 'Int',
};

const httpFields: Readonly<Record<string, FieldType>> = {
  ...commonFields,
  'http.method': 'String',
  'http.host': 'String',
  'http.path': 'String',
  'http.path.segments.len': 'Int',
};

/** Families of fields: one more part follows. */
const httpFamilies = ['http.headers', 'http.queries', 'http.path.segments'];

/** `net.port` is the old name of `net.dst.port`. */
export function fieldName(written: string): string {
  return written === 'net.port' ? 'net.dst.port' : written;
}

export function fieldType(written: string, subsystem: Subsystem): FieldType | null {
  const field = fieldName(written);
  const known = subsystem === 'http' ? httpFields : commonFields;
  if (Object.hasOwn(known, field)) return known[field]!;
  const family = field.slice(0, Math.max(0, field.lastIndexOf('.')));
  return subsystem === 'http' && httpFamilies.includes(family) ? 'String' : null;
}

function predicateProblem(
  { field, isLower, operator, literal }: Predicate,
  subsystem: Subsystem,
): string | null {
  const type = fieldType(field, subsystem);
  if (type === null) return 'Unknown LHS field';
  if (operator !== '~' && operator !== 'in' && operator !== 'not in' && type !== literal.type)
    return 'Type mismatch between the LHS and RHS values of predicate';
  if (isLower && type !== 'String')
    return 'lower-case transformation function only supported with String type fields';
  switch (operator) {
    case '==':
    case '!=':
      return null;
    case '~':
      return type === 'String' ? null : 'Regex operators only supports string operands';
    case '^=':
    case '=^':
      return literal.type === 'String' ? null : 'Prefix/Postfix operators only supports string operands';
    case '>':
    case '>=':
    case '<':
    case '<=':
      return literal.type === 'Int'
        ? null
        : 'Greater/GreaterOrEqual/Less/LessOrEqual operators only supports integer operands';
    case 'in':
    case 'not in':
      return type === 'IpAddr' && literal.type === 'IpCidr'
        ? null
        : 'In/NotIn operators only supports IP in CIDR';
    case 'contains':
      return literal.type === 'String' ? null : 'Contains operator only supports string operands';
  }
}

/** First and last segment that a field names, or null: it is `len`, or not well formed. */
export function segmentRange(field: string): readonly [first: number, last: number] | null {
  const parts = /^http\.path\.segments\.(0|[1-9]\d*)(?:_([1-9]\d*))?$/.exec(field);
  if (parts === null) return null;
  const first = Number(parts[1]);
  return [first, parts[2] === undefined ? first : Number(parts[2])];
}

function isIllFormed(field: string): boolean {
  if (!field.startsWith('http.path.segments.') || field === 'http.path.segments.len') return false;
  const range = segmentRange(field);
  return range === null || (range[1] <= range[0] && field.includes('_'));
}

/**
 * The tree of a text that Kong's router would take. Segments are checked by Kong's Admin API only: `mayBeIllFormed` lets
 * ranges pass that never match.
 */
export function readExpression(
  text: string,
  subsystem: Subsystem,
  mayBeIllFormed = false,
): Result<Expression> {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed;
  for (const predicate of predicatesOf(parsed.value)) {
    const problem = predicateProblem(predicate, subsystem);
    if (problem !== null) return fail(problem);
  }
  let steps = 0;
  for (const { literal } of predicatesOf(parsed.value))
    if (literal.type === 'Regex') steps += literal.regex.programSize();
  if (steps > programSizeMax)
    return fail(`too large: more than ${programSizeMax} steps in all regular expressions together`);
  if (!mayBeIllFormed)
    for (const { field } of predicatesOf(parsed.value))
      if (isIllFormed(field)) return fail('illformed http.path.segments.* field');
  return ok(parsed.value);
}
