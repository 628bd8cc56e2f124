// Sets of fields as trees in the form of managedFields: 'f:' members, 'k:' list items by key, 'v:' set items, '.' the
// item itself. A leaf is an empty tree.
import { canonicalJson } from '../../../src/base/order.ts';
import { isRecord, ownMember, sameJson } from '../json.ts';
import { anySchema, memberSchema, type Schema } from '../schema/structural.ts';

export interface FieldSet {
  readonly [step: string]: FieldSet;
}

const leaf: FieldSet = Object.freeze({});

export function isEmptySet(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

function granularRecord(schema: Schema, value: unknown): value is Record<string, unknown> {
  return isRecord(value) && schema.atomicMap !== true && Object.keys(value).length > 0;
}

/** The step that names an item of a list, or null for lists that are one value. */
export function itemStep(schema: Schema, item: unknown): string | null {
  if (schema.listType === 'set') return `v:${canonicalJson(item)}`;
  if (schema.listType !== 'map' || !isRecord(item)) return null;
  const key: Record<string, unknown> = {};
  for (const name of schema.listMapKeys ?? [])
    key[name] = item[name] ?? schema.items?.properties?.[name]?.default ?? null;
  return `k:${canonicalJson(key)}`;
}

function granularList(schema: Schema, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && (schema.listType === 'map' || schema.listType === 'set');
}

/**
 * Whether maps, keyed lists and structures are fields themselves ('.'), beside what is in them. They are for whoever updates:
 * those that can be absent, which of a custom kind are all.
 */
export type Wholes = 'none' | 'built-in' | 'custom';

/** Structures of built-in kinds that are there even when nobody has written them. */
const neverAbsent = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'strategy',
  'updateStrategy',
  'jobTemplate',
  'resources',
  'loadBalancer',
  'source',
  'involvedObject',
  'regarding',
  'scaleTargetRef',
  'roleRef',
  'clientConfig',
  'backend',
]);

function isWhole(owner: Schema, member: string, child: Schema, wholes: Wholes): boolean {
  if (wholes === 'none' || member === 'metadata') return false;
  if (wholes === 'custom') return true;
  if (owner.required?.includes(member) === true) return false;
  return child.properties === undefined || !neverAbsent.has(member);
}

/** The fields below a member that was not there before. */
function addedBelow(owner: Schema, member: string, value: unknown, wholes: Wholes): FieldSet {
  const child = memberSchema(owner, member) ?? anySchema;
  const below = fieldsOf(child, value, wholes);
  return isEmptySet(below) || !isWhole(owner, member, child, wholes) ? below : { '.': leaf, ...below };
}

export function fieldsOf(schema: Schema, value: unknown, wholes: Wholes = 'none'): FieldSet {
  const set: Record<string, FieldSet> = {};
  if (granularRecord(schema, value)) {
    for (const [member, child] of Object.entries(value)) {
      if (child !== undefined) set[`f:${member}`] = addedBelow(schema, member, child, wholes);
    }
  } else if (granularList(schema, value)) {
    for (const item of value) {
      const step = itemStep(schema, item);
      if (step === null) return leaf;
      set[step] =
        schema.listType === 'set'
          ? leaf
          : { '.': leaf, ...fieldsOf(schema.items ?? anySchema, item, wholes) };
    }
  }
  return set;
}

/** An empty map or keyed list is merged into what is there, so it changes nothing. */
function addsNothing(schema: Schema, before: unknown, after: unknown): boolean {
  if (isRecord(before) && isRecord(after))
    return schema.atomicMap !== true && Object.keys(after).length === 0;
  const granular = schema.listType === 'map' || schema.listType === 'set';
  return granular && Array.isArray(before) && Array.isArray(after) && after.length === 0;
}

/** Fields of `after` that are not the same in `before`. */
export function changedFields(
  schema: Schema,
  before: unknown,
  after: unknown,
  wholes: Wholes = 'none',
): FieldSet {
  const set: Record<string, FieldSet> = {};
  const put = (step: string, childSchema: Schema, old: unknown, child: unknown): void => {
    if (old === undefined) {
      set[step] = step.startsWith('f:')
        ? addedBelow(schema, step.slice(2), child, wholes)
        : step.startsWith('k:')
          ? { '.': leaf, ...fieldsOf(childSchema, child, wholes) }
          : leaf;
      return;
    }
    if (sameJson(old, child) || addsNothing(childSchema, old, child)) return;
    const comparable = granularRecord(childSchema, child) || granularList(childSchema, child);
    const inner = comparable ? changedFields(childSchema, old, child, wholes) : leaf;
    if (!comparable || !isEmptySet(inner)) set[step] = inner;
  };
  if (granularRecord(schema, after)) {
    const old = isRecord(before) ? before : {};
    for (const [member, child] of Object.entries(after)) {
      if (child !== undefined)
        put(`f:${member}`, memberSchema(schema, member) ?? anySchema, ownMember(old, member), child);
    }
  } else if (granularList(schema, after)) {
    const old = new Map((Array.isArray(before) ? before : []).map((item) => [itemStep(schema, item), item]));
    for (const item of after) {
      const step = itemStep(schema, item);
      if (step !== null) put(step, schema.items ?? anySchema, old.get(step), item);
    }
  }
  return set;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const set: Record<string, FieldSet> = { ...a };
  for (const [step, child] of Object.entries(b)) set[step] = step in set ? union(set[step]!, child) : child;
  return set;
}

export function subtract(a: FieldSet, b: FieldSet): FieldSet {
  const set: Record<string, FieldSet> = {};
  for (const [step, child] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) set[step] = child;
    else if (!isEmptySet(child)) {
      const rest = subtract(child, other);
      if (!isEmptySet(rest)) set[step] = rest;
    }
  }
  return set;
}

export function intersect(a: FieldSet, b: FieldSet): FieldSet {
  const set: Record<string, FieldSet> = {};
  for (const [step, child] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) continue;
    if (isEmptySet(child) && isEmptySet(other)) set[step] = leaf;
    else {
      const both = intersect(child, other);
      if (!isEmptySet(both)) set[step] = both;
    }
  }
  return set;
}

function stepText(step: string): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`;
  if (step.startsWith('v:')) return `[=${step.slice(2)}]`;
  const key = JSON.parse(step.slice(2)) as Record<string, unknown>;
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

/** '.spec.replicas', '.spec.ports[port=80,protocol="TCP"].name' */
export function fieldPaths(set: FieldSet, prefix = ''): string[] {
  const paths: string[] = [];
  for (const [step, child] of Object.entries(set)) {
    if (step === '.') paths.push(prefix);
    else if (isEmptySet(child)) paths.push(prefix + stepText(step));
    else paths.push(...fieldPaths(child, prefix + stepText(step)));
  }
  return paths;
}
