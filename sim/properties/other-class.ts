// P36: what belongs to another ingress controller is left alone, in configs and in the cluster.
import type { ApiCall, Evidence } from '../evidence/evidence.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { configsById, workersAt } from './reading/agreement.ts';
import { createPast, type Past } from './reading/past.ts';
import { quietMoments } from './reading/quiet.ts';
import { distinctConfigs, isOurs, resources, seenBy, sourceOf } from './reading/view.ts';

/** 'namespace/name' of the Ingress that a status write is for; null: it is another call. */
function statusTarget({ method, path }: ApiCall): string | null {
  const match = /\/namespaces\/([^/]+)\/ingresses\/([^/]+)\/status$/.exec(path);
  return match === null || method === 'GET' ? null : `${match[1]}/${match[2]}`;
}

/** It was of another class at every version in between. */
function wasForeign(past: Past, key: string, fromVersion: number, toVersion: number): boolean {
  const isForeignAt = (version: number): boolean => {
    const object = past.at(resources.ingresses, version).get(key);
    return object !== undefined && !isOurs(object, past.at(resources.ingressClasses, version));
  };
  const between = past
    .changes(resources.ingresses)
    .filter(({ version }) => version > fromVersion && version <= toVersion);
  return isForeignAt(fromVersion) && between.every(({ version }) => isForeignAt(version));
}

function judgeWrites(
  evidence: Evidence,
  { freshUs, recoverUs }: Circumstances,
  past: Past,
): readonly Violation[] {
  return evidence.calls.flatMap((call) => {
    const key = statusTarget(call);
    if (key === null) return [];
    // A write may have waited in a back-off for as long as anything takes to recover, if there were faults at all.
    const waitUs = evidence.faults.length === 0 ? freshUs : recoverUs;
    const from = past.versionAt(call.sentUs - waitUs);
    if (!wasForeign(past, key, from, call.versionAtSend)) return [];
    const message = `${call.host} wrote the status of Ingress ${key}, which is of another class`;
    return [{ atUs: call.sentUs, message, witnesses: [call.host, `ingresses ${key}`] }];
  });
}

/** Ingresses of another class that some worker serves at a quiet moment. */
function judgeMoment(
  evidence: Evidence,
  circumstances: Circumstances,
  past: Past,
  atUs: number,
): readonly Violation[] {
  const version = past.versionAt(atUs);
  const classes = past.at(resources.ingressClasses, version);
  const ingresses = past.at(resources.ingresses, version);
  const configs = configsById(evidence);
  const served = new Set(workersAt(evidence, circumstances, atUs));
  return [...served].flatMap((id) =>
    [...(configs.get(id)?.entities.routes.values() ?? [])].flatMap((route) => {
      const { namespace, name } = sourceOf(route);
      const object = ingresses.get(`${namespace}/${name}`);
      if (object === undefined || isOurs(object, classes)) return [];
      const message = `in a quiet cluster Ingress ${namespace}/${name} is served, which is of another class`;
      return [{ atUs, message, witnesses: [`ingresses ${namespace}/${name}`] }];
    }),
  );
}

export const otherClass: Property = {
  id: 'P36',
  name: 'other ingress classes are left alone',
  promise: 'An Ingress of another class changes nothing in the gateways and is never written to.',
  type: 'safety',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of distinctConfigs(evidence.configs)) {
      const classes = seenBy(past, record, resources.ingressClasses);
      const ingresses = seenBy(past, record, resources.ingresses);
      if ([...ingresses.values()].some((object) => !isOurs(object, classes))) premises++;
      for (const route of record.config.entities.routes.values()) {
        const { kind, namespace, name } = sourceOf(route);
        const object = ingresses.get(`${namespace}/${name}`);
        if (kind === 'Ingress' && object !== undefined && !isOurs(object, classes))
          violations.push({
            atUs: record.atUs,
            message: `${record.gateway} has a route of Ingress ${namespace}/${name}, which is of another class`,
            witnesses: [record.gateway, `ingresses ${namespace}/${name}`],
          });
      }
    }
    for (const atUs of quietMoments(evidence, circumstances))
      violations.push(...judgeMoment(evidence, circumstances, past, atUs));
    return { premises, violations: [...violations, ...judgeWrites(evidence, circumstances, past)] };
  },
};
