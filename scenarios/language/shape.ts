// A shape says what may stand at a place of a scenario: one value that gives the type, the check with its complaints, the
// JSON Schema and the documentation.
import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { hint } from './nearest.ts';
import { offsetOf, type ParameterValue, type Placed, type Reading } from './reading.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** Definitions that schemas refer to, by name. */
export type Definitions = Map<string, JsonSchema>;

export interface Shape<T> {
  /** What stands there, in a few words: 'a duration such as 500ms'. */
  readonly what: string;
  /** undefined after a complaint. */
  read(node: Node | null, reading: Reading): T | undefined;
  schema(definitions: Definitions): JsonSchema;
  /** Members, where there are some, for the documentation. */
  readonly fields?: Readonly<Record<string, Field<unknown>>>;
}

export interface Field<T> {
  readonly shape: Shape<unknown>;
  readonly doc: string;
  readonly required: boolean;
  /** What an absent member means. */
  readonly absent?: T;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;
type Members<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export function required<T>(shape: Shape<T>, doc: string): Field<T> {
  return { shape, doc, required: true };
}

export function optional<T>(shape: Shape<T>, doc: string): Field<T | undefined> {
  return { shape, doc, required: false };
}

export function withDefault<T>(shape: Shape<T>, absent: T, doc: string): Field<T> {
  return { shape, doc, required: false, absent };
}

const parameterSchema: JsonSchema = { type: 'string', pattern: '\\$[a-z]' };

/** `$name` may stand for anything that is written as one word. */
function orParameter(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, parameterSchema] };
}

const wholeParameter = /^\$([a-z][a-z0-9-]*)$/;
const parameters = /\$\$|\$([a-z][a-z0-9-]*)/g;

/** The text with parameters filled in; `onUnknown` hears of names that are none. */
function substituted(
  text: string,
  values: ReadonlyMap<string, ParameterValue>,
  onUnknown: (name: string) => void,
): string {
  return text.replace(parameters, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    const value = values.get(name);
    if (value === undefined) {
      onUnknown(name);
      return whole;
    }
    return String(value);
  });
}

/** What a scalar says, with parameters filled in; undefined after a complaint. */
export function scalarOf(node: Node | null, reading: Reading, what: string): unknown {
  if (!isScalar(node)) {
    const given = node === null ? 'nothing' : isMap(node) ? 'a map' : isSeq(node) ? 'a list' : 'an alias';
    reading.complain(offsetOf(node), `here stands ${given}, but it should be ${what}`);
    return undefined;
  }
  const { value } = node as Scalar;
  if (typeof value !== 'string' || !value.includes('$')) return value;
  const known = [...reading.parameters.keys()];
  const whole = wholeParameter.exec(value);
  if (whole !== null && reading.parameters.has(whole[1]!)) return reading.parameters.get(whole[1]!);
  let failed = false;
  const text = substituted(value, reading.parameters, (name) => {
    failed = true;
    const near = known.length === 0 ? '; the scenario has no parameters' : hint(name, known);
    reading.complain(offsetOf(node), `there is no parameter '${name}'${near}`);
  });
  return failed ? undefined : text;
}

/** A scalar that `parse` understands; it answers a sentence where it does not. */
export function word<T>(
  what: string,
  schema: JsonSchema,
  parse: (value: unknown) => { readonly value: T } | string,
): Shape<T> {
  return {
    what,
    schema: () => orParameter(schema),
    read(node, reading) {
      const value = scalarOf(node, reading, what);
      if (value === undefined) return undefined;
      const parsed = parse(value);
      if (typeof parsed !== 'string') return parsed.value;
      reading.complain(offsetOf(node), parsed);
      return undefined;
    },
  };
}

const shown = (value: unknown): string => (value === null ? 'nothing' : `'${String(value)}'`);

