// P34: of two Ingresses that claim the same host and path, the older one has it.
import type { KubeObject } from '../../src/kube/object.ts';
import type { ConfigRecord } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { type Claim, claimsOf, kongPathOf } from './reading/ingress.ts';
import { createPast, keyOf, type Past } from './reading/past.ts';
import { distinctConfigs, isOurs, resources, seenBy, sourceOf } from './reading/view.ts';

interface Claimant {
  readonly ingress: KubeObject;
  readonly claim: Claim;
}

const ageKey = ({ metadata }: KubeObject): string =>
  `${metadata.creationTimestamp} ${metadata.namespace} ${metadata.name}`;

/** 'host path' in Kong's words to all who claim it, the oldest first. */
function claimantsOf(past: Past, record: ConfigRecord): ReadonlyMap<string, readonly Claimant[]> {
  const classes = seenBy(past, record, resources.ingressClasses);
  const found = new Map<string, Claimant[]>();
  const ours = [...seenBy(past, record, resources.ingresses).values()].filter((object) =>
    isOurs(object, classes),
  );
  ours.sort((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1));
  for (const ingress of ours) {
    for (const claim of claimsOf(ingress)) {
      const path = kongPathOf(claim);
      if (path === null) continue;
      const key = `${claim.host} ${path}`;
      const claimants = found.get(key);
      if (claimants === undefined) found.set(key, [{ ingress, claim }]);
      else claimants.push({ ingress, claim });
    }
  }
  return found;
}

const backendOf = ({ ingress, claim }: Claimant): string =>
  `${ingress.metadata.namespace}/${claim.service}:${claim.port}`;

export const oldestOwner: Property = {
  id: 'P34',
  name: 'the oldest Ingress keeps host and path',
  promise:
    'Where two Ingresses claim the same host and path, the older one keeps it; a newcomer never takes it over.',
  type: 'safety',
  judge({ configs, store }) {
    const past = createPast(store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of distinctConfigs(configs)) {
      const contested = [...claimantsOf(past, record)].filter(([, claimants]) => claimants.length > 1);
      for (const [key, [owner, ...others]] of contested) {
        const losers = others.filter((other) => backendOf(other) !== backendOf(owner!));
        if (losers.length === 0) continue;
        premises++;
        const [host, path] = key.split(' ') as [string, string];
        for (const { paths, hosts, ...route } of record.config.entities.routes.values()) {
          if (paths?.includes(path) !== true || hosts?.includes(host) !== true) continue;
          const { namespace, name } = sourceOf(route);
          const loser = losers.find(({ ingress }) => keyOf(ingress) === `${namespace}/${name}`);
          if (loser !== undefined)
            violations.push({
              atUs: record.atUs,
              message: `${record.gateway} gives ${host}${path} to Ingress ${namespace}/${name}, but the older ${keyOf(owner!.ingress)} claims it`,
              witnesses: [`ingresses ${namespace}/${name}`],
            });
        }
      }
    }
    return { premises, violations };
  },
};
