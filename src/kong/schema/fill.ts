// The engine: checks a raw value against a field's schema and gives the value with every default filled in.
import { isReference } from '../vault-reference.ts';
import type { FieldError, FieldPath, FieldSchema, Filled, NumberField, StringField } from './field.ts';
import * as messages from './messages.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** ['config', 'paths', 0] as Kong writes it: 'config.paths[1]'. */
export function formatFieldPath(path: FieldPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part + 1}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

export class ErrorList {
  readonly errors: FieldError[] = [];

  add(path: FieldPath, message: string): void {
    this.errors.push({ path, field: formatFieldPath(path), message });
  }

  /** What was said of a field or of something in it gives way. */
  replace(path: FieldPath, message: string): void {
    if (path[0] !== '@entity') {
      const kept = this.errors.filter(({ path: other }) => !path.every((part, i) => other[i] === part));
      this.errors.splice(0, this.errors.length, ...kept);
    }
    this.add(path, message);
  }

  /** Which fields of what stands at a path had nothing said of them up to now. */
  rightFields(at: FieldPath): (field: string) => boolean {
    const below = this.errors.filter(({ path }) => at.every((part, i) => path[i] === part));
    const wrong = new Set(below.map(({ path }) => path[at.length]));
    return (field) => !wrong.has(field);
  }
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return text.length === 36 && uuidPattern.test(text);
}

function stringProblem(schema: StringField, value: string): string | null {
  if (schema.referenceable === true && isReference(value)) return null;
  const lengthMin = schema.lengthMin ?? 1;
  if (schema.oneOf !== undefined && !schema.oneOf.includes(value))
    return messages.expectedOneOf(schema.oneOf);
  if (schema.notOneOf?.includes(value)) return messages.notOneOf(schema.notOneOf);
  if (schema.uuid === true && !isUuid(value)) return messages.expectedUuid();
  if (value.length < lengthMin) return messages.lengthAtLeast(lengthMin);
  if (schema.startsWith !== undefined && !value.startsWith(schema.startsWith))
    return messages.startWith(schema.startsWith);
  if (schema.match !== undefined && !schema.match.test(value)) return messages.invalidValue(value);
  return schema.check === undefined ? null : schema.check(value);
}

function numberProblem(schema: NumberField, value: number): string | null {
  if (schema.oneOf !== undefined && !schema.oneOf.includes(value))
    return messages.expectedOneOf(schema.oneOf);
  if (schema.between !== undefined && !(value >= schema.between[0] && value <= schema.between[1]))
    return messages.between(schema.between[0], schema.between[1]);
  if (schema.greaterThan !== undefined && !(value > schema.greaterThan))
    return messages.greaterThan(schema.greaterThan);
  return schema.check === undefined ? null : schema.check(value);
}

function fillList(
  schema: FieldSchema & { readonly type: 'array' | 'set' },
  raw: unknown,
  path: FieldPath,
  errors: ErrorList,
): unknown {
  if (!Array.isArray(raw)) {
    // Lua cannot tell an empty array from an empty map, so Kong takes {} for both.
    if (isRecord(raw) && Object.keys(raw).length === 0) return fillList(schema, [], path, errors);
    errors.add(path, messages.expectedType(schema.type));
    return raw;
  }
  if (schema.lengthMin !== undefined && raw.length < schema.lengthMin)
    errors.add(path, messages.lengthAtLeast(schema.lengthMin));
  const seen = schema.type === 'set' ? new Set<unknown>() : null;
  const filled: unknown[] = [];
  for (let i = 0; i < raw.length; i++) {
    const elementPath = [...path, i];
    if (raw[i] === null || raw[i] === undefined) {
      errors.add(elementPath, messages.required());
      continue;
    }
    const value = fillField(schema.elements, raw[i], elementPath, errors);
    if (seen?.has(value)) continue;
    seen?.add(value);
    filled.push(value);
  }
  return filled;
}