export function text(what: string, pattern?: RegExp): Shape<string> {
  return word(
    what,
    { type: 'string', ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    (value) => {
      const given = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
      if (typeof given !== 'string' || given === '') return `${shown(value)} is not ${what}`;
      return pattern === undefined || pattern.test(given) ? { value: given } : `'${given}' is not ${what}`;
    },
  );
}

export function choice<const T extends string>(known: readonly T[]): Shape<T> {
  return word(`one of ${known.join(', ')}`, { enum: known }, (value) => {
    const found = known.find((one) => one === value);
    return found === undefined
      ? `${shown(value)} is not known here${hint(String(value), known)}`
      : { value: found };
  });
}

export function whole(least: number, most: number): Shape<number> {
  const what = `a whole number from ${least} to ${most}`;
  return word(what, { type: 'integer', minimum: least, maximum: most }, (value) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
      ? { value: number }
      : `${shown(value)} is not ${what}`;
  });
}

export const flag: Shape<boolean> = word('true or false', { type: 'boolean' }, (value) => {
  if (value === 'true' || value === 'false') return { value: value === 'true' };
  return typeof value === 'boolean' ? { value } : `${shown(value)} is neither true nor false`;
});

/** The same with the place where it stands. */
export function placed<T>(shape: Shape<T>): Shape<Placed<T>> {
  return {
    ...shape,
    read(node, reading) {
      const value = shape.read(node, reading);
      return value === undefined ? undefined : { value, at: offsetOf(node) };
    },
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  const what = `a list, each item ${item.what}`;
  return {
    what,
    schema: (definitions) => ({ type: 'array', items: item.schema(definitions) }),
    read(node, reading) {
      if (!isSeq(node)) {
        reading.complain(offsetOf(node), `this should be ${what}`);
        return undefined;
      }
      const items = node.items.map((one) => item.read(one as Node, reading));
      return items.includes(undefined) ? undefined : (items as T[]);
    },
  };
}

/** One, or a list of them. */
export function some<T>(item: Shape<T>): Shape<readonly T[]> {
  const many = list(item);
  return {
    what: `${item.what}, or a list of them`,
    schema: (definitions) => ({ anyOf: [item.schema(definitions), many.schema(definitions)] }),
    read(node, reading) {
      if (isSeq(node)) return many.read(node, reading);
      const one = item.read(node, reading);
      return one === undefined ? undefined : [one];
    },
  };
}

export const keyOf = (pair: Pair): string => String((pair.key as Scalar | null)?.value ?? '');

function mapOf(node: Node | null, reading: Reading, what: string): YAMLMap | null {
  if (isMap(node)) return node as YAMLMap;
  reading.complain(offsetOf(node), `this should be ${what}`);
  return null;
}

function propertiesOf(
  fields: Readonly<Record<string, Field<unknown>>>,
  definitions: Definitions,
): Record<string, JsonSchema> {
  const entries = Object.entries(fields).map(([name, { shape, doc }]): [string, JsonSchema] => [
    name,
    { description: doc, ...shape.schema(definitions) },
  ]);
  return Object.fromEntries(entries);
}

export function record<const F extends Readonly<Record<string, Field<unknown>>>>(
  what: string,
  fields: F,
): Shape<Members<F>> {
  const names = Object.keys(fields);
  return {
    what,
    fields,
    schema: (definitions) => ({
      type: 'object',
      properties: propertiesOf(fields, definitions),
      required: names.filter((name) => fields[name]!.required),
      additionalProperties: false,
    }),
    read(node, reading) {
      const map = mapOf(node, reading, what);
      if (map === null) return undefined;
      const found = new Map<string, unknown>();
      let failed = false;
      for (const pair of map.items) {
        const name = keyOf(pair);
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field === undefined) {
          reading.complain(offsetOf(pair.key as Node), `'${name}' is not known here${hint(name, names)}`);
          failed = true;
          continue;
        }
        const value = field.shape.read(pair.value as Node | null, reading);
        if (value === undefined) failed = true;
        found.set(name, value);
      }
      for (const name of names) {
        if (found.has(name)) continue;
        const { required: isRequired, absent } = fields[name]!;
        if (isRequired) {
          reading.complain(offsetOf(map), `'${name}' is missing: ${fields[name]!.doc}`);
          failed = true;
        }
        found.set(name, absent);
      }
      return failed ? undefined : (Object.fromEntries(found) as Members<F>);
    },
  };
}

export interface Entry<T> {
  readonly key: Placed<string>;
  readonly value: T;
}

