// P05: a pooled connection does not outlive the endpoint in the config.
import { outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { addressesTold } from './reading/names.ts';

function targetsOf({ config }: Term): ReadonlySet<string> {
  const targets: Set<string> = new Set();
  for (const { target } of config?.config.entities.targets.values() ?? []) targets.add(target);
  return targets;
}

export const pooledConnections: Property = {
  id: 'P05',
  name: 'no request goes to a removed endpoint over an old connection',
  promise:
    'Once a gateway has the news that a pod is gone, it sends no further request to it, even where a connection is open.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    const known: Map<Term, ReadonlySet<string>> = new Map();
    const targets = (term: Term): ReadonlySet<string> => {
      const found = known.get(term) ?? targetsOf(term);
      known.set(term, found);
      return found;
    };
    const named = addressesTold(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const receipt of evidence.receipts) {
      const request = outlook.request(receipt.nonce);
      const dial = outlook.dialOf(receipt);
      if (request === null || dial === null) continue;
      const terms = outlook.termsDuring(dial.host, request.sentUs, receipt.atUs);
      // Sent before the swap, the request may have been given its pod before it too.
      const hasSwappedBefore = outlook.terms.some(
        ({ host, fromUs }) => host === dial.host && fromUs > dial.atUs && fromUs < request.sentUs,
      );
      if (!hasSwappedBefore || terms.length === 0) continue;
      // Where a name leads is another promise.
      if (named.has(`${request.gateway} ${receipt.address}`)) continue;
      premises++;
      const target = `${receipt.address}:${receipt.port}`;
      if (terms.some((term) => targets(term).has(target))) continue;
      violations.push({
        atUs: receipt.atUs,
        message: `${dial.host} sent ${request.method} ${receipt.nonce} to ${target} on a connection of ${dial.atUs} us, but its config ${terms[0]!.configId} has no such target`,
        witnesses: [receipt.nonce, dial.host],
      });
    }
    return { premises, violations };
  },
};
