// P19: a client that takes nothing costs no memory.
import type { Property, Violation } from './property.ts';

/** Beside what the kernel holds: what was on its way when the reading stopped. */
const heldBytesMax = 131_072;

export const heldBytes: Property = {
  id: 'P19',
  name: 'a slow client costs no memory',
  promise: 'While a client takes nothing, a gateway takes nothing for it either.',
  type: 'resource',
  judge({ remains, requests }, { endUs }) {
    // A kernel holds what small answers there are.
    const slow = requests.filter(({ readBytesPerSecond }) => readBytesPerSecond > 0);
    const violations: Violation[] = [];
    for (const { host, backlogBytesMax } of remains) {
      if (!host.startsWith('gateway-') || backlogBytesMax <= heldBytesMax) continue;
      violations.push({
        atUs: endUs,
        message: `${host} held back ${backlogBytesMax} bytes for a client that took none`,
        witnesses: [host],
      });
    }
    const large = slow.filter(({ body }) => body.length > heldBytesMax);
    return { premises: large.length, violations };
  },
};
