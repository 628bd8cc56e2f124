// P12: what may not be repeated is not repeated.
import type { ReceiptRecord } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

export const oneReceipt: Property = {
  id: 'P12',
  name: 'a POST reaches at most one pod',
  promise: 'A request that is not idempotent is carried out at most once.',
  type: 'safety',
  judge({ requests, receipts }) {
    const byNonce: Map<string, ReceiptRecord[]> = new Map();
    for (const receipt of receipts) {
      const found = byNonce.get(receipt.nonce);
      if (found === undefined) byNonce.set(receipt.nonce, [receipt]);
      else found.push(receipt);
    }
    let premises = 0;
    const violations: Violation[] = [];
    for (const { nonce, method, kind } of requests) {
      if (repeatable.has(method) || kind === 'websocket') continue;
      const taken = byNonce.get(nonce) ?? [];
      if (taken.length > 0) premises++;
      if (taken.length > 1)
        violations.push({
          atUs: taken[1]!.atUs,
          message: `${method} ${nonce} was taken ${taken.length} times, by ${taken.map(({ pod }) => pod).join(' and ')}`,
          witnesses: [nonce],
        });
    }
    return { premises, violations };
  },
};
