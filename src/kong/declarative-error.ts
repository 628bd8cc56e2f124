// The body of a refused POST /config, as Kong writes it, nested or flattened.
import type { ConfigError } from './decode.ts';
import type { FieldError, FieldPath, Filled } from './schema/field.ts';
import { isUuid } from './schema/fill.ts';

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

/** Kong has the sentence about a second entity of a name in the place of the entity, unless there is more to say. */
function places(errors: readonly ConfigError[]): (error: ConfigError) => FieldPath {
  const counts = new Map<string, number>();
  const keyOf = ({ location }: ConfigError): string => JSON.stringify(location);
  for (const error of errors) counts.set(keyOf(error), (counts.get(keyOf(error)) ?? 0) + 1);
  return (error) => {
    const isAlone = counts.get(keyOf(error)) === 1 && error.message.startsWith('uniqueness violation: ');
    const path = isAlone ? error.location : [...error.location, ...error.path];
    return path.length === 0 ? ['@entity'] : path;
  };
}

/** 'config.paths.1': positions count from one. */
function dotted(path: FieldPath): string {
  return path.map((part) => (typeof part === 'number' ? part + 1 : part)).join('.');
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

/** Errors of one entity as Kong nests them: `{"config":{"minute":"expected a number"},"@entity":["..."]}`. */
export function nestFields(errors: readonly FieldError[]): Readonly<Record<string, unknown>> {
  const root: Node = new Map();
  for (const { path, message } of errors) place(root, path, message);
  return toJson(root) as Readonly<Record<string, unknown>>;
}

/** Text of more than one line stands as it is in long brackets; else control characters are escaped by number. */
function luaText(text: string): string {
  if (text.includes('\n') && !text.includes('\r')) return `[[${text}]]`;
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (char, at: number) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    if (char === '\r') return '\\r';
    const isBeforeDigit = /\d/.test(text.charAt(at + 1));
    return `\\${String(char.charCodeAt(0)).padStart(isBeforeDigit ? 3 : 1, '0')}`;
  });
  return `"${escaped}"`;
}

function rank(key: string | number): string {
  return typeof key === 'number' ? `0${String(key).padStart(9, '0')}` : `1${key}`;
}

/** Numbers before names, each in their order. */
function sortedKeys(node: Node): readonly (string | number)[] {
  return [...node.keys()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The way Lua's pretty printer writes a table: on one line, or, with an indentation, one member a line. */
function toLua(node: Node | string | string[], indent: string | null = null): string {
  if (typeof node === 'string') return luaText(node);
  const [equals, deeper] = indent === null ? ['=', null] : [' = ', `${indent}  `];
  const keys = Array.isArray(node) ? [] : sortedKeys(node);
  const isList = keys.every((key, i) => key === i);
  const parts = Array.isArray(node)
    ? node.map(luaText)
    : keys.map((key) => {
        const value = toLua(node.get(key)!, deeper);
        if (isList) return value;
        if (typeof key === 'number') return `[${key + 1}]${equals}${value}`;
        const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `[${luaText(key)}]`;
        return `${name}${equals}${value}`;
      });
  if (indent === null) return `{${parts.join(',')}}`;
  return `{\n${parts.map((part) => `${deeper}${part}`).join(',\n')}\n${indent}}`;
}

/** What is wrong with one entity in a sentence: of the whole first, then field by field, two levels deep. */
export function violationSentence(errors: readonly FieldError[]): string {
  const root: Node = new Map();
  for (const { path, message } of errors) place(root, path, message);
  const told: string[] = [...((root.get('@entity') as string[] | undefined) ?? [])];
  for (const key of sortedKeys(root)) {
    const value = root.get(key)!;
    if (key === '@entity' || Array.isArray(value)) continue;
    if (typeof value === 'string') told.push(`${key}: ${value}`);
    else
      for (const inner of sortedKeys(value)) {
        const deep = value.get(inner)!;
        const shown = typeof deep === 'string' ? deep : toLua(deep, '');
        told.push(`${key}.${typeof inner === 'number' ? inner + 1 : inner}: ${shown}`);
      }
  }
  const count = told.length === 1 ? 'schema violation' : `${told.length} schema violations`;
  return `${count} (${told.join('; ')})`;
}

/** Kong's singular: 'route' of 'routes'. */
function singular(type: string): string {
  return type.endsWith('ies') ? `${type.slice(0, -3)}y` : type.slice(0, -1);
}

/** The field `name` alone: a consumer has none. */
function nameOf(entity: Filled | null): string | undefined {
  const name = entity?.['name'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** As submitted; an id that we made says nothing to the caller. */
function idOf(entity: Filled | null): string | undefined {
  const id = entity?.['id'];
  return typeof id === 'string' && isUuid(id) ? id : undefined;
}

function flattened(errors: readonly ConfigError[]): Record<string, unknown>[] {
  const records = new Map<string, Record<string, unknown> & { errors: Record<string, unknown>[] }>();
  for (const error of errors) {
    const key = JSON.stringify(error.location);
    let record = records.get(key);
    if (record === undefined) {
      record = {
        entity_type: singular(error.entityType!),
        entity_id: idOf(error.entity),
        entity_name: nameOf(error.entity),
        entity_tags: error.entityTags ?? undefined,
        entity: error.entity,
        errors: [],
      };
      records.set(key, record);
    }
    record.errors.push(
      error.path.at(-1) === '@entity'
        ? { type: 'entity', message: error.message }
        : { type: 'field', field: dotted(error.path), message: error.message },
    );
  }
  return [...records.values()];
}

/** With `flatten`, errors of entities are listed by themselves; `fields` and the sentence keep the rest. */
export function declarativeErrorBody(
  errors: readonly ConfigError[],
  flatten: boolean,
): Record<string, unknown> {
  const all: Node = new Map();
  const rest: Node = new Map();
  const placeOf = places(errors);
  for (const error of errors) {
    const whole = placeOf(error);
    place(all, whole, error.message);
    if (error.entityType === null) place(rest, whole, error.message);
  }
  const shown = flatten ? rest : all;
  const body: Record<string, unknown> = {
    code: 14,
    name: 'invalid declarative configuration',
    message: `declarative config is invalid: ${toLua(shown)}`,
    fields: toJson(shown),
  };
  if (flatten) body['flattened_errors'] = flattened(errors.filter((error) => error.entityType !== null));
  return body;
}
