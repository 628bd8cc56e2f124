// Subresources that a real server has and this one has not: they are refused by name, each with what to do instead.
import { apiVersionOf, type ResourceDefinition } from '../resource.ts';
import type { ApiFailure } from '../store-api.ts';

const podsRunPrograms = 'its pods are programs of the simulator, without a shell or files';

const reasons: Readonly<Record<string, string>> = {
  'v1 pods/exec': podsRunPrograms,
  'v1 pods/attach': podsRunPrograms,
  'v1 pods/ephemeralcontainers': podsRunPrograms,
  'v1 pods/portforward': 'pods listen on loopback addresses: ask kubectl get pod -o wide, and connect there',
  'v1 pods/proxy': 'pods listen on loopback addresses: ask kubectl get pod -o wide, and connect there',
  'v1 services/proxy': 'endpoints listen on loopback addresses: ask kubectl get endpointslices',
  'v1 nodes/proxy': 'its nodes are simulated',
  'v1 pods/binding': 'its own scheduler binds pods',
  'v1 pods/resize': 'its pods use no resources',
  'v1 serviceaccounts/token': 'it has one user, whose token is in the kubeconfig',
  'certificates.k8s.io/v1 certificatesigningrequests/approval': 'nobody signs certificates in it',
};

/** null: no such thing on a real server either. */
export function unsupportedSubresource(
  definition: ResourceDefinition,
  subresource: string,
): ApiFailure | null {
  const name = `${definition.plural}/${subresource}`;
  const reason = reasons[`${apiVersionOf(definition)} ${name}`];
  if (reason === undefined) return null;
  return {
    code: 501,
    reason: 'NotImplemented',
    message: `${name} is not supported by this cluster: ${reason}`,
  };
}
