// Strategic merge patch for the built-in kinds: lists with a merge key merge item by item, and directives say the rest.
import { arrayOf, isRecord, ownMember, sameJson, setMember } from '../json.ts';
import { anySchema, memberSchema, type Schema } from '../schema/structural.ts';

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/** What tells items of one list apart. */
function identityOf(item: unknown, key: string): string {
  return JSON.stringify(key === '' || !isRecord(item) ? item : item[key]);
}

/**
 * Items that the patch names come in the order of the patch, the others in the order they had. An item that stays goes before
 * a named one only where it stood before it already: so new items come first, as on a real server.
 */
function inOrder(
  merged: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  key: string,
): unknown[] {
  const ranks = (list: readonly unknown[]) =>
    new Map(list.map((item, index) => [identityOf(item, key), index]));
  const wanted = ranks(order);
  const old = ranks(before);
  const rank = (of: ReadonlyMap<string, number>, item: unknown): number =>
    of.get(identityOf(item, key)) ?? -1;
  const named = merged.filter((item) => rank(wanted, item) >= 0);
  const others = merged.filter((item) => rank(wanted, item) < 0);
  named.sort((a, b) => rank(wanted, a) - rank(wanted, b));
  others.sort((a, b) => rank(old, a) - rank(old, b));
  const result: unknown[] = [];
  for (const item of named) {
    const place = rank(old, item);
    while (others.length > 0 && place >= 0 && rank(old, others[0]) < place) result.push(others.shift());
    result.push(item);
  }
  return [...result, ...others];
}

function mergeKeyed(
  schema: Schema,
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): unknown[] {
  const items = schema.items ?? anySchema;
  const directives = patch.filter(isRecord).filter((item) => item['$patch'] !== undefined);
  const plain = patch.filter(isRecord).filter((item) => item['$patch'] === undefined);
  if (directives.some((item) => item['$patch'] === 'replace'))
    return plain.map((item) => strategicMerge(items, undefined, item));
  const gone = new Set(directives.map((item) => identityOf(item, key)));
  const result = target.filter((item) => !gone.has(identityOf(item, key)));
  for (const item of plain) {
    const index = result.findIndex((present) => identityOf(present, key) === identityOf(item, key));
    const merged = strategicMerge(items, index < 0 ? undefined : result[index], item);
    if (index < 0) result.push(merged);
    else result[index] = merged;
  }
  return inOrder(result, plain, target, key);
}

function mergeSet(target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const added = patch.filter((value) => !target.some((present) => sameJson(present, value)));
  return inOrder([...target, ...added], patch, target, '');
}

function mergeMember(memberOf: Schema, present: unknown, value: unknown): unknown {
  const key = memberOf.patchMergeKey;
  if (Array.isArray(value) && key !== undefined) {
    return key === ''
      ? mergeSet(arrayOf(present), value)
      : mergeKeyed(memberOf, arrayOf(present), value, key);
  }
  if (isRecord(value)) return strategicMerge(memberOf, isRecord(present) ? present : undefined, value);
  return value;
}

export function strategicMerge(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const directive = patch['$patch'];
  // Nothing is left in it, but it is still there.
  if (directive === 'delete') return {};
  const result: Record<string, unknown> = directive === 'replace' || !isRecord(target) ? {} : { ...target };
  for (const [member, value] of Object.entries(patch)) {
    if (member === '$patch' || member === '$retainKeys') continue;
    if (member.startsWith(orderPrefix)) continue;
    if (member.startsWith(deletePrefix)) {
      const name = member.slice(deletePrefix.length);
      const gone = arrayOf(value);
      result[name] = arrayOf(result[name]).filter((item) => !gone.some((one) => sameJson(one, item)));
      continue;
    }
    const merged =
      value === null
        ? undefined
        : mergeMember(memberSchema(schema, member) ?? anySchema, ownMember(result, member), value);
    if (merged === undefined) delete result[member];
    else setMember(result, member, merged);
  }
  for (const [member, order] of Object.entries(patch)) {
    if (!member.startsWith(orderPrefix)) continue;
    const name = member.slice(orderPrefix.length);
    const key = memberSchema(schema, name)?.patchMergeKey ?? '';
    const before = isRecord(target) ? arrayOf(target[name]) : [];
    if (Array.isArray(result[name])) result[name] = inOrder(result[name], arrayOf(order), before, key);
  }
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    for (const member of Object.keys(result)) if (!retained.includes(member)) delete result[member];
  }
  return result;
}
