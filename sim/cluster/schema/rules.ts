// Validation rules of custom resources. The expressions of the schemas that we ship are few: each is known here by its
// text. A rule that is not known is not judged (there is no expression engine in this cluster).
import type { FieldCause } from '../failure.ts';
import { at, isRecord, sameJson } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import type { Schema } from './structural.ts';

type Judge = (self: unknown, before: unknown) => boolean;

const has = (value: unknown, member: string): boolean => at(value, member) !== undefined;

/** Shapes of expressions, tried in order: text to judge. */
const shapes: readonly (readonly [RegExp, (...names: string[]) => Judge])[] = [
  [/^!\(has\(self\.(\w+)\) && has\(self\.(\w+)\)\)$/, (a, b) => (self) => !(has(self, a!) && has(self, b!))],
  [/^has\(self\.(\w+)\) \|\| has\(self\.(\w+)\)$/, (a, b) => (self) => has(self, a!) || has(self, b!)],
  [/^!has\(self\.(\w+)\)$/, (a) => (self) => !has(self, a!)],
  [
    /^self\.([\w.]+) == oldSelf\.([\w.]+)$/,
    (path) => (self, before) =>
      before === undefined || sameJson(at(self, ...path!.split('.')), at(before, ...path!.split('.'))),
  ],
  [/^self == oldSelf$/, () => (self, before) => before === undefined || sameJson(self, before)],
];

function judgeOf(rule: string): Judge | null {
  for (const [shape, make] of shapes) {
    const match = shape.exec(rule);
    if (match !== null) return make(...match.slice(1));
  }
  return null;
}

function visit(schema: Schema, value: unknown, before: unknown, field: string, causes: FieldCause[]): void {
  for (const { rule, message } of schema.rules ?? []) {
    if (judgeOf(rule)?.(value, before) !== false) continue;
    const kind = Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : typeof value;
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${kind}": ${message}`,
      field: field || '<nil>',
    });
  }
  if (!isRecord(value)) return;
  for (const [member, memberOf] of Object.entries(schema.properties ?? {})) {
    if (value[member] === undefined) continue;
    visit(memberOf, value[member], at(before, member), field === '' ? member : `${field}.${member}`, causes);
  }
}

export function ruleCauses(
  schema: Schema,
  object: StoredObject,
  previous: StoredObject | null,
): readonly FieldCause[] {
  const causes: FieldCause[] = [];
  visit(schema, object, previous ?? undefined, '', causes);
  return causes;
}