function fillMap(
  schema: FieldSchema & { readonly type: 'map' },
  raw: unknown,
  path: FieldPath,
  errors: ErrorList,
): unknown {
  if (Array.isArray(raw)) {
    // To Lua an array is a map too, whose keys are numbers.
    if (raw.length > 0) errors.add(path, messages.expectedType('string'));
    return {};
  }
  if (!isRecord(raw)) {
    errors.add(path, messages.expectedType('map'));
    return raw;
  }
  const entries: [string, unknown][] = [];
  // What is wrong with a key or its value is reported of the map, as in Kong.
  for (const key of Object.keys(raw)) {
    const problem = key === '' ? messages.lengthAtLeast(1) : (schema.checkKey?.(key) ?? null);
    if (problem !== null) errors.add(path, problem);
    entries.push([key, fillField(schema.values, raw[key], path, errors)]);
  }
  // fromEntries and not assignment: a key '__proto__' stays an ordinary key.
  return Object.fromEntries(entries);
}

/** All fields of a record; unknown ones are reported. */
export function fillRecord(
  fields: Readonly<Record<string, FieldSchema>>,
  raw: Filled,
  path: FieldPath,
  errors: ErrorList,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const field = fields[name]!;
    const given = fillField(field, value, [...path, name], errors);
    if (field.isNewer !== true || given !== field.default) filled[name] = given;
  }
  for (const name of Object.keys(raw))
    if (!Object.hasOwn(fields, name)) errors.add([...path, name], messages.unknownField());
  return filled;
}

/** What a member is called in a path: by its position where it is one of a list. */
function keyOf(holder: unknown, name: string): string | number {
  return Array.isArray(holder) ? Number(name) : name;
}

/** The id or name; what is neither comes back as it is. */
function fillForeign(raw: unknown, path: FieldPath, errors: ErrorList): unknown {
  if (typeof raw === 'string' && raw !== '') return raw;
  if (raw === '' || isRecord(raw) || Array.isArray(raw)) {
    const { id, ...others } = typeof raw === 'string' ? {} : (raw as { readonly id?: unknown });
    const unknown = Object.keys(others);
    for (const name of unknown) errors.add([...path, keyOf(raw, name)], messages.unknownField());
    if (typeof id === 'string' && isUuid(id)) return id;
    if (id !== undefined) errors.add([...path, 'id'], messages.expectedUuid());
    else if (unknown.length === 0) errors.add([...path, 'id'], messages.missingPrimaryKey());
    return raw;
  }
  errors.add(path, messages.invalidForeignKey());
  return raw;
}

/**
 * Absent: the default, else null. null stands for absent, but not where Kong asks for a value: it has no default for it.
 * Reports into `errors`; the value is then meaningless.
 */
export function fillField(schema: FieldSchema, raw: unknown, path: FieldPath, errors: ErrorList): unknown {
  const isNeeded = schema.required === true || (schema.type === 'record' && schema.isOptional !== true);
  if (raw === null && isNeeded) {
    errors.add(path, messages.required());
    return null;
  }
  if (raw === undefined || raw === null) {
    if (schema.default !== undefined) return schema.default;
    if (schema.type === 'record' && schema.isOptional !== true)
      return fillRecord(schema.fields, {}, path, errors);
    if (schema.required === true) errors.add(path, messages.required());
    return null;
  }
  switch (schema.type) {
    case 'string': {
      const problem = typeof raw === 'string' ? stringProblem(schema, raw) : messages.expectedType('string');
      if (problem !== null) errors.add(path, problem);
      return schema.uuid === true && typeof raw === 'string' ? raw.toLowerCase() : raw;
    }
    case 'integer':
    case 'number': {
      const isRight =
        typeof raw === 'number' &&
        (schema.type === 'integer' ? Number.isSafeInteger(raw) : Number.isFinite(raw));
      const problem = isRight ? numberProblem(schema, raw as number) : messages.expectedType(schema.type);
      if (problem !== null) errors.add(path, problem);
      return raw === 0 ? 0 : raw;
    }
    case 'boolean':
      if (typeof raw !== 'boolean') errors.add(path, messages.expectedType('boolean'));
      return raw;
    case 'array':
    case 'set':
      return fillList(schema, raw, path, errors);
    case 'map':
      return fillMap(schema, raw, path, errors);
    case 'record':
      if (Array.isArray(raw)) {
        for (const i of raw.keys()) errors.add([...path, i], messages.unknownField());
        return fillRecord(schema.fields, {}, path, errors);
      }
      if (isRecord(raw)) return fillRecord(schema.fields, raw, path, errors);
      errors.add(path, messages.expectedType('record'));
      return raw;
    case 'foreign':
      return fillForeign(raw, path, errors);
    case 'open':
      return raw;
  }
}
