// Server-side apply: the applied configuration is merged in, fields given up are removed, other owners are conflicts.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { isRecord, ownMember, sameJson, setMember } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import { anySchema, memberSchema, type Schema } from '../schema/structural.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';
import {
  changedFields,
  type FieldSet,
  fieldPaths,
  fieldsOf,
  intersect,
  isEmptySet,
  itemStep,
  subtract,
} from './field-set.ts';
import { type Owner, ownable, readOwners, type Writer, withOwners } from './managed-fields.ts';

function mergeList(schema: Schema, live: readonly unknown[], wanted: readonly unknown[]): unknown[] {
  const result = [...live];
  const positions = new Map(live.map((item, index) => [itemStep(schema, item), index]));
  for (const item of wanted) {
    const step = itemStep(schema, item);
    const index = positions.get(step);
    if (index === undefined) {
      positions.set(step, result.length);
      result.push(item);
    } else if (schema.listType === 'map')
      result[index] = mergeValue(schema.items ?? anySchema, result[index], item);
  }
  return result;
}

function mergeValue(schema: Schema, live: unknown, wanted: unknown): unknown {
  if (isRecord(wanted) && isRecord(live) && schema.atomicMap !== true) {
    const result: Record<string, unknown> = { ...live };
    for (const [member, value] of Object.entries(wanted)) {
      if (value === null || value === undefined) continue;
      const present = ownMember(result, member);
      setMember(result, member, mergeValue(memberSchema(schema, member) ?? anySchema, present, value));
    }
    return result;
  }
  const granular = schema.listType === 'map' || schema.listType === 'set';
  if (Array.isArray(wanted) && Array.isArray(live) && granular) return mergeList(schema, live, wanted);
  return wanted;
}

/** undefined when nothing is left. */
function removeFields(schema: Schema, value: unknown, gone: FieldSet): unknown {
  if (isRecord(value)) {
    const result: Record<string, unknown> = { ...value };
    for (const [step, inner] of Object.entries(gone)) {
      const member = step.slice(2);
      if (!step.startsWith('f:') || ownMember(result, member) === undefined) continue;
      const kept = isEmptySet(inner)
        ? undefined
        : removeFields(memberSchema(schema, member) ?? anySchema, result[member], inner);
      if (kept === undefined) delete result[member];
      else setMember(result, member, kept);
    }
    return Object.keys(result).length === 0 ? undefined : result;
  }
  if (!Array.isArray(value)) return value;
  const kept: unknown[] = [];
  for (const item of value) {
    const step = itemStep(schema, item);
    const inner = step === null ? undefined : gone[step];
    if (inner === undefined) kept.push(item);
    else if (!isEmptySet(inner) && inner['.'] === undefined) {
      kept.push(removeFields(schema.items ?? anySchema, item, inner));
    }
  }
  return kept.length === 0 ? undefined : kept;
}

function conflictsWith(owners: readonly Owner[], changed: FieldSet): ApiFailure | null {
  const causes = owners.flatMap((owner) => {
    const below =
      owner.subresource === undefined ? '' : ` with subresource ${JSON.stringify(owner.subresource)}`;
    const using = below + (owner.operation === 'Update' ? ` using ${owner.apiVersion}` : '');
    return fieldPaths(intersect(changed, owner.fields)).map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${JSON.stringify(owner.manager)}${using}`,
      field,
    }));
  });
  return causes.length === 0 ? null : failures.applyConflict(causes);
}

/** Fields that this manager owned before and does not mention any more, unless somebody else owns them too. */
function givenUp(mine: Owner | undefined, applied: FieldSet, others: readonly Owner[]): FieldSet {
  let rest = subtract(mine?.fields ?? {}, applied);
  for (const owner of others) rest = subtract(rest, owner.fields);
  return rest;
}

/** What the object becomes when `config` is applied to `live` (null: it does not exist yet). */
export function applyConfiguration(
  definition: ResourceDefinition,
  live: StoredObject | null,
  config: StoredObject,
  writer: Writer,
  force: boolean,
): Result<StoredObject, ApiFailure> {
  const { schema } = definition;
  const wanted = ownable(config);
  const applied = fieldsOf(schema, wanted);
  const isMine = (owner: Owner): boolean =>
    owner.manager === writer.manager &&
    owner.operation === 'Apply' &&
    owner.subresource === writer.subresource;
  const owners = live === null ? [] : readOwners(live);
  const mine = owners.find(isMine);
  let others = owners.filter((owner) => !isMine(owner));
  const current = live === null ? {} : ownable(live);
  const changed = changedFields(schema, current, wanted);
  const conflict = force ? null : conflictsWith(others, changed);
  if (conflict !== null) return fail(conflict);
  if (force) others = others.map((owner) => ({ ...owner, fields: subtract(owner.fields, changed) }));
  const merged = mergeValue(schema, current, wanted);
  // Merged once more, because a map that is emptied so but applied as an empty one stays.
  const kept = removeFields(schema, merged, givenUp(mine, applied, others)) ?? {};
  const left = mergeValue(schema, kept, wanted) as Record<string, unknown>;
  const { metadata, ...rest } = left;
  const identity = live === null ? config.metadata : serverMetadata(live);
  const base: StoredObject = {
    apiVersion: config.apiVersion,
    kind: config.kind,
    ...rest,
    metadata: { ...(isRecord(metadata) ? metadata : {}), ...identity },
  };
  // The time is that of the last apply that changed something, be it only a value.
  const unchanged = mine !== undefined && sameJson(mine.fields, applied) && sameJson(left, current);
  const time = unchanged && mine.time !== undefined ? mine.time : formatTime(writer.nowMs);
  const own: Owner = {
    ...mine,
    manager: writer.manager,
    operation: 'Apply',
    apiVersion: writer.apiVersion,
    time,
    fields: applied,
  };
  const withSubresource =
    writer.subresource === undefined ? own : { ...own, subresource: writer.subresource };
  return ok(withOwners(base, [...others, withSubresource]));
}

/** Of metadata what is not ownable: identity and the server's own members. */
function serverMetadata(live: StoredObject): StoredObject['metadata'] {
  const own = (ownable(live)['metadata'] ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(live.metadata).filter(([member]) => own[member] === undefined),
  ) as unknown as StoredObject['metadata'];
}
