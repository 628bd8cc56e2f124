// x-kubernetes-validations: the rules of a custom resource in CEL, judged over an object and the one it replaces.
import { compileExpression, type Expression, optionalValue, valueFor } from '../cel/expression.ts';
import type { FieldCause } from '../failure.ts';
import { arrayOf, isRecord, recordOf, sameJson } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import { memberSchema, type Schema, type SchemaRule } from './structural.ts';

const variables = ['self', 'oldSelf'];
const causesMax = 50;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (isRecord(value)) return 'object';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isTransition({ rule }: SchemaRule): boolean {
  return /\boldSelf\b/.test(rule);
}

function worded(reason: string, value: unknown, message: string): string {
  if (reason === 'FieldValueForbidden') return `Forbidden: ${message}`;
  if (reason === 'FieldValueRequired') return `Required value: ${message}`;
  if (reason === 'FieldValueDuplicate') return `Duplicate value: "${kindOf(value)}"`;
  return `Invalid value: "${kindOf(value)}": ${message}`;
}

/** One value on its way down: what it was before where that can be told. */
interface Place {
  readonly schema: Schema;
  readonly value: unknown;
  readonly before: unknown;
  readonly field: string;
}

function messageOf(rule: SchemaRule, given: Readonly<Record<string, unknown>>): string {
  if (rule.messageExpression === undefined) return rule.message;
  const expression = compileExpression(rule.messageExpression, variables);
  if (!expression.ok) return rule.message;
  try {
    const text = expression.value(given);
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : rule.message;
  } catch {
    // As on a real server: a message that cannot be made is replaced by the plain one.
    return rule.message;
  }
}

/** The library's words as the real one has them: 'no such key: options'. */
function failureWords(error: unknown): string {
  const line = (error as Error).message.split('\n')[0]!;
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** What is wrong, or null. */
function problemOf(
  rule: SchemaRule,
  expression: Expression,
  given: Readonly<Record<string, unknown>>,
): string | null {
  try {
    return expression(given) === false ? messageOf(rule, given) : null;
  } catch (error) {
    return `${failureWords(error)} evaluating rule: ${rule.message}`;
  }
}

function judge({ schema, value, before, field }: Place, causes: FieldCause[]): void {
  const rules = schema.rules ?? [];
  if (rules.length === 0) return;
  const unchanged = before !== undefined && sameJson(value, before);
  let given: Record<string, unknown> | null = null;
  for (const rule of rules) {
    const transition = isTransition(rule);
    if (transition ? before === undefined && rule.optionalOldSelf !== true : unchanged) continue;
    const expression = compileExpression(rule.rule, variables);
    if (!expression.ok) continue;
    given ??= { self: valueFor(schema, value) };
    if (transition) {
      const old = before === undefined ? undefined : valueFor(schema, before);
      given['oldSelf'] = rule.optionalOldSelf === true ? optionalValue(old) : old;
    }
    const problem = problemOf(rule, expression.value, given);
    if (problem === null) continue;
    const reason = rule.reason ?? 'FieldValueInvalid';
    const where = `${field}${rule.fieldPath ?? ''}`;
    causes.push({
      reason,
      message: worded(reason, value, problem),
      field: (where.startsWith('.') ? where.slice(1) : where) || '<nil>',
    });
  }
}

/** Items of a list are the same as before only where they have keys. */
function itemsBefore(schema: Schema, before: unknown): (item: unknown) => unknown {
  if (schema.listType !== 'map') return () => undefined;
  const keyOf = (item: unknown): string =>
    JSON.stringify((schema.listMapKeys ?? []).map((key) => recordOf(item)[key] ?? null));
  const known = new Map(arrayOf(before).map((item) => [keyOf(item), item]));
  return (item) => known.get(keyOf(item));
}

/** Schemas without a rule anywhere below are not walked. */
const ruled: WeakMap<Schema, boolean> = new WeakMap();

function hasRules(schema: Schema, above: ReadonlySet<Schema> = new Set()): boolean {
  const known = ruled.get(schema);
  if (known !== undefined || above.has(schema)) return known ?? false;
  const within = new Set(above).add(schema);
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  const found =
    (schema.rules ?? []).length > 0 || below.some((one) => one !== undefined && hasRules(one, within));
  if (above.size === 0) ruled.set(schema, found);
  return found;
}

function visit(place: Place, causes: FieldCause[]): void {
  const { schema, value, before, field } = place;
  if (causes.length >= causesMax || value === null || !hasRules(schema)) return;
  judge(place, causes);
  if (Array.isArray(value) && schema.items !== undefined) {
    const beforeOf = itemsBefore(schema, before);
    for (const [index, item] of value.entries())
      visit(
        { schema: schema.items, value: item, before: beforeOf(item), field: `${field}[${index}]` },
        causes,
      );
  }
  if (!isRecord(value)) return;
  for (const [member, child] of Object.entries(value)) {
    const memberOf = memberSchema(schema, member);
    if (memberOf === null || child === undefined) continue;
    const isField = schema.properties?.[member] !== undefined;
    const path = isField ? (field === '' ? member : `${field}.${member}`) : `${field}[${member}]`;
    visit({ schema: memberOf, value: child, before: recordOf(before)[member], field: path }, causes);
  }
}

/** Errors of the schema after which a server does not ask the rules. */
const blocking = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

export function ruleCauses(
  schema: Schema,
  object: StoredObject,
  previous: StoredObject | null,
  found: readonly FieldCause[],
): readonly FieldCause[] {
  if (!hasRules(schema)) return [];
  if (found.some((cause) => blocking.has(cause.reason))) {
    const why =
      'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [{ reason: 'FieldValueInvalid', message: `Invalid value: null: ${why}`, field: '<nil>' }];
  }
  const causes: FieldCause[] = [];
  visit({ schema, value: object, before: previous ?? undefined, field: '' }, causes);
  return causes;
}
