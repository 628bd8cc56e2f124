// P67: what an operator has said of bodies and ports holds for every request.
import type { ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';
import { isFromGateway, isTooLarge, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Circumstances, Property, Violation } from './property.ts';

const tooLarge = 413;

/** What is wrong with the end of a request, or null. */
function findWrongEnd(request: RequestRecord, receipts: readonly ReceiptRecord[]): string | null {
  const { status, bodyBytes, bodyBytesMax, bodyHash } = request;
  if (!isTooLarge(request)) {
    const isRefused = status === tooLarge && isFromGateway(request);
    return isRefused
      ? `was refused with ${tooLarge} for ${bodyBytes} bytes, though ${bodyBytesMax} may be`
      : null;
  }
  if (receipts.some((receipt) => receipt.bodyHash === bodyHash))
    return `reached a pod with ${bodyBytes} bytes, though ${bodyBytesMax} may be`;
  return status >= 200 && status < 300 ? `was answered ${status} for ${bodyBytes} bytes` : null;
}

export const keptLimits: Property = {
  id: 'P67',
  name: 'limits of bodies and mapped ports are kept',
  promise:
    'A body that is larger than may be reaches no pod and every other body may, and pods are told the port that clients connect to.',
  type: 'safety',
  judge(evidence, { publicPorts }: Circumstances) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const receipts = outlook.receipts(request.nonce);
      const isLimited = request.bodyBytesMax > 0 && request.bodyBytes > 0 && request.doneUs !== -1;
      if (!isLimited && receipts.length === 0) continue;
      premises++;
      const port = publicPorts[request.scheme];
      const misled = receipts.find(({ headers }) => headers['x-forwarded-port'] !== port);
      const wrong =
        findWrongEnd(request, receipts) ??
        (misled === undefined
          ? null
          : `was said to have come to port ${misled.headers['x-forwarded-port'] ?? ''}, not ${port}`);
      if (wrong === null) continue;
      violations.push({
        atUs: misled?.atUs ?? request.doneUs,
        message: `${nameOf(request)} of ${request.client} ${wrong}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
