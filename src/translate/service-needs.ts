// The other objects that a Service's annotations name. A draft of the service is good for as long as these stay the same.
import { annotation, annotationList } from '../kube/annotations.ts';
import type { KongUpstreamPolicy } from '../kube/kong-upstream-policy.ts';
import type { Secret } from '../kube/secret.ts';
import type { KubeService } from '../kube/service.ts';
import { indexByKey, type Snapshot } from '../kube/snapshot.ts';

/** undefined: named, and not there. null: not named. */
export interface ServiceNeeds {
  readonly policy: KongUpstreamPolicy | undefined | null;
  readonly clientCertificate: Secret | undefined | null;
  readonly authorities: readonly (Secret | undefined)[];
}

export const noNeeds: ServiceNeeds = { policy: null, clientCertificate: null, authorities: [] };

export function findNeeds(source: KubeService | null, snapshot: Snapshot): ServiceNeeds {
  if (source === null) return noNeeds;
  const policy = annotation(source, 'upstream-policy');
  const clientCertificate = annotation(source, 'client-cert');
  const authorities = annotationList(source, 'ca-certificates-secrets');
  if (policy === null && clientCertificate === null && authorities === null) return noNeeds;
  const keyOf = (name: string): string => `${source.metadata.namespace}/${name.trim()}`;
  const secrets = indexByKey(snapshot.secrets);
  return {
    policy: policy === null ? null : indexByKey(snapshot.kongUpstreamPolicies).get(keyOf(policy)),
    clientCertificate: clientCertificate === null ? null : secrets.get(keyOf(clientCertificate)),
    authorities: (authorities ?? []).map((name) => secrets.get(keyOf(name))),
  };
}

export function areSameNeeds(a: ServiceNeeds, b: ServiceNeeds): boolean {
  return (
    a === b ||
    (a.policy === b.policy &&
      a.clientCertificate === b.clientCertificate &&
      a.authorities.length === b.authorities.length &&
      a.authorities.every((secret, i) => secret === b.authorities[i]))
  );
}
