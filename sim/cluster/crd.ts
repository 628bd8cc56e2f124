// Custom resources: a CustomResourceDefinition becomes a kind as soon as it is stored.
import type { Log } from '../../src/ports/log.ts';
import { arrayOf, at, isRecord, recordOf, textAt } from './json.ts';
import type { ResourceDefinition, TableColumn, TablePrinter } from './resource.ts';
import { allVerbs, withObjectMembers } from './resources/built-in.ts';
import { ruleCauses } from './schema/rules.ts';
import { plainMembers, type Schema, type SchemaRule } from './schema/structural.ts';
import type { ClusterStore, StoredObject } from './store-api.ts';
import type { WriteCore } from './store-writes.ts';
import { age } from './table/cells.ts';
import { jsonPathText } from './table/json-path.ts';
import { namePrinter } from './table/printers.ts';
import { formatTime } from './timestamp.ts';

function schemaType(source: Readonly<Record<string, unknown>>): Schema['type'] {
  const type = source['type'];
  return typeof type === 'string' ? (type as Schema['type']) : 'any';
}

/** OpenAPI v3 as CRDs write it, to our schema. */
export function schemaFrom(given: unknown): Schema {
  const source = recordOf(given);
  const schema: Record<string, unknown> = { type: schemaType(source) };
  for (const member of plainMembers) if (source[member] !== undefined) schema[member] = source[member];
  if (isRecord(source['properties'])) {
    const properties = Object.create(null) as Record<string, Schema>;
    for (const [name, value] of Object.entries(source['properties'])) properties[name] = schemaFrom(value);
    schema['properties'] = properties;
  }
  if (source['items'] !== undefined) schema['items'] = schemaFrom(source['items']);
  const additional = source['additionalProperties'];
  if (isRecord(additional)) schema['additionalProperties'] = schemaFrom(additional);
  if (additional === true || source['x-kubernetes-preserve-unknown-fields'] === true)
    schema['preserveUnknown'] = true;
  else if (schema['type'] === 'object' && schema['properties'] === undefined && !isRecord(additional))
    schema['properties'] = Object.create(null);
  if (source['x-kubernetes-int-or-string'] === true) schema['intOrString'] = true;
  if (source['x-kubernetes-list-type'] !== undefined) schema['listType'] = source['x-kubernetes-list-type'];
  if (source['x-kubernetes-list-map-keys'] !== undefined)
    schema['listMapKeys'] = source['x-kubernetes-list-map-keys'];
  if (source['x-kubernetes-map-type'] === 'atomic') schema['atomicMap'] = true;
  const rules = arrayOf(source['x-kubernetes-validations']).map((item): SchemaRule => {
    const rule = textAt(item, 'rule');
    const plain: SchemaRule = {
      rule,
      message: textAt(item, 'message').trim() || `failed rule: ${rule.trim()}`,
    };
    const { messageExpression, reason, fieldPath, optionalOldSelf } = recordOf(item);
    return {
      ...plain,
      ...(typeof messageExpression === 'string' ? { messageExpression } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof fieldPath === 'string' ? { fieldPath } : {}),
      ...(optionalOldSelf === true ? { optionalOldSelf } : {}),
    };
  });
  if (rules.length > 0) schema['rules'] = rules;
  return schema as unknown as Schema;
}

function printerOf(version: Readonly<Record<string, unknown>>): TablePrinter {
  const extra = arrayOf(version['additionalPrinterColumns']).map(recordOf);
  if (extra.length === 0) return namePrinter;
  const columns: TableColumn[] = extra.map((column) => ({
    name: String(column['name']),
    type: String(column['type']) as TableColumn['type'],
    format: textAt(column, 'format'),
    description: textAt(column, 'description'),
    priority: Number(column['priority'] ?? 0),
  }));
  return {
    columns: [namePrinter.columns[0]!, ...columns],
    cells: (object, nowMs) => [
      object.metadata.name,
      ...extra.map((column) => {
        const path = textAt(column, 'jsonPath');
        if (column['type'] === 'date' && path === '.metadata.creationTimestamp') return age(object, nowMs);
        return jsonPathText(object, path, String(column['type']), nowMs);
      }),
    ],
  };
}

interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
}

/** By the frozen text of the definition: clusters that are made of the same definitions share their schemas. */
const schemasBySource: WeakMap<object, NamedSchema> = new WeakMap();

