// OpenAPI v3 documents, one per group version, out of the same schemas that validate.
import { fnv1a } from '../../../src/base/hash.ts';
import { kubernetesVersion } from '../kubernetes-version.ts';
import { apiVersionOf, type ResourceDefinition } from '../resource.ts';
import { plainMembers, type Schema } from '../schema/structural.ts';
import type { Store } from '../store.ts';

type Components = Record<string, Record<string, unknown>>;

function reference(schema: Schema, components: Components): Record<string, unknown> {
  if (schema.name === undefined) return plainSchema(schema, components);
  if (components[schema.name] === undefined) {
    components[schema.name] = {};
    components[schema.name] = plainSchema(schema, components);
  }
  const $ref = `#/components/schemas/${schema.name}`;
  return schema.default === undefined ? { $ref } : { allOf: [{ $ref }], default: schema.default };
}

function plainSchema(schema: Schema, components: Components): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  for (const member of plainMembers) if (schema[member] !== undefined) document[member] = schema[member];
  if (schema.type !== 'any') document['type'] = schema.type;
  if (schema.properties !== undefined) {
    document['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([name, member]) => [name, reference(member, components)]),
    );
  }
  if (schema.items !== undefined) document['items'] = reference(schema.items, components);
  if (schema.additionalProperties !== undefined) {
    document['additionalProperties'] = reference(schema.additionalProperties, components);
  }
  if (schema.preserveUnknown === true) document['x-kubernetes-preserve-unknown-fields'] = true;
  if (schema.intOrString === true) document['x-kubernetes-int-or-string'] = true;
  if (schema.listType !== undefined) document['x-kubernetes-list-type'] = schema.listType;
  if (schema.listMapKeys !== undefined) document['x-kubernetes-list-map-keys'] = schema.listMapKeys;
  if (schema.patchMergeKey !== undefined) {
    document['x-kubernetes-patch-strategy'] = 'merge';
    if (schema.patchMergeKey !== '') document['x-kubernetes-patch-merge-key'] = schema.patchMergeKey;
  }
  return document;
}

function parameters(): unknown[] {
  return ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
}

function pathsOf(definition: ResourceDefinition): Record<string, unknown> {
  const { group, version, kind } = definition;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const base = `${root}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${definition.plural}`;
  const operation = (action: string): Record<string, unknown> => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: action === 'get' || action === 'list' ? [] : parameters(),
    responses: { '200': { description: 'OK' } },
  });
  return {
    [base]: { get: operation('list'), post: operation('post') },
    [`${base}/{name}`]: {
      get: operation('get'),
      put: operation('put'),
      patch: operation('patch'),
      delete: operation('delete'),
    },
  };
}

function groupVersionPath(definition: ResourceDefinition): string {
  return definition.group === ''
    ? `api/${definition.version}`
    : `apis/${definition.group}/${definition.version}`;
}

/** null: not an OpenAPI path, or a group version that is not served. */
export function openApiDocument(store: Store, path: string): Record<string, unknown> | null {
  const definitions = store.definitions();
  if (path === '/openapi/v3') {
    const names = definitions
      .map((definition) => `${definition.group}/${definition.plural}/${definition.version}`)
      .join();
    const hash = fnv1a(names).toString(16).padStart(8, '0');
    const paths: Record<string, unknown> = {};
    for (const one of definitions.map(groupVersionPath)) {
      paths[one] = { serverRelativeURL: `/openapi/v3/${one}?hash=${hash}${fnv1a(one).toString(16)}` };
    }
    return { paths };
  }
  const wanted = path.slice('/openapi/v3/'.length);
  const own = definitions.filter((definition) => groupVersionPath(definition) === wanted);
  if (own.length === 0) return null;
  const components: Components = {};
  const paths: Record<string, unknown> = {};
  for (const definition of own) {
    reference(definition.schema, components);
    const { group, version, kind } = definition;
    components[definition.schema.name!]!['x-kubernetes-group-version-kind'] = [{ group, version, kind }];
    Object.assign(paths, pathsOf(definition));
  }
  const title = `Kubernetes ${apiVersionOf(own[0]!)}`;
  return {
    openapi: '3.0.0',
    info: { title, version: kubernetesVersion },
    paths,
    components: { schemas: components },
  };
}
