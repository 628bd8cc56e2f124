// P59: what a client's certificate lets it do, and what pods are told of it.
import type { ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';
import { isStranger, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Circumstances, Property, Violation } from './property.ts';

const names = ['x-client-cert-verify', 'x-client-cert-subject-dn'] as const;

/** By name, '' = not told. */
function expectedOf({ scheme, shows }: RequestRecord): Readonly<Record<(typeof names)[number], string>> {
  const hasShown = scheme === 'https' && shows !== '';
  return {
    'x-client-cert-verify': hasShown ? 'SUCCESS' : 'NONE',
    'x-client-cert-subject-dn': hasShown ? `CN=${shows}.example` : '',
  };
}

function findWrong(request: RequestRecord, { headers }: ReceiptRecord): string | null {
  if (isStranger(request)) return 'reached a pod with a certificate that nobody believes';
  if (Object.keys(headers).some((name) => name.includes('_client_cert_')))
    return 'had its own claims about its certificate passed on';
  const expected = expectedOf(request);
  const wrong = names.find((name) => (headers[name] ?? '') !== expected[name]);
  return wrong === undefined
    ? null
    : `came with '${wrong}: ${headers[wrong] ?? ''}', not '${expected[wrong]}'`;
}

export const shownCertificates: Property = {
  id: 'P59',
  name: 'a client is who its certificate says',
  promise:
    'Where clients are asked for certificates, a pod is told truly whether one was shown and whose, and who shows one that is not believed reaches no pod.',
  type: 'safety',
  judge(evidence, { asksClients }: Circumstances) {
    const violations: Violation[] = [];
    if (!asksClients) return { premises: 0, violations };
    const outlook = outlookOf(evidence);
    let premises = 0;
    for (const request of evidence.requests) {
      const receipts = outlook.receipts(request.nonce);
      if (receipts.length === 0 && !isStranger(request)) continue;
      premises++;
      for (const receipt of receipts) {
        const wrong = findWrong(request, receipt);
        if (wrong === null) continue;
        violations.push({
          atUs: receipt.atUs,
          message: `${nameOf(request)} of ${request.client} ${wrong}`,
          witnesses: [request.nonce, request.gateway],
        });
      }
    }
    return { premises, violations };
  },
};
