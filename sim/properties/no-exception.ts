// P00: no part of the product fails with an exception. An exception that ends the whole run is added by the judge.
import type { Property } from './property.ts';

/** What the product logs when one of its parts failed in a way that nobody expected. */
const failures: ReadonlySet<string> = new Set([
  'the controller failed and starts again; gateways keep what they have',
  'worker failed',
  'the proxy cannot start',
]);

/** What a fault throws into a controller on purpose says so. */
const onPurpose = 'a fault of the simulator';

export const noException: Property = {
  id: 'P00',
  name: 'no part fails with an exception',
  promise:
    'Neither a controller nor a gateway nor a worker fails by a mistake of its own, whatever it meets.',
  type: 'safety',
  judge({ errors, lives }) {
    const starts = lives.filter(({ what }) => what === 'start').length;
    const violations = errors
      .filter(({ message, fields }) => failures.has(message) && !fields.includes(onPurpose))
      .map(({ host, atUs, message, fields }) => ({
        atUs,
        message: `${host}: ${message} ${fields}`,
        witnesses: [host],
      }));
    return { premises: starts, violations };
  },
};
