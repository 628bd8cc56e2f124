// The body of a refused POST /config, as Kong writes it, nested or flattened.
import type { ConfigError } from './decode.ts';
import type { FieldPath } from './schema/field.ts';

/** An object or a sparse array in the making: keys are names or positions. */
type Node = Map<string | number, Node | string | string[]>;

function place(root: Node, path: FieldPath, message: string): void {
  let node = root;
  for (const key of path.slice(0, -1)) {
    let child = node.get(key);
    if (!(child instanceof Map)) {
      child = new Map();
      node.set(key, child);
    }
    node = child;
  }
  const last = path[path.length - 1]!;
  const existing = node.get(last);
  if (last === '@entity') node.set(last, Array.isArray(existing) ? [...existing, message] : [message]);
  else if (!(existing instanceof Map)) node.set(last, message);
}

/** Arrays have null where nothing is wrong. */
function toJson(node: Node | string | string[]): unknown {
  if (!(node instanceof Map)) return node;
  const keys = [...node.keys()];
  if (keys.length === 0 || !keys.every((key) => typeof key === 'number'))
    return Object.fromEntries(keys.map((key) => [key, toJson(node.get(key)!)]));
  const list: unknown[] = new Array(Math.max(...keys) + 1).fill(null);
  for (const key of keys) list[key] = toJson(node.get(key)!);
  return list;
}

/** The way Lua's pretty printer writes a table on one line. */
function toLua(node: Node | string | string[]): string {
  if (typeof node === 'string') return JSON.stringify(node);
  if (Array.isArray(node)) return `{${node.map((each) => JSON.stringify(each)).join(',')}}`;
  const keys = [...node.keys()];
  const isList = keys.every((key, i) => key === i);
  const parts = keys.map((key) => {
    const value = toLua(node.get(key)!);
    if (isList) return value;
    if (typeof key === 'number') return `[${key + 1}]=${value}`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${key}=${value}` : `[${JSON.stringify(key)}]=${value}`;
  });
  return `{${parts.join(',')}}`;
}

/** Kong's singular: 'route' of 'routes'. */
function singular(type: string): string {
  return type.endsWith('ies') ? `${type.slice(0, -3)}y` : type.slice(0, -1);
}

function flattened(errors: readonly ConfigError[]): Record<string, unknown>[] {
  const records = new Map<string, Record<string, unknown> & { errors: Record<string, unknown>[] }>();
  for (const error of errors) {
    const key = JSON.stringify(error.location);
    let record = records.get(key);
    if (record === undefined) {
      record = {
        entity_type: singular(error.entityType!),
        entity_id: error.entityId ?? undefined,
        entity_name: error.entityName ?? undefined,
        entity_tags: error.entityTags ?? undefined,
        entity: error.entity,
        errors: [],
      };
      records.set(key, record);
    }
    record.errors.push(
      error.path[0] === '@entity'
        ? { type: 'entity', message: error.message }
        : { type: 'field', field: error.field, message: error.message },
    );
  }
  return [...records.values()];
}

/** With `flatten`, errors of entities are listed by themselves and `fields` keeps the rest. */
export function declarativeErrorBody(
  errors: readonly ConfigError[],
  flatten: boolean,
): Record<string, unknown> {
  const all: Node = new Map();
  const rest: Node = new Map();
  for (const error of errors) {
    const path = [...error.location, ...error.path];
    const whole = path.length === 0 ? ['@entity'] : path;
    place(all, whole, error.message);
    if (error.entityType === null) place(rest, whole, error.message);
  }
  const body: Record<string, unknown> = {
    code: 14,
    name: 'invalid declarative configuration',
    message: `declarative config is invalid: ${toLua(all)}`,
    fields: toJson(flatten ? rest : all),
  };
  if (flatten) body['flattened_errors'] = flattened(errors.filter((error) => error.entityType !== null));
  return body;
}
