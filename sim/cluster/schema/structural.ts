// A structural schema and what can be done with one value under it: default, prune, name unknown fields.
import { isRecord } from '../json.ts';
import { isSound } from './sound.ts';

/** Members that mean the same here and in OpenAPI, and are copied as they are. */
export const plainMembers = [
  'description',
  'format',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'default',
  'nullable',
  'required',
] as const;

export interface SchemaRule {
  /** CEL text as published. */
  readonly rule: string;
  readonly message: string;
  readonly messageExpression?: string;
  /** FieldValueInvalid where it is missing. */
  readonly reason?: string;
  /** '.spec.ports': of which field below it is told. */
  readonly fieldPath?: string;
  /** The rule is judged of new values too. */
  readonly optionalOldSelf?: boolean;
}

export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any';
  /** Name in the OpenAPI components; such a schema is referred to instead of repeated. */
  readonly name?: string;
  readonly description?: string;
  readonly format?: string;
  /** Without a prototype: 'constructor' is a name like any other. */
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Values of a map. */
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  /** How server-side apply sees a list; undefined = atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly atomicMap?: boolean;
  /** Strategic merge: key of list items; '' = a set of plain values. */
  readonly patchMergeKey?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly intOrString?: boolean;
  readonly preserveUnknown?: boolean;
  readonly rules?: readonly SchemaRule[];
}

export const anySchema: Schema = { type: 'any', preserveUnknown: true };

/** The schema of one member; null when the member is unknown. */
export function memberSchema(schema: Schema, member: string): Schema | null {
  const known = schema.properties?.[member];
  if (known !== undefined) return known;
  if (schema.additionalProperties !== undefined) return schema.additionalProperties;
  if (schema.preserveUnknown === true || schema.type === 'any') return anySchema;
  if (schema.properties === undefined && schema.type === 'object') return anySchema;
  return null;
}

/** Members of each schema that have a default, or something below them that has. */
const defaultingMembers: WeakMap<Schema, readonly (readonly [string, Schema])[]> = new WeakMap();

/** `above`: schemas that are being asked already, as they may contain themselves. */
function fillsAnything(schema: Schema, above: ReadonlySet<Schema>): boolean {
  if (schema.default !== undefined) return true;
  if (above.has(schema)) return false;
  const within = new Set(above).add(schema);
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return below.some((one) => one !== undefined && fillsAnything(one, within));
}

function membersToFill(schema: Schema): readonly (readonly [string, Schema])[] {
  let members = defaultingMembers.get(schema);
  if (members === undefined) {
    members = Object.entries(schema.properties ?? {}).filter(([, one]) => fillsAnything(one, new Set()));
    defaultingMembers.set(schema, members);
  }
  return members;
}

/** A copy only where something was added. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isSound(schema, value)) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    let changed = false;
    const next = value.map((item) => {
      const filled = withDefaults(items, item);
      if (filled !== item) changed = true;
      return filled;
    });
    return changed ? next : value;
  }
  const record = value as Record<string, unknown>;
  let next: Record<string, unknown> | null = null;
  for (const [member, memberOf] of membersToFill(schema)) {
    const present = record[member];
    const missing = present === undefined || (present === null && memberOf.nullable !== true);
    if (missing && memberOf.default === undefined) continue;
    const filled = withDefaults(memberOf, missing ? memberOf.default : present);
    if (filled === present) continue;
    next ??= { ...record };
    next[member] = filled;
  }
  if (schema.additionalProperties !== undefined) {
    for (const [member, present] of Object.entries(record)) {
      const filled = withDefaults(schema.additionalProperties, present);
      if (filled === present) continue;
      next ??= { ...record };
      next[member] = filled;
    }
  }
  return next ?? record;
}

/**
 * Drops what the schema does not know (and nulls, which mean absent). A copy only where needed. Who wants to be told
 * where gets paths as strict decoding errors write them: spec.ports[0].foo
 */
export function withoutUnknown(
  schema: Schema,
  value: unknown,
  path = '',
  tell: ((path: string) => void) | null = null,
): unknown {
  if (typeof value !== 'object' || value === null || isSound(schema, value)) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    let changed = false;
    const next = value.map((item, index) => {
      const kept = withoutUnknown(items, item, tell === null ? '' : `${path}[${index}]`, tell);
      if (kept !== item) changed = true;
      return kept;
    });
    return changed ? next : value;
  }
  if (!isRecord(value) || schema.type === 'any') return value;
  let next: Record<string, unknown> | null = null;
  for (const member of Object.keys(value)) {
    const present = value[member];
    const memberOf = memberSchema(schema, member);
    const memberPath = tell === null ? '' : path === '' ? member : `${path}.${member}`;
    if (memberOf === null) {
      next ??= { ...value };
      delete next[member];
      tell?.(memberPath);
      continue;
    }
    if (
      present === undefined ||
      (present === null && memberOf.nullable !== true && memberOf.type !== 'any')
    ) {
      next ??= { ...value };
      delete next[member];
      continue;
    }
    const kept = withoutUnknown(memberOf, present, memberPath, tell);
    if (kept === present) continue;
    next ??= { ...value };
    next[member] = kept;
  }
  return next ?? value;
}
