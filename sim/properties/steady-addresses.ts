// P40: the addresses that we publish in an Ingress's status are written once and stay: no write of ours takes them away or
// replaces them by others, whichever replica leads. What somebody else writes there is set right.
import type { Property, Violation } from './property.ts';
import { resources } from './reading/view.ts';
import { isSuccess, type StatusWrite, statusWrites } from './reading/writes.ts';

function addressesIn({ body }: StatusWrite): string {
  const { loadBalancer } = (body.status ?? {}) as { readonly loadBalancer?: { readonly ingress?: unknown } };
  return JSON.stringify(loadBalancer?.ingress ?? []);
}

export const steadyAddresses: Property = {
  id: 'P40',
  name: 'published addresses stay',
  promise: 'The addresses in the status of an Ingress never vanish or alternate while the gateways serve.',
  type: 'safety',
  judge(evidence) {
    const written = new Map<string, string>();
    let premises = 0;
    const violations: Violation[] = [];
    for (const write of statusWrites(evidence)) {
      if (write.resource !== resources.ingresses || !isSuccess(write.call)) continue;
      premises++;
      const addresses = addressesIn(write);
      const before = written.get(write.key) ?? addresses;
      written.set(write.key, addresses);
      if (addresses === before && addresses !== '[]') continue;
      violations.push({
        atUs: write.call.sentUs,
        message: `${write.call.host} changed the addresses of Ingress ${write.key} from ${before} to ${addresses}`,
        witnesses: [write.call.host, `ingresses ${write.key}`],
      });
    }
    return { premises, violations };
  },
};