/** A map with keys of one's own. `key` says what they are, and how they are written. */
export function mapping<T>(key: Shape<string>, value: Shape<T>): Shape<readonly Entry<T>[]> {
  const what = `a map from ${key.what} to ${value.what}`;
  return {
    what,
    schema: (definitions) => ({ type: 'object', additionalProperties: value.schema(definitions) }),
    read(node, reading) {
      const map = mapOf(node, reading, what);
      if (map === null) return undefined;
      const entries: Entry<T>[] = [];
      for (const pair of map.items) {
        const name = key.read(pair.key as Node, reading);
        const own = value.read(pair.value as Node | null, reading);
        if (name !== undefined && own !== undefined)
          entries.push({ key: { value: name, at: offsetOf(pair.key as Node) }, value: own });
      }
      return entries.length === map.items.length ? entries : undefined;
    },
  };
}

/** A map with exactly one of these keys. */
export type OneOf<F> = {
  [K in keyof F & string]: {
    readonly key: K;
    readonly value: F[K] extends Field<infer T> ? T : never;
    readonly at: number;
  };
}[keyof F & string];

export function oneOf<const F extends Readonly<Record<string, Field<unknown>>>>(
  what: string,
  fields: F,
): Shape<OneOf<F>> {
  const names = Object.keys(fields);
  return {
    what,
    fields,
    schema: (definitions) => ({
      type: 'object',
      properties: propertiesOf(fields, definitions),
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    }),
    read(node, reading) {
      const map = mapOf(node, reading, `${what}: a map with one of ${names.join(', ')}`);
      if (map === null) return undefined;
      const [pair, more] = map.items;
      if (pair === undefined || more !== undefined) {
        const at = more === undefined ? offsetOf(map) : offsetOf(more.key as Node);
        reading.complain(at, `${what} has exactly one of ${names.join(', ')}`);
        return undefined;
      }
      const key = keyOf(pair);
      if (!Object.hasOwn(fields, key)) {
        reading.complain(offsetOf(pair.key as Node), `'${key}' is not known here${hint(key, names)}`);
        return undefined;
      }
      const value = fields[key]!.shape.read(pair.value as Node | null, reading);
      return value === undefined
        ? undefined
        : ({ key, value, at: offsetOf(pair.key as Node) } as unknown as OneOf<F>);
    },
  };
}

/** One shape for what is written as a word, another for maps. */
export function wordOr<A, B>(short: Shape<A>, long: Shape<B>): Shape<A | B> {
  return {
    what: `${short.what}, or ${long.what}`,
    ...(long.fields === undefined ? {} : { fields: long.fields }),
    schema: (definitions) => ({ anyOf: [short.schema(definitions), long.schema(definitions)] }),
    read: (node, reading) => (isMap(node) ? long.read(node, reading) : short.read(node, reading)),
  };
}

/** Said once in the schema, so that it may contain itself. */
export function named<T>(name: string, make: () => Shape<T>): Shape<T> {
  let made: Shape<T> | null = null;
  const shape = (): Shape<T> => {
    made ??= make();
    return made;
  };
  return {
    what: name,
    read: (node, reading) => shape().read(node, reading),
    schema(definitions) {
      if (!definitions.has(name)) {
        definitions.set(name, {});
        definitions.set(name, shape().schema(definitions));
      }
      return { $ref: `#/$defs/${name}` };
    },
  };
}

function plain(node: Node | null, reading: Reading, what: string): unknown {
  if (isMap(node)) {
    const members: Record<string, unknown> = {};
    for (const pair of node.items)
      members[keyOf(pair as Pair)] = plain(pair.value as Node | null, reading, what);
    return members;
  }
  if (isSeq(node)) return node.items.map((item) => plain(item as Node, reading, what));
  return node === null ? null : scalarOf(node, reading, what);
}

/** Any map, as JSON: parts of Kubernetes objects. */
export function freeform(what: string): Shape<Readonly<Record<string, unknown>>> {
  return {
    what,
    schema: () => ({ type: 'object' }),
    read(node, reading) {
      const map = mapOf(node, reading, what);
      const before = reading.complaints.length;
      const value = map === null ? undefined : (plain(map, reading, what) as Record<string, unknown>);
      return reading.complaints.length > before ? undefined : value;
    },
  };
}

export { mapOf };
