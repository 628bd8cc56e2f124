// The schemas of the built-in kinds are written as short text, one field a line; this reads it.
//
//   Container
//     name! string
//     ports [ContainerPort] key=containerPort,protocol
//     terminationMessagePolicy string =File
//
// `!` required; `[T]` list, `{T}` map; `key=` a list keyed by those fields (the first one is also the strategic merge
// key, unless `merge=` names it); `set` a set; `=x` default; `enum=a|b`, `min=`, `max=`.
import type { Schema } from './structural.ts';

type MutableSchema = { -readonly [K in keyof Schema]: Schema[K] };

const plainTypes: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  int: { type: 'integer', format: 'int32' },
  long: { type: 'integer', format: 'int64' },
  number: { type: 'number' },
  bool: { type: 'boolean' },
  any: { type: 'any', preserveUnknown: true },
  object: { type: 'object', preserveUnknown: true },
  time: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  intstr: { type: 'any', intOrString: true, format: 'int-or-string' },
  quantity: { type: 'any', intOrString: true, format: 'quantity' },
};

function parseDefault(text: string): unknown {
  return /^(\d+$|[[{]|true$|false$)/.test(text) ? JSON.parse(text) : text;
}

function applyOption(schema: MutableSchema, option: string): void {
  const [name, value = ''] = [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)];
  if (option === 'set') {
    schema.listType = 'set';
    schema.patchMergeKey = '';
  } else if (option.startsWith('=')) schema.default = parseDefault(option.slice(1));
  else if (option === 'atomic') schema.atomicMap = true;
  else if (name === 'key') {
    schema.listType = 'map';
    schema.listMapKeys = value.split(',');
    schema.patchMergeKey ??= schema.listMapKeys[0]!;
  } else if (name === 'merge') schema.patchMergeKey = value;
  else if (name === 'enum') schema.enum = value.split('|');
  else if (name === 'min') schema.minimum = Number(value);
  else if (name === 'max') schema.maximum = Number(value);
  else throw new Error(`built-in schema: '${option}' is not an option`);
}

/** Named schemas out of texts that may refer to each other. `prefix` makes the OpenAPI names. */
export function parseSchemas(
  sources: readonly (readonly [prefix: string, text: string])[],
): ReadonlyMap<string, Schema> {
  const named = new Map<string, MutableSchema>();
  const typeOf = (text: string): Schema => {
    if (text.startsWith('[')) return { type: 'array', items: typeOf(text.slice(1, -1)) };
    if (text.startsWith('{')) return { type: 'object', additionalProperties: typeOf(text.slice(1, -1)) };
    const plain = plainTypes[text];
    if (plain !== undefined) return plain;
    let schema = named.get(text);
    if (schema === undefined) {
      schema = { type: 'object', properties: Object.create(null) as Record<string, Schema> };
      named.set(text, schema);
    }
    return schema;
  };
  for (const [prefix, text] of sources) {
    let current: MutableSchema | null = null;
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      if (!line.startsWith(' ')) {
        current = typeOf(line.trim()) as MutableSchema;
        current.name = `${prefix}.${line.trim()}`;
        continue;
      }
      addField(current!, line.trim(), typeOf);
    }
  }
  for (const [name, schema] of named) {
    if (schema.name === undefined) throw new Error(`built-in schema: type ${name} is not defined`);
  }
  return named;
}

function addField(owner: MutableSchema, line: string, typeOf: (text: string) => Schema): void {
  const [field, type, ...options] = line.split(/\s+/);
  const name = field!.replace('!', '');
  let schema: Schema = typeOf(type!);
  if (options.length > 0) {
    const own: MutableSchema = { ...schema };
    for (const option of options) applyOption(own, option);
    schema = own;
  }
  (owner.properties as Record<string, Schema>)[name] = schema;
  if (field!.endsWith('!')) owner.required = [...(owner.required ?? []), name];
}
