// Who owns which field: metadata.managedFields kept up to date through every kind of write.
import { arrayOf, isRecord, recordOf, sameJson } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';
import { changedFields, type FieldSet, fieldsOf, isEmptySet, subtract, union } from './field-set.ts';

export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fields: FieldSet;
}

/** Members of metadata that belong to the server. */
const serverMembers = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
];

/** The object without what nobody can own. */
export function ownable(object: StoredObject): Record<string, unknown> {
  const { apiVersion: _a, kind: _k, metadata, ...rest } = object;
  const own: Record<string, unknown> = { ...metadata };
  for (const member of serverMembers) delete own[member];
  return Object.keys(own).length === 0 ? rest : { metadata: own, ...rest };
}

export function readOwners(object: StoredObject): Owner[] {
  return arrayOf(recordOf(object.metadata)['managedFields'])
    .filter(isRecord)
    .filter((entry) => typeof entry['manager'] === 'string')
    .map((entry) => ({
      manager: String(entry['manager']),
      operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
      apiVersion: String(entry['apiVersion'] ?? ''),
      ...(entry['subresource'] === undefined ? {} : { subresource: String(entry['subresource']) }),
      ...(entry['time'] === undefined ? {} : { time: String(entry['time']) }),
      fields: recordOf(entry['fieldsV1']) as FieldSet,
    }));
}

export function withOwners(object: StoredObject, owners: readonly Owner[]): StoredObject {
  const { managedFields: _old, ...metadata } = object.metadata as StoredObject['metadata'] & {
    managedFields?: unknown;
  };
  const kept = owners.filter((owner) => !isEmptySet(owner.fields));
  if (kept.length === 0) return { ...object, metadata };
  const managedFields = kept.map(({ fields, time, subresource, ...owner }) => ({
    ...owner,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource === undefined ? {} : { subresource }),
  }));
  return { ...object, metadata: { ...metadata, managedFields } as StoredObject['metadata'] };
}

function managedFieldsOf(object: StoredObject | null): unknown {
  return object === null ? undefined : recordOf(object.metadata)['managedFields'];
}

export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly nowMs: number;
}

/** After an update or patch: what changed belongs to the writer, what is gone belongs to nobody. */
export function ownUpdate(
  definition: ResourceDefinition,
  before: StoredObject | null,
  after: StoredObject,
  writer: Writer,
): StoredObject {
  const given = managedFieldsOf(after);
  // The client edits the ownership itself (kubectl does, to migrate from client-side apply).
  if (before !== null && given !== undefined && !sameJson(given, managedFieldsOf(before))) {
    return arrayOf(given).some((entry) => isRecord(entry) && entry['manager'])
      ? after
      : withOwners(after, []);
  }
  const owners = before === null ? [] : readOwners(before);
  const old = before === null ? {} : ownable(before);
  const next = ownable(after);
  const { schema } = definition;
  const wholes = definition.strategicMerge ? 'built-in' : 'custom';
  const changed = changedFields(schema, old, next, wholes);
  const removed = subtract(fieldsOf(schema, old, wholes), fieldsOf(schema, next, wholes));
  if (isEmptySet(changed) && isEmptySet(removed)) return withOwners(after, owners);
  const isWriter = (owner: Owner): boolean =>
    owner.manager === writer.manager &&
    owner.operation === 'Update' &&
    owner.subresource === writer.subresource;
  const mine = owners.find(isWriter);
  const fields = union(subtract(mine?.fields ?? {}, removed), changed);
  const others = owners
    .filter((owner) => !isWriter(owner))
    .map((owner) => ({ ...owner, fields: subtract(subtract(owner.fields, changed), removed) }));
  const own: Owner = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: writer.apiVersion,
    time: formatTime(writer.nowMs),
    ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
    fields,
  };
  return withOwners(after, [...others, own]);
}
