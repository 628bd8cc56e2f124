// Strategic merge patch for the built-in kinds: lists with a merge key merge item by item, and directives say the rest.
import { arrayOf, isRecord, sameJson } from '../json.ts';
import { anySchema, memberSchema, type Schema } from '../schema/structural.ts';

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

function mergeKeyed(
  schema: Schema,
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): unknown[] {
  const items = schema.items ?? anySchema;
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch
      .filter((item) => !(isRecord(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1))
      .map((item) => strategicMerge(items, undefined, item));
  }
  let result = [...target];
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const same = (present: unknown): boolean => isRecord(present) && sameJson(present[key], item[key]);
    if (item['$patch'] === 'delete') {
      result = result.filter((present) => !same(present));
      continue;
    }
    const index = result.findIndex(same);
    const merged = strategicMerge(items, index < 0 ? undefined : result[index], item);
    if (index < 0) result.push(merged);
    else result[index] = merged;
  }
  return result;
}

function mergeSet(target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const added = patch.filter((value) => !target.some((present) => sameJson(present, value)));
  return [...target, ...added];
}

/** Items named by the order come in that order; the others stay behind them as they were. */
function reorder(list: readonly unknown[], order: readonly unknown[], key: string): unknown[] {
  const identity = (item: unknown): string =>
    JSON.stringify(key === '' || !isRecord(item) ? item : item[key]);
  const positions = new Map(order.map((item, index) => [identity(item), index]));
  const named = list.filter((item) => positions.has(identity(item)));
  named.sort((a, b) => positions.get(identity(a))! - positions.get(identity(b))!);
  return [...named, ...list.filter((item) => !positions.has(identity(item)))];
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

/** undefined = delete the value. */
export function strategicMerge(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const directive = patch['$patch'];
  if (directive === 'delete') return undefined;
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
        : mergeMember(memberSchema(schema, member) ?? anySchema, result[member], value);
    if (merged === undefined) delete result[member];
    else result[member] = merged;
  }
  for (const [member, order] of Object.entries(patch)) {
    if (!member.startsWith(orderPrefix)) continue;
    const name = member.slice(orderPrefix.length);
    const key = memberSchema(schema, name)?.patchMergeKey ?? '';
    if (Array.isArray(result[name])) result[name] = reorder(result[name], arrayOf(order), key);
  }
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    for (const member of Object.keys(result)) if (!retained.includes(member)) delete result[member];
  }
  return result;
}
