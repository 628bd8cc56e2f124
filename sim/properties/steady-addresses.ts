// P40: the addresses in an Ingress's status are written once and stay; they neither vanish nor flap between replicas.
import type { KubeObject } from '../../src/kube/object.ts';
import type { Property } from './property.ts';
import { keyOf } from './reading/past.ts';
import { resources } from './reading/view.ts';

function addressesOf(object: KubeObject): string {
  const { status } = object as KubeObject & {
    readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } };
  };
  return JSON.stringify(status?.loadBalancer?.ingress ?? []);
}

export const steadyAddresses: Property = {
  id: 'P40',
  name: 'published addresses stay',
  promise: 'The addresses in the status of an Ingress never vanish or alternate while the gateways serve.',
  type: 'safety',
  judge({ store }) {
    const changes = store.filter(
      ({ resource, type, previous }) =>
        resource === resources.ingresses && type === 'MODIFIED' && previous !== null,
    );
    const published = changes.filter(({ previous }) => addressesOf(previous!) !== '[]');
    const violations = published
      .filter(({ object, previous }) => addressesOf(object) !== addressesOf(previous!))
      .map(({ atUs, object, previous }) => ({
        atUs,
        message: `the addresses of Ingress ${keyOf(object)} went from ${addressesOf(previous!)} to ${addressesOf(object)}`,
        witnesses: [`ingresses ${keyOf(object)}`],
      }));
    return { premises: published.length, violations };
  },
};
