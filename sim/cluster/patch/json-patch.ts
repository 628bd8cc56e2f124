// JSON patch (RFC 6902) over frozen values: each operation copies the path it changes.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { isRecord, sameJson } from '../json.ts';

const operationsMax = 10_000;

function parsePointer(pointer: unknown): string[] | null {
  if (typeof pointer !== 'string') return null;
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: readonly string[]): unknown {
  let current = document;
  for (const part of path) {
    if (Array.isArray(current)) current = current[indexIn(current, part, false)];
    else if (isRecord(current) && Object.hasOwn(current, part)) current = current[part];
    else return undefined;
  }
  return current;
}

/** -1 when the text is no index. */
function indexIn(list: readonly unknown[], part: string, append: boolean): number {
  if (append && part === '-') return list.length;
  if (!/^(0|[1-9]\d*)$/.test(part)) return -1;
  const index = Number(part);
  return index > (append ? list.length : list.length - 1) ? -1 : index;
}

type Edit = 'add' | 'replace' | 'remove';

function editList(list: readonly unknown[], part: string, edit: Edit, value: unknown): Result<unknown> {
  const index = indexIn(list, part, edit === 'add');
  if (index < 0) return fail(`index '${part}' does not exist`);
  const next = [...list];
  if (edit === 'add') next.splice(index, 0, value);
  else if (edit === 'remove') next.splice(index, 1);
  else next[index] = value;
  return ok(next);
}

function change(document: unknown, path: readonly string[], edit: Edit, value: unknown): Result<unknown> {
  if (path.length === 0) return edit === 'remove' ? fail('the whole document cannot be removed') : ok(value);
  const [part, ...rest] = path as [string, ...string[]];
  if (Array.isArray(document)) {
    if (rest.length === 0) return editList(document, part, edit, value);
    const index = indexIn(document, part, false);
    if (index < 0) return fail(`index '${part}' does not exist`);
    const inner = change(document[index], rest, edit, value);
    return inner.ok ? ok(document.with(index, inner.value)) : inner;
  }
  if (!isRecord(document)) return fail(`there is nothing at '${part}'`);
  const present = Object.hasOwn(document, part);
  if (rest.length === 0) {
    if (edit !== 'add' && !present) return fail(`member '${part}' does not exist`);
    if (edit !== 'remove') return ok({ ...document, [part]: value });
    const { [part]: _removed, ...kept } = document;
    return ok(kept);
  }
  if (!present) return fail(`member '${part}' does not exist`);
  const inner = change(document[part], rest, edit, value);
  return inner.ok ? ok({ ...document, [part]: inner.value }) : inner;
}

function applyOne(document: unknown, operation: Readonly<Record<string, unknown>>): Result<unknown> {
  const path = parsePointer(operation['path']);
  if (path === null) return fail(`'${operation['path']}' is not a JSON pointer`);
  const { op, value } = operation;
  if (op === 'test') {
    return sameJson(read(document, path), value)
      ? ok(document)
      : fail(`testing value ${operation['path']} failed`);
  }
  if (op === 'add' || op === 'replace') {
    return value === undefined ? fail(`operation ${op} has no value`) : change(document, path, op, value);
  }
  if (op === 'remove') return change(document, path, 'remove', undefined);
  if (op !== 'move' && op !== 'copy') return fail(`unexpected kind: ${op}`);
  const from = parsePointer(operation['from']);
  const moved = from === null ? undefined : read(document, from);
  if (from === null || moved === undefined) return fail(`there is nothing at '${operation['from']}'`);
  if (op === 'copy') return change(document, path, 'add', moved);
  const without = change(document, from, 'remove', undefined);
  return without.ok ? change(without.value, path, 'add', moved) : without;
}

export function jsonPatch(document: unknown, operations: unknown): Result<unknown> {
  if (!Array.isArray(operations)) return fail('a JSON patch is a list of operations');
  if (operations.length > operationsMax) {
    return fail(
      `The allowed maximum operations in a JSON patch is ${operationsMax}, got ${operations.length}`,
    );
  }
  let current = document;
  for (const operation of operations) {
    const next = applyOne(current, isRecord(operation) ? operation : {});
    if (!next.ok) return next;
    current = next.value;
  }
  return ok(current);
}
