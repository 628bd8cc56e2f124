// P16: what belongs to one connection is not passed on, and what pods are told about the client is true.
import type { ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';
import { clientOf, nameOf } from './answers.ts';
import { remembered } from './expectations.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';

const hopByHop = [
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
] as const;

/** What is wrong with the head that a pod got, or null. */
function findWrong(request: RequestRecord, { headers }: ReceiptRecord): string | null {
  const isUpgrade = request.kind === 'websocket';
  const named = Object.entries(request.sentHeaders)
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((item) => item.trim().toLowerCase()));
  // What the gateway says of itself: it takes trailers.
  for (const name of [...hopByHop, ...named])
    if (headers[name] !== undefined && !(isUpgrade && name === 'upgrade') && headers[name] !== 'trailers')
      return `was passed '${name}: ${headers[name]}'`;
  if (headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined)
    return 'was told two lengths of the body';
  const client = clientOf(request);
  const expected: readonly (readonly [string, string])[] = [
    ['x-forwarded-proto', request.scheme],
    // As nginx has it in $host.
    ['x-forwarded-host', request.host.toLowerCase()],
    ['x-real-ip', client],
  ];
  for (const [name, value] of expected)
    if (headers[name] !== value) return `was told '${name}: ${headers[name] ?? ''}' instead of '${value}'`;
  const last = headers['x-forwarded-for']?.split(',').at(-1)?.trim();
  return last === client
    ? null
    : `was told '${last ?? ''}' instead of '${client}' at the end of x-forwarded-for`;
}

const rewriting = ['strip-path', 'preserve-host', 'rewrite'] as const;

/** No Ingress asks for another host or path than the client's. */
function isPlain(outlook: Outlook, term: Term): boolean {
  const view = outlook.viewOf(term);
  const rules = view === null ? [] : outlook.routing(view).rules;
  return rules.every(({ ingress }) =>
    rewriting.every((name) => ingress.metadata.annotations?.[`konghq.com/${name}`] === undefined),
  );
}

/** Host and path are those of the client unless the routing says otherwise. */
function findMoved(
  outlook: Outlook,
  plain: Map<Term, boolean>,
  request: RequestRecord,
  receipt: ReceiptRecord,
): string | null {
  const terms = outlook.termsDuring(outlook.workerOf(request), request.sentUs, receipt.atUs);
  if (!terms.every((term) => remembered(plain, term, () => isPlain(outlook, term)))) return null;
  if (receipt.path !== request.path) return `was asked for '${receipt.path}'`;
  return receipt.headers['host'] === request.host
    ? null
    : `was asked as host '${receipt.headers['host'] ?? ''}'`;
}

export const forwardedHead: Property = {
  id: 'P16',
  name: 'pods get a clean head',
  promise:
    'A pod gets exactly one well-framed request, with nothing in it that was meant for the gateway, and is told truly who asked.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    const plain: Map<Term, boolean> = new Map();
    let premises = 0;
    const violations: Violation[] = [];
    for (const receipt of evidence.receipts) {
      const request = outlook.request(receipt.nonce);
      if (request === null) continue;
      premises++;
      const wrong = findWrong(request, receipt) ?? findMoved(outlook, plain, request, receipt);
      if (wrong === null) continue;
      violations.push({
        atUs: receipt.atUs,
        message: `pod ${receipt.pod} ${wrong} by ${nameOf(request)}`,
        witnesses: [receipt.nonce, `pods ${receipt.pod}`],
      });
    }
    return { premises, violations };
  },
};
