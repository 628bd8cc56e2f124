// P15: an answer belongs to its request.
import type { Property, Violation } from './property.ts';

interface Echo {
  readonly nonce?: unknown;
}

function nonceIn(body: string): string | null {
  try {
    const { nonce } = JSON.parse(body) as Echo;
    return typeof nonce === 'string' ? nonce : null;
  } catch {
    return null;
  }
}

export const oneAnswer: Property = {
  id: 'P15',
  name: 'an answer belongs to its request',
  promise: 'A client never gets the answer to a request of somebody else, whatever connections do.',
  type: 'safety',
  judge({ requests }) {
    let premises = 0;
    const violations: Violation[] = [];
    for (const { nonce, status, body, complete, doneUs } of requests) {
      if (status !== 200 || !complete) continue;
      const echoed = nonceIn(body);
      if (echoed === null) continue;
      premises++;
      if (echoed !== nonce)
        violations.push({
          atUs: doneUs,
          message: `request ${nonce} got the answer to ${echoed}`,
          witnesses: [nonce, echoed],
        });
    }
    return { premises, violations };
  },
};
