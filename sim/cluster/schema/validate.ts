// A value against a structural schema: every violation as a field cause, worded as Kubernetes words them.

import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { sameJson } from '../json.ts';
import { parseTimeMs } from '../timestamp.ts';
import { isSound, markSound } from './sound.ts';
import { memberSchema, type Schema } from './structural.ts';

/** Patterns come from users' CRDs: compiled by the engine that runs in linear time. */
export type PatternTest = (pattern: string, text: string) => boolean;

const causesMax = 50;

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

function typeMatches(schema: Schema, value: unknown): boolean {
  if (schema.intOrString === true) return typeof value === 'string' || Number.isInteger(value);
  const found = typeName(value);
  if (schema.type === 'any') return true;
  return found === schema.type || (schema.type === 'number' && found === 'integer');
}

function wrongFormat(format: string | undefined, text: string): boolean {
  return format === 'date-time' && parseTimeMs(text) === null;
}

export function validateValue(
  schema: Schema,
  value: unknown,
  field: string,
  matches: PatternTest,
  causes: FieldCause[],
): void {
  if (causes.length >= causesMax) return;
  if (value === null && (schema.nullable === true || schema.type === 'any')) return;
  if (typeof value === 'object' && value !== null && isSound(schema, value)) return;
  const causesBefore = causes.length;
  if (!typeMatches(schema, value)) {
    const wanted = schema.intOrString === true ? 'integer or string' : schema.type;
    causes.push(fieldErrors.wrongType(field, value, wanted, typeName(value)));
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => sameJson(allowed, value))) {
    causes.push(fieldErrors.unsupported(field, value, schema.enum.map(String)));
  }
  if (typeof value === 'string') validateText(schema, value, field, matches, causes);
  else if (typeof value === 'number') validateNumber(schema, value, field, causes);
  else if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) validateList(schema, value, field, matches, causes);
    else validateRecord(schema, value as Record<string, unknown>, field, matches, causes);
    if (causes.length === causesBefore) markSound(schema, value);
  }
}

function validateText(
  schema: Schema,
  text: string,
  field: string,
  matches: PatternTest,
  causes: FieldCause[],
): void {
  const invalid = (why: string): void => {
    causes.push(fieldErrors.invalid(field, text, `${field} in body ${why}`));
  };
  if (schema.minLength !== undefined && text.length < schema.minLength) {
    invalid(`should be at least ${schema.minLength} chars long`);
  }
  if (schema.maxLength !== undefined && text.length > schema.maxLength) {
    causes.push(fieldErrors.tooLong(field, schema.maxLength));
  }
  if (schema.pattern !== undefined && !matches(schema.pattern, text)) {
    invalid(`should match '${schema.pattern}'`);
  }
  if (wrongFormat(schema.format, text)) invalid('must be of type date-time');
}

function validateNumber(schema: Schema, value: number, field: string, causes: FieldCause[]): void {
  if (schema.minimum !== undefined && value < schema.minimum) {
    const why = `${field} in body should be greater than or equal to ${schema.minimum}`;
    causes.push(fieldErrors.invalid(field, value, why));
  }
  if (schema.maximum !== undefined && value > schema.maximum) {
    const why = `${field} in body should be less than or equal to ${schema.maximum}`;
    causes.push(fieldErrors.invalid(field, value, why));
  }
}

/** 'name' of list-map items, or the item itself in a set: what must not occur twice. */
function identityOf(schema: Schema, item: unknown): string {
  if (schema.listType === 'set') return JSON.stringify(item);
  const record = (item ?? {}) as Record<string, unknown>;
  return JSON.stringify((schema.listMapKeys ?? []).map((key) => record[key] ?? null));
}

function validateList(
  schema: Schema,
  list: readonly unknown[],
  field: string,
  matches: PatternTest,
  causes: FieldCause[],
): void {
  if (schema.minItems !== undefined && list.length < schema.minItems) {
    const why = `${field} in body should have at least ${schema.minItems} items`;
    causes.push(fieldErrors.invalid(field, list.length, why));
  }
  if (schema.maxItems !== undefined && list.length > schema.maxItems) {
    causes.push({
      reason: 'FieldValueTooMany',
      message: `Too many: ${list.length}: must have at most ${schema.maxItems} items`,
      field,
    });
    return;
  }
  const seen = new Set<string>();
  const keyed = schema.listType === 'set' || schema.listType === 'map';
  for (const [index, item] of list.entries()) {
    const itemField = `${field}[${index}]`;
    if (schema.items !== undefined) validateValue(schema.items, item, itemField, matches, causes);
    if (!keyed) continue;
    const identity = identityOf(schema, item);
    if (seen.has(identity)) causes.push(fieldErrors.duplicate(itemField, duplicateShown(schema, item)));
    seen.add(identity);
  }
}

function duplicateShown(schema: Schema, item: unknown): unknown {
  if (schema.listType === 'set') return item;
  const record = (item ?? {}) as Record<string, unknown>;
  return Object.fromEntries((schema.listMapKeys ?? []).map((key) => [key, record[key]]));
}

function validateRecord(
  schema: Schema,
  record: Readonly<Record<string, unknown>>,
  field: string,
  matches: PatternTest,
  causes: FieldCause[],
): void {
  for (const member of schema.required ?? []) {
    if (record[member] === undefined) {
      causes.push(fieldErrors.required(field === '' ? member : `${field}.${member}`));
    }
  }
  for (const member of Object.keys(record)) {
    const value = record[member];
    const memberOf = memberSchema(schema, member);
    if (memberOf === null || value === undefined) continue;
    const path = schema.properties?.[member] === undefined ? `${field}[${member}]` : `${field}.${member}`;
    validateValue(memberOf, value, field === '' ? member : path, matches, causes);
  }
}
