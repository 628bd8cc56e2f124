// P15: an answer belongs to its request.
import { echoIn } from './answers.ts';
import type { Property, Violation } from './property.ts';

export const oneAnswer: Property = {
  id: 'P15',
  name: 'an answer belongs to its request',
  promise: 'A client never gets the answer to a request of somebody else, whatever connections do.',
  type: 'safety',
  judge({ requests }) {
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of requests) {
      const { nonce, status, complete, doneUs } = request;
      if (status !== 200 || !complete) continue;
      const echoed = echoIn(request)?.nonce;
      if (typeof echoed !== 'string') continue;
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