function schemaOf(source: unknown, name: string): Schema {
  const known = isRecord(source) ? schemasBySource.get(source) : undefined;
  if (known?.name === name) return known.schema;
  const schema = withObjectMembers(schemaFrom(source), name);
  if (isRecord(source) && Object.isFrozen(source)) schemasBySource.set(source, { name, schema });
  return schema;
}

function pathOf(text: string): readonly string[] {
  return text.split('.').filter((step) => step !== '');
}

function scaleOf(version: unknown): Pick<ResourceDefinition, 'scale' | 'scalePaths'> {
  const scale = at(version, 'subresources', 'scale');
  if (!isRecord(scale)) return { scale: false };
  const selector = textAt(scale, 'labelSelectorPath');
  const scalePaths = {
    wanted: pathOf(textAt(scale, 'specReplicasPath')),
    found: pathOf(textAt(scale, 'statusReplicasPath')),
    selector: selector === '' ? null : pathOf(selector),
  };
  return { scale: true, scalePaths };
}

function deprecationOf(
  version: Readonly<Record<string, unknown>>,
  group: string,
  kind: string,
): Pick<ResourceDefinition, 'deprecation'> {
  if (version['deprecated'] !== true) return {};
  const own = textAt(version, 'deprecationWarning');
  return { deprecation: own || `${group}/${version['name']} ${kind} is deprecated` };
}

function definitionsOf(crd: StoredObject): readonly ResourceDefinition[] {
  const spec = recordOf(crd.spec);
  const names = recordOf(spec['names']);
  const group = String(spec['group']);
  const kind = String(names['kind']);
  return arrayOf(spec['versions'])
    .map(recordOf)
    .filter((version) => version['served'] === true)
    .map((version) => {
      const name = `${group.split('.').reverse().join('.')}.${version['name']}.${kind}`;
      const schema = schemaOf(at(version, 'schema', 'openAPIV3Schema'), name);
      return {
        group,
        version: String(version['name']),
        plural: String(names['plural']),
        singular: String(names['singular']),
        kind,
        shortNames: arrayOf(names['shortNames']).map(String),
        categories: arrayOf(names['categories']).map(String),
        namespaced: spec['scope'] === 'Namespaced',
        statusSubresource: at(version, 'subresources', 'status') !== undefined,
        ...scaleOf(version),
        ...deprecationOf(version, group, kind),
        generations: true,
        nameRule: 'subdomain',
        versionRequired: true,
        strategicMerge: false,
        schema,
        selectableFields: arrayOf(version['selectableFields']).map((field) =>
          textAt(field, 'jsonPath').slice(1),
        ),
        printer: printerOf(version),
        verbs: allVerbs,
        storage: version['storage'] === true,
        validate: (object, previous, found) => ruleCauses(schema, object, previous, found),
      };
    });
}

function establish(store: ClusterStore, crd: StoredObject, nowMs: number): void {
  const spec = recordOf(crd.spec);
  const versions = arrayOf(spec['versions']).map(recordOf);
  const lastTransitionTime = formatTime(nowMs);
  store.updateStatus('customresourcedefinitions.apiextensions.k8s.io', {
    ...crd,
    status: {
      acceptedNames: spec['names'],
      storedVersions: versions
        .filter((version) => version['storage'] === true)
        .map((version) => version['name']),
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
          lastTransitionTime,
        },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
          lastTransitionTime,
        },
      ],
    },
  });
}

/** Follows the stored definitions: new ones are served at once, deleted ones take their objects with them. */
export function registerCustomResources(core: WriteCore, store: ClusterStore, log: Log): void {
  store.subscribe('customresourcedefinitions.apiextensions.k8s.io', (type, crd) => {
    const resource = crd.metadata.name;
    if (type === 'DELETED') {
      for (const object of store.list(resource)) {
        store.delete(resource, object.metadata.namespace, object.metadata.name);
      }
      core.store.undefine(resource);
      return;
    }
    const definitions = definitionsOf(crd);
    // Versions that are served no longer go; what is stored of the kind stays.
    core.store.undefine(resource);
    for (const definition of definitions) core.store.define(definition);
    if (type === 'ADDED') {
      log.debug('custom resource is served', { resource, versions: definitions.length });
      establish(store, crd, core.clock.wallMs());
    }
  });
}
