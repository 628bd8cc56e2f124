// P26: ready means that the whole cluster was read. In combined mode the gateway's own controller reads it, so the config
// must hold everything from before the process started; in split mode the leader's view may be a moment old.
import type { KubeObject } from '../../src/kube/object.ts';
import type { ConfigRecord, Evidence, ReadinessRecord } from '../evidence/evidence.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { servedAt } from './reading/agreement.ts';
import { livesOf } from './reading/hosts.ts';
import { createPast, type Past } from './reading/past.ts';
import { isDisturbed } from './reading/quiet.ts';
import { isOurs, resources, versionOf, watchedResources } from './reading/view.ts';
import { resourceOf } from './reading/writes.ts';

interface IngressLike extends KubeObject {
  readonly spec?: {
    readonly rules?: readonly {
      readonly http?: { readonly paths?: readonly { readonly path?: string }[] };
    }[];
  };
}

/** An Ingress of ours with a path that cannot be refused. */
function hasRoutes(past: Past, version: number): boolean {
  const classes = past.at(resources.ingressClasses, version);
  for (const object of past.at(resources.ingresses, version).values()) {
    const { spec } = object as IngressLike;
    const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
    if (isOurs(object, classes) && paths.some(({ path }) => path?.startsWith('/') && !path.startsWith('/~')))
      return true;
  }
  return false;
}

/** What the config lacks of the store at a version; null when nothing. `denied`: kinds that the server said it does not have. */
function lacks(
  past: Past,
  config: ConfigRecord | undefined,
  version: number,
  denied: ReadonlySet<string>,
): string | null {
  if (config === undefined) return hasRoutes(past, version) ? 'any config' : null;
  for (const resource of watchedResources) {
    if (denied.has(resource)) continue;
    const change = past.lastChange(resource, version);
    if (change !== null && change.version > versionOf(config, resource))
      return `${resource} as of version ${change.version}; its config has seen ${versionOf(config, resource)}`;
  }
  return null;
}

/** The config that a gateway has when it becomes ready. */
function configAt(
  evidence: Evidence,
  { gateway, atUs }: ReadinessRecord,
  bornUs: number,
): ConfigRecord | undefined {
  return evidence.configs.findLast(
    (config) => config.gateway === gateway && config.atUs <= atUs && config.atUs >= bornUs,
  );
}

/** A worker that takes connections when its gateway becomes ready, and serves none of the configs that it has taken. */
function behindAt(
  evidence: Evidence,
  { workers }: Circumstances,
  { gateway, atUs }: ReadinessRecord,
  bornUs: number,
): string | null {
  const taken = new Set(
    evidence.configs
      .filter((config) => config.gateway === gateway && config.atUs <= atUs && config.atUs >= bornUs)
      .map(({ config }) => config.id),
  );
  if (taken.size === 0) return null;
  for (let worker = 0; worker < workers; worker++) {
    const id = servedAt(evidence, gateway, worker, atUs);
    if (id !== '' && !taken.has(id)) return `${gateway}/worker-${worker}`;
  }
  return null;
}

function deniedBefore({ calls }: Evidence, untilUs: number): ReadonlySet<string> {
  const denied = calls.filter(({ status, sentUs }) => status === 404 && sentUs <= untilUs);
  return new Set(denied.map(resourceOf));
}

/** Up to which time the config must hold everything; null: not to be judged. */
function mustKnowUs(
  evidence: Evidence,
  { mode, freshUs, recoverUs }: Circumstances,
  bornUs: number,
  readyUs: number,
): number | null {
  if (mode === 'combined') return bornUs;
  return isDisturbed(evidence, ['control', 'push'], bornUs - recoverUs, readyUs) ? null : bornUs - freshUs;
}

export const readyAfterSync: Property = {
  id: 'P26',
  name: 'a gateway is ready only with the whole cluster',
  promise: 'A gateway says that it is ready only once it serves everything the cluster held when it started.',
  type: 'safety',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const { host, life, fromUs } of livesOf(evidence)) {
      const ready = evidence.readiness.find(
        (record) => record.gateway === host && record.life === life && record.reason === '',
      );
      if (ready === undefined) continue;
      // That it may be ready with what it kept, and when, S3 says.
      if (configAt(evidence, ready, fromUs)?.isKept === true) continue;
      const knownUs = mustKnowUs(evidence, circumstances, fromUs, ready.atUs);
      if (knownUs === null) continue;
      premises++;
      const missing = lacks(
        past,
        configAt(evidence, ready, fromUs),
        past.versionAt(knownUs),
        deniedBefore(evidence, ready.atUs),
      );
      const behind = behindAt(evidence, circumstances, ready, fromUs);
      if (missing === null && behind !== null)
        violations.push({
          atUs: ready.atUs,
          message: `${host} is ready while ${behind} has none of its configs yet`,
          witnesses: [host, behind],
        });
      if (missing !== null)
        violations.push({
          atUs: ready.atUs,
          message: `${host} is ready without ${missing}`,
          witnesses: [host],
        });
    }
    return { premises, violations };
  },
};
