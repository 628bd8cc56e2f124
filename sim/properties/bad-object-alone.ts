// P32: one bad object costs its own routes only. Judged at configs made while some object is broken: all that belongs to
// others is as the reference says, also in gateways that started after it broke.
import type { ConfigRecord } from '../evidence/evidence.ts';
import { holdsPair } from '../reference/certificates.ts';
import { all, type ClusterObjects, find } from '../reference/objects.ts';
import { wrongServed } from './converges.ts';
import type { Property, Violation } from './property.ts';
import { differences, objectsAt } from './reading/agreement.ts';
import { createPast, type Past } from './reading/past.ts';
import { quietMoments } from './reading/quiet.ts';
import { distinctConfigs, seenBy } from './reading/view.ts';

/** 'namespace/name' of Ingresses that ask for something that cannot be. */
function brokenIngresses(objects: ClusterObjects): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { metadata, spec } of all(objects, 'ingresses.networking.k8s.io')) {
    const key = `${metadata.namespace}/${metadata.name}`;
    for (const { http } of spec?.rules ?? [])
      for (const { path = '/' } of http?.paths ?? []) if (/[^\w/-]|\/\//.test(path)) found.add(key);
    for (const name of (metadata.annotations?.['konghq.com/plugins'] ?? '').split(','))
      if (
        name !== '' &&
        find(objects, 'kongplugins.configuration.konghq.com', metadata.namespace ?? '', name.trim()) === null
      )
        found.add(key);
    for (const { secretName = '' } of spec?.tls ?? []) {
      const secret = find(objects, 'secrets', metadata.namespace ?? '', secretName);
      if (secret === null || !holdsPair(secret)) found.add(key);
    }
  }
  return found;
}

function objectsSeen(past: Past, record: ConfigRecord): ClusterObjects {
  return { get: (resource) => [...seenBy(past, record, resource).values()] };
}

export const badObjectAlone: Property = {
  id: 'P32',
  name: 'a bad object harms only itself',
  promise:
    'An object that cannot be configured costs its own routes only; everything else is served and goes on changing.',
  type: 'safety',
  judge(evidence, circumstances) {
    const { configs, store } = evidence;
    const past = createPast(store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of distinctConfigs(configs)) {
      const objects = objectsSeen(past, record);
      const broken = brokenIngresses(objects);
      if (broken.size === 0) continue;
      premises++;
      for (const { about, ingress, message } of differences(record.config, objects))
        if (!broken.has(ingress))
          violations.push({
            atUs: record.atUs,
            message: `${record.gateway}, while ${[...broken].join()} is broken: ${message}`,
            witnesses: [about, ...broken],
          });
    }
    for (const atUs of quietMoments(evidence, circumstances)) {
      const broken = brokenIngresses(objectsAt(past, past.versionAt(atUs)));
      if (broken.size === 0) continue;
      premises++;
      for (const { ingress, violation } of wrongServed(evidence, circumstances, past, atUs))
        if (!broken.has(ingress)) violations.push(violation);
    }
    return { premises, violations };
  },
};
