// P64: a name leads where DNS says that it leads, and to nobody else.
import type { RequestRecord } from '../evidence/evidence.ts';
import { isUnwelcome, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { isUnsettled, type NameView, nameOfRequest, viewsDuring, viewsOf } from './reading/names.ts';

/** An answer is told to the workers, who build and show what it changes, within this. */
const soonUs = 500_000;

const shown = (views: readonly NameView[]): string =>
  views
    .map(({ addresses }) => (addresses === null ? 'no such name' : [...addresses].join(', ')))
    .join('; then ');

export const nameTargets: Property = {
  id: 'P64',
  name: 'names lead where DNS says',
  promise:
    'A request for a Service that is a name goes to an address that DNS gave for it, soon after it did.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    if (evidence.names.length === 0) return { premises, violations };
    const byName = new Map<string, readonly NameView[]>();
    const viewsFor = (gateway: string, name: string): readonly NameView[] => {
      const key = `${gateway} ${name}`;
      const known = byName.get(key) ?? viewsOf(evidence, gateway, name);
      byName.set(key, known);
      return known;
    };
    const requests = new Map<string, RequestRecord>(evidence.requests.map((one) => [one.nonce, one]));
    for (const { nonce, address, atUs, pod } of evidence.receipts) {
      const request = requests.get(nonce);
      if (request === undefined || request.doneUs === -1 || isUnwelcome(request)) continue;
      const { gateway, sentUs } = request;
      // One whose client has gone may wait for its name for longer than the client did.
      const untilUs = Math.max(request.doneUs, atUs);
      const name = nameOfRequest(outlook, request, untilUs);
      if (name === null || isUnsettled(evidence, gateway, sentUs - soonUs, untilUs)) continue;
      const views = viewsDuring(viewsFor(gateway, name), sentUs - soonUs, atUs);
      premises++;
      if (views.some(({ addresses }) => addresses?.has(address) === true)) continue;
      const told = views.length === 0 ? 'nothing' : shown(views);
      violations.push({
        atUs,
        message: `${nameOf(request)} went to ${pod} at ${address}; of ${name} ${gateway} had been told: ${told}`,
        witnesses: [nonce, gateway],
      });
    }
    return { premises, violations };
  },
};
