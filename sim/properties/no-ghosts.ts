// P50: what is gone is gone. No config holds anything of an object that had been deleted in the state it was made from, also
// when the deletion was never told and only a new list lacks the object.
import type { EntityType } from '../../src/kong/entity.ts';
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { createPast, type Past } from './reading/past.ts';
import { resources, seenBy, sourceOf, versionOf, versionsOf } from './reading/view.ts';

const resourceOfKind: Readonly<Record<string, string>> = {
  Ingress: resources.ingresses,
  Service: resources.services,
  Secret: resources.secrets,
  KongPlugin: resources.plugins,
  KongClusterPlugin: resources.clusterPlugins,
  KongConsumer: resources.consumers,
};

const types: readonly EntityType[] = [
  'routes',
  'services',
  'upstreams',
  'certificates',
  'plugins',
  'consumers',
  'keyauth_credentials',
];

/** 'Ingress default/shop' of entities whose object was not there; certificates may come from any Secret of equal content. */
function ghostsIn(past: Past, record: ConfigRecord): ReadonlySet<string> {
  const found = new Set<string>();
  for (const type of types)
    for (const entity of record.config.entities[type].values()) {
      const { kind, namespace, name, uid } = sourceOf(entity);
      const resource = resourceOfKind[kind];
      if (resource === undefined || name === 'UNKNOWN') continue;
      const object = seenBy(past, record, resource).get(namespace === '' ? name : `${namespace}/${name}`);
      if (object === undefined || (uid !== '' && object.metadata.uid !== uid))
        found.add(`${kind} ${namespace}/${name}`);
    }
  return found;
}

/** Deletions in the view of a config after which its resource was listed anew. */
function relistedDeletions({ store, calls }: Evidence, record: ConfigRecord): number {
  return store.filter(({ type, resource, version, atUs }) => {
    if (type !== 'DELETED' || version > versionOf(record, resource)) return false;
    const plural = `/${resource.split('.')[0]}?`;
    return calls.some(
      ({ path, isWatch, sentUs, method }) =>
        method === 'GET' &&
        path.includes(plural) &&
        (!isWatch || path.includes('sendInitialEvents')) &&
        sentUs >= atUs &&
        sentUs <= record.atUs,
    );
  }).length;
}

export const noGhosts: Property = {
  id: 'P50',
  name: 'what was deleted is not served',
  promise:
    'Nothing of a deleted object is served, also when its deletion was missed and only a new list shows it.',
  type: 'safety',
  judge(evidence) {
    const past = createPast(evidence.store);
    const judged = new Set<string>();
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of evidence.configs) {
      if (judged.has(record.config.id) || versionsOf(record) === null) continue;
      judged.add(record.config.id);
      for (const ghost of ghostsIn(past, record))
        violations.push({
          atUs: record.atUs,
          message: `${record.gateway} serves ${ghost}, which its controller had seen deleted`,
          witnesses: [record.gateway, ghost],
        });
    }
    const last = evidence.configs.at(-1);
    if (last !== undefined) premises = relistedDeletions(evidence, last);
    return { premises, violations };
  },
};
