// P13, P14: bodies arrive as they were sent, or it shows.
import { echoIn, hasPodBody, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

export const wholeRequests: Property = {
  id: 'P13',
  name: 'a pod gets the body that the client sent',
  promise: 'The body of a request arrives unchanged, also where it had to be sent a second time.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const { nonce, bodyHash, atUs, pod, method } of evidence.receipts) {
      const request = outlook.request(nonce);
      if (request === null || request.kind !== 'plain') continue;
      if (request.bodyBytes > 0) premises++;
      if (request.bodyHash === bodyHash && request.method === method) continue;
      violations.push({
        atUs,
        message: `pod ${pod} took ${nameOf(request)} as ${method} with another body than the ${request.bodyBytes} bytes that were sent`,
        witnesses: [nonce, `pods ${pod}`],
      });
    }
    return { premises, violations };
  },
};

/** Mischief after which an answer is not what its head announced, whatever of it has come. */
const broken: ReadonlySet<string> = new Set(['short-body', 'chunks-cut', 'until-close-reset']);

export const wholeAnswers: Property = {
  id: 'P14',
  name: 'half an answer never looks whole',
  promise: 'When a pod breaks off in the middle of an answer the client can tell.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const { method, complete, body, doneUs } = request;
      if (!hasPodBody(request)) continue;
      premises++;
      const receipt = outlook.receipts(request.nonce).at(-1);
      // What pods say by themselves is one JSON object.
      const isHalf = broken.has(receipt?.mischief ?? '') || echoIn(request) === null;
      if (!complete || !isHalf) continue;
      violations.push({
        atUs: doneUs,
        message: `${nameOf(request)} ended as a whole answer to ${method} with ${body.length} bytes, though pod ${receipt?.pod ?? ''} broke off`,
        witnesses: [request.nonce],
      });
    }
    return { premises, violations };
  },
};
