// Custom resources whose definitions are missing, go away, come back, or know more than the controller does.
import { recordOf } from '../cluster/json.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { World } from '../world/world.ts';
import { type Fault, nothing, pick } from './fault.ts';
import { asManifest } from './objects.ts';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

const kinds = [
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongupstreampolicies.configuration.konghq.com',
] as const;

function create(world: World, resource: string, object: StoredObject): void {
  // Refused where the operator was faster, or took the namespace away: then it stays as it is.
  world.cluster.api.store.create(resource, asManifest(object));
}

/**
 * Controllers look now and then whether a kind is there that was not: every half a minute at most. Until then routes whose
 * plugins are of that kind stay closed.
 */
const noticedWithinMs = 31_000;

const missing: Fault = {
  id: 'C21',
  name: 'kind-missing',
  summary:
    'The definition of a custom resource is missing at the start or deleted, with all its objects, and added later.',
  harms: ['control', 'traffic'],
  lastsMsMax: 9_000,
  aim: (draw) => ({
    target: pick(kinds, draw('kind', 64)),
    parameters: {},
    ...(draw('at-start', 2) === 1 ? { atMs: 0 } : {}),
  }),
  begin({ world, entry, record }) {
    const { store } = world.cluster.api;
    const definition = store.get(definitions, undefined, entry.target);
    if (definition === null) return nothing;
    const objects = store.list(entry.target);
    store.delete(definitions, undefined, entry.target);
    record.hits += 1 + objects.length;
    return () => {
      record.toUs = world.scheduler.nowUs + noticedWithinMs * 1000;
      create(world, definitions, definition);
      for (const object of objects) create(world, entry.target, object);
    };
  },
};

/** The definition with one more member, whose content is free. */
function withFutureMember(definition: StoredObject): Record<string, unknown> {
  const { versions } = definition.spec as { readonly versions: readonly Record<string, unknown>[] };
  return {
    spec: {
      versions: versions.map((version) => {
        const schema = recordOf(recordOf(version['schema'])['openAPIV3Schema']);
        const properties = {
          ...recordOf(schema['properties']),
          future: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        };
        return { ...version, schema: { openAPIV3Schema: { ...schema, properties } } };
      }),
    },
  };
}

const newer: Fault = {
  id: 'C21',
  name: 'kind-newer',
  summary:
    'Objects of a custom resource carry members that a newer definition knows and the controller does not.',
  harms: ['control'],
  lastsMsMax: 10_000,
  isChange: true,
  aim: (draw, _shape, { objects }) => {
    const there = kinds.filter((kind) => objects.some(({ resource }) => resource === kind));
    return there.length === 0 ? null : { target: pick(there, draw('kind', 64)), parameters: {} };
  },
  begin({ world, entry, record }) {
    const { store } = world.cluster.api;
    const definition = store.get(definitions, undefined, entry.target);
    if (definition === null) return nothing;
    const write = (future: unknown): number => {
      let written = 0;
      for (const { metadata } of store.list(entry.target))
        if (store.mergePatch(entry.target, metadata.namespace, metadata.name, { future }).ok) written++;
      return written;
    };
    store.mergePatch(definitions, undefined, entry.target, withFutureMember(definition));
    record.hits += write({ mode: 'not-invented-yet', depth: [1, { two: null }] });
    return () => {
      write(null);
      const { versions } = definition.spec as { readonly versions: unknown };
      store.mergePatch(definitions, undefined, entry.target, { spec: { versions } });
    };
  },
};

export const customResourceFaults: readonly Fault[] = [missing, newer];
