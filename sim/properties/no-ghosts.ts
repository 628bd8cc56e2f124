// P50: what is gone is gone. No config holds anything of an object that had been deleted in the state it was made from, also
// when the deletion was never told and only a new list lacks the object.
import type { EntityType } from '../../src/kong/entity.ts';
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { differences } from './reading/agreement.ts';
import { countBefore, createPast, type Past } from './reading/past.ts';
import { distinctConfigs, resources, seenBy, sourceOf, versionsOf } from './reading/view.ts';
import { resourceOf } from './reading/writes.ts';

const resourceOfKind: Readonly<Record<string, string>> = {
  Ingress: resources.ingresses,
  Service: resources.services,
  Secret: resources.secrets,
  KongPlugin: resources.plugins,
  KongClusterPlugin: resources.clusterPlugins,
  KongConsumer: resources.consumers,
  KongConsumerGroup: resources.groups,
  KongVault: resources.vaults,
};

const types: readonly EntityType[] = [
  'routes',
  'services',
  'upstreams',
  'certificates',
  'plugins',
  'consumers',
  'consumer_groups',
  'vaults',
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

/** When lists that were whole had come in, those of a start among them. */
function listedUs({ calls }: Evidence): readonly number[] {
  const times = calls.flatMap((call) => {
    if (resourceOf(call) === '' || call.method !== 'GET') return [];
    if (call.path.includes('sendInitialEvents')) return call.wholeUs === -1 ? [] : [call.wholeUs];
    return call.isWatch || call.status !== 200 || call.endUs === -1 ? [] : [call.endUs];
  });
  return times.sort((a, b) => a - b);
}

/** Configs that are the first of their gateway after some list. */
function afterLists(evidence: Evidence): readonly ConfigRecord[] {
  const listed = listedUs(evidence);
  const lastUs = new Map<string, number>();
  return evidence.configs.filter(({ gateway, atUs }) => {
    const sinceUs = lastUs.get(gateway) ?? -1;
    lastUs.set(gateway, atUs);
    const next = listed[countBefore(listed, (us) => us <= sinceUs)];
    return next !== undefined && next <= atUs;
  });
}

/** What a config made after a list lacks of the state it claims to be made from. */
function lacks(past: Past, record: ConfigRecord): readonly string[] {
  const objects = { get: (resource: string) => [...seenBy(past, record, resource).values()] };
  return differences(record.config, objects).map(({ message }) => message);
}

export const noGhosts: Property = {
  id: 'P50',
  name: 'a new list is the whole truth',
  promise:
    'Nothing of a deleted object is served, also when its deletion was missed and only a new list shows it; and a list that came in parts is never taken for the whole.',
  type: 'safety',
  judge(evidence) {
    const past = createPast(evidence.store);
    const violations: Violation[] = [];
    for (const record of distinctConfigs(evidence.configs)) {
      for (const ghost of ghostsIn(past, record))
        violations.push({
          atUs: record.atUs,
          message: `${record.gateway} serves ${ghost}, which its controller had seen deleted`,
          witnesses: [record.gateway, ghost],
        });
    }
    // A kind that is not there has no objects, whatever its version says.
    const isDenied = evidence.calls.some((call) => call.status === 404 && resourceOf(call) !== '');
    const relisted = isDenied ? [] : afterLists(evidence).filter((record) => versionsOf(record) !== null);
    for (const record of relisted)
      for (const message of lacks(past, record).slice(0, 2))
        violations.push({
          atUs: record.atUs,
          message: `${record.gateway}, after a list: ${message}`,
          witnesses: [record.gateway],
        });
    return { premises: relisted.length, violations };
  },
};
