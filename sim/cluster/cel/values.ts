// JSON values as expressions see them: integers are 64-bit, times and durations are what their schema says, and names
// that are words of the language are escaped.
import { isRecord, setMember } from '../json.ts';
import { memberSchema, type Schema } from '../schema/structural.ts';
import { parseTimeMs } from '../timestamp.ts';

const reserved = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

/** 'namespace' is `self.__namespace__`, 'x-y' is `self.x__dash__y`. */
export function escapedName(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** Makes a duration out of text; the language's own type is not open to others. */
export type DurationReader = (text: string) => unknown;

function numberOf(schema: Schema, value: number): unknown {
  if (schema.type === 'number') return value;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function textOf(schema: Schema, text: string, durationOf: DurationReader): unknown {
  if (schema.format === 'date-time') {
    const ms = parseTimeMs(text);
    return ms === null ? text : new Date(ms);
  }
  if (schema.format === 'duration') return durationOf(text);
  return schema.format === 'byte' ? new Uint8Array(Buffer.from(text, 'base64')) : text;
}

export function expressionValue(schema: Schema, value: unknown, durationOf: DurationReader): unknown {
  if (typeof value === 'number') return numberOf(schema, value);
  if (typeof value === 'string') return textOf(schema, value, durationOf);
  if (Array.isArray(value)) {
    const items: Schema = schema.items ?? { type: 'any' };
    return value.map((item) => expressionValue(items, item, durationOf));
  }
  if (!isRecord(value)) return value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const [member, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const isField = schema.properties?.[member] !== undefined;
    const memberOf = memberSchema(schema, member) ?? { type: 'any' as const };
    setMember(result, isField ? escapedName(member) : member, expressionValue(memberOf, child, durationOf));
  }
  return result;
}
