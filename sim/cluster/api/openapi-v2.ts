// OpenAPI v2, one document for everything: in JSON, and in the protobuf form that kubectl before 1.29 asks for.
import { fnv1a } from '../../../src/base/hash.ts';
import { arrayOf, isRecord, recordOf } from '../json.ts';
import { kubernetesVersion } from '../kubernetes-version.ts';
import type { Store } from '../store.ts';
import { openApiDocument } from './openapi.ts';
import { field, message } from './protobuf/encode.ts';

type Members = Readonly<Record<string, unknown>>;

const components = '#/components/schemas/';
const definitions = '#/definitions/';

/** A schema of v3 in the words of v2, which has no defaults beside references. */
function inV2(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inV2);
  if (!isRecord(schema)) return schema;
  const [only] = arrayOf(schema['allOf']);
  if (isRecord(only)) return inV2(only);
  const result: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(schema)) {
    if (member === '$ref') result[member] = String(value).replace(components, definitions);
    else if (member === 'properties')
      result[member] = Object.fromEntries(
        Object.entries(recordOf(value)).map(([name, one]) => [name, inV2(one)]),
      );
    else if (member === 'items' || member === 'additionalProperties') result[member] = inV2(value);
    else if (member !== 'nullable' && member !== 'default') result[member] = value;
  }
  if (schema['x-kubernetes-int-or-string'] === true) result['type'] = 'string';
  return result;
}

function operationInV2(operation: unknown): Members {
  const { parameters, ...rest } = recordOf(operation);
  const inQuery = arrayOf(parameters).map((parameter) => {
    const { schema, ...own } = recordOf(parameter);
    return { ...own, type: recordOf(schema)['type'], uniqueItems: true };
  });
  return { ...rest, parameters: inQuery };
}

interface Swagger {
  readonly swagger: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Members>>;
  readonly definitions: Readonly<Record<string, Members>>;
}

function swaggerOf(store: Store): Swagger {
  const index = recordOf(openApiDocument(store, '/openapi/v3')?.['paths']);
  const paths: Record<string, Members> = {};
  const schemas: Record<string, Members> = {};
  for (const groupVersion of Object.keys(index)) {
    const document = openApiDocument(store, `/openapi/v3/${groupVersion}`) ?? {};
    for (const [path, operations] of Object.entries(recordOf(document['paths'])))
      paths[path] = Object.fromEntries(
        Object.entries(recordOf(operations)).map(([verb, one]) => [verb, operationInV2(one)]),
      );
    for (const [name, schema] of Object.entries(recordOf(recordOf(document['components'])['schemas'])))
      schemas[name] = inV2(schema) as Members;
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths,
    definitions: schemas,
  };
}

function anyValue(value: unknown): Buffer {
  return field(2, JSON.stringify(value));
}

function extensions(number: number, members: Members): Buffer[] {
  return Object.entries(members)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => field(number, message(field(1, name), field(2, anyValue(value)))));
}

function schemaMessage(schema: Members): Buffer {
  const fields: Buffer[] = [];
  const text = (number: number, member: string): void => {
    if (typeof schema[member] === 'string') fields.push(field(number, schema[member]));
  };
  text(1, '$ref');
  text(2, 'format');
  text(4, 'description');
  for (const name of arrayOf(schema['required'])) fields.push(field(19, String(name)));
  for (const value of arrayOf(schema['enum'])) fields.push(field(20, anyValue(value)));
  if (isRecord(schema['additionalProperties']))
    fields.push(field(21, field(1, schemaMessage(schema['additionalProperties']))));
  if (typeof schema['type'] === 'string') fields.push(field(22, field(1, schema['type'])));
  if (isRecord(schema['items'])) fields.push(field(23, field(1, schemaMessage(schema['items']))));
  if (isRecord(schema['properties'])) fields.push(field(25, namedSchemas(schema['properties'])));
  return message(...fields, ...extensions(31, schema));
}

function namedSchemas(schemas: Members): Buffer {
  return message(
    ...Object.entries(schemas).map(([name, schema]) =>
      field(1, message(field(1, name), field(2, schemaMessage(recordOf(schema))))),
    ),
  );
}

function parameterMessage(parameter: unknown): Buffer {
  const { name, type } = recordOf(parameter);
  const query = message(field(2, 'query'), field(4, String(name)), field(6, String(type)));
  return field(1, field(2, field(3, query)));
}

const verbFields: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function pathMessage(operations: Members): Buffer {
  const known = Object.entries(operations).filter(([verb]) => verbFields[verb] !== undefined);
  return message(
    ...known.map(([verb, operation]) => {
      const parameters = arrayOf(recordOf(operation)['parameters']).map((one) =>
        field(8, parameterMessage(one)),
      );
      return field(verbFields[verb]!, message(...parameters, ...extensions(13, recordOf(operation))));
    }),
  );
}

function protobufOf({ swagger, info, paths, definitions: schemas }: Swagger): Buffer {
  const allPaths = Object.entries(paths).map(([path, operations]) =>
    field(2, message(field(1, path), field(2, pathMessage(operations)))),
  );
  return message(
    field(1, swagger),
    field(2, message(field(1, info.title), field(2, info.version))),
    field(8, message(...allPaths)),
    field(9, namedSchemas(schemas)),
  );
}

interface Encoded {
  readonly hash: number;
  readonly json: Buffer;
  readonly protobuf: Buffer;
}

/** Of each cluster the latest: it is large, and changes with the definitions of custom resources alone. */
const latest: WeakMap<Store, Encoded> = new WeakMap();

/** Bytes in the form that is accepted. */
export function swaggerBytes(store: Store, form: 'json' | 'protobuf'): Buffer {
  const hash = fnv1a(JSON.stringify(openApiDocument(store, '/openapi/v3')));
  let encoded = latest.get(store);
  if (encoded?.hash !== hash) {
    const swagger = swaggerOf(store);
    encoded = { hash, json: Buffer.from(JSON.stringify(swagger)), protobuf: protobufOf(swagger) };
    latest.set(store, encoded);
  }
  return encoded[form];
}

const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export function swaggerForm(accept: string | undefined): {
  readonly form: 'json' | 'protobuf';
  readonly type: string;
} {
  return accept?.includes('proto-openapi.spec.v2') === true
    ? { form: 'protobuf', type: protobufType }
    : { form: 'json', type: 'application/json' };
}
