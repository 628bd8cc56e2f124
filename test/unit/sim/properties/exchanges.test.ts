// The properties of single exchanges, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence, RequestRecord } from '../../../../sim/evidence/evidence.ts';
import { announcedClients } from '../../../../sim/properties/announced-clients.ts';
import { boundedTries, everyEnd } from '../../../../sim/properties/bounded-requests.ts';
import { clockJumps } from '../../../../sim/properties/clock-jumps.ts';
import { forwardedHead } from '../../../../sim/properties/forwarded-head.ts';
import { oneAnswer } from '../../../../sim/properties/one-answer.ts';
import { oneReceipt } from '../../../../sim/properties/one-receipt.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { freshCertificate, ownCertificate } from '../../../../sim/properties/right-certificate.ts';
import { rollingUpdate } from '../../../../sim/properties/rolling-update.ts';
import { shownCertificates } from '../../../../sim/properties/shown-certificates.ts';
import { steadyService } from '../../../../sim/properties/steady-service.ts';
import {
  deliveredAnswers,
  openExchanges,
  openTunnels,
} from '../../../../sim/properties/undisturbed-exchange.ts';
import { wholeAnswers, wholeRequests } from '../../../../sim/properties/whole-messages.ts';
import { type KeyPairName, keyPairs } from '../../../../sim/world/key-pairs.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import { change, check, configOf, fault, ingress, second } from './told.ts';
import {
  bothPods,
  changed,
  dial,
  draining,
  endpoints,
  fromB,
  pod,
  podB,
  receipt,
  refusal,
  request,
  right,
  served,
  shop,
  shopService,
  store,
  told,
  withoutA,
} from './traffic.ts';

type Row = readonly [
  name: string,
  property: Property,
  told: Partial<Evidence>,
  expected: string | null,
  circumstances?: Partial<Circumstances>,
];

/** The worker swaps while the request is under way. */
const swapped = served([right, 5, 1], [withoutA, 6, 10.005]);
const slow = { doneUs: 11 * second };
const early = receipt({ atUs: 10 * second + 2_000 });
const cut = request({ ...slow, status: 0, error: 'ECONNRESET', complete: false });
const reading: Partial<RequestRecord> = { readBytesPerSecond: 20_000 };
/** Somebody else, who is answered. */
const other = request({ nonce: 'r3', origin: '10.9.9.9:1' });
const otherReceipt = receipt({ nonce: 'r3' });
const ended = changed(7, pod('shop-a', {}, { deletionTimestamp: '2026-01-01T00:00:10Z' }), 10.5);
const talk: Partial<RequestRecord> = { ...slow, kind: 'websocket', status: 101, messages: ['r1.0', 'r1.1'] };

const jump = fault('clock-jump', 10.5, 15, { target: 'gateway-1' });
/** Of somebody else: it does not matter to what a pod and a gateway have between them. */
const crash = fault('crash-controller', 9, 12, { target: 'controller-1' });

const open: readonly Row[] = [
  [
    'the answer comes',
    openExchanges,
    told({ ...swapped, requests: [request(slow)], receipts: [early] }),
    null,
  ],
  [
    'the answer is cut',
    openExchanges,
    told({ ...swapped, requests: [cut], receipts: [early] }),
    'had taken it and lives',
  ],
  [
    'the pod had ended',
    openExchanges,
    told({
      ...swapped,
      store: [...store, ended],
      requests: [cut, request({ ...slow, nonce: 'r2' })],
      receipts: [early, fromB({ nonce: 'r2', atUs: 10 * second + 2_000 })],
    }),
    null,
  ],
  [
    'a slow reader has it all',
    deliveredAnswers,
    told({ requests: [request({ ...slow, ...reading })], receipts: [early] }),
    null,
  ],
  [
    'a slow reader is cut off',
    deliveredAnswers,
    told({ requests: [{ ...cut, ...reading }], receipts: [early] }),
    'had taken it and lives',
  ],
  [
    'a slow reader gives up',
    deliveredAnswers,
    told({ requests: [{ ...cut, ...reading, error: 'timeout' }, other], receipts: [early, otherReceipt] }),
    null,
  ],
  [
    'a client that gave up before a pod was asked',
    deliveredAnswers,
    told({
      requests: [{ ...cut, error: 'timeout' }, other],
      receipts: [receipt({ atUs: slow.doneUs + 80_000 }), otherReceipt],
    }),
    null,
  ],
  [
    'a client that gave up on a pod that was asked in time',
    deliveredAnswers,
    told({ requests: [{ ...cut, error: 'timeout' }, other], receipts: [early, otherReceipt] }),
    'GET shop.example/ (r1) ended with no answer (timeout), though pod default/shop-a had taken it and lives',
  ],
  [
    'a slow reader has asked for more behind it',
    deliveredAnswers,
    told({
      requests: [
        { ...cut, ...reading },
        request({ ...reading, nonce: 'r2', sentUs: cut.sentUs + 1_000, doneUs: -1 }),
        other,
      ],
      receipts: [early, otherReceipt],
    }),
    null,
  ],
  [
    'the WebSocket stays',
    openTunnels,
    told({ ...swapped, requests: [request(talk)], receipts: [early] }),
    null,
  ],
  [
    'the WebSocket is closed',
    openTunnels,
    told({ ...swapped, requests: [request({ ...talk, error: 'closed' })], receipts: [early] }),
    "ended with 'closed'",
  ],
  [
    'the WebSocket mixes messages up',
    openTunnels,
    told({ ...swapped, requests: [request({ ...talk, messages: ['r1.0', 'r7.0'] })], receipts: [early] }),
    'brought back r1.0, r7.0',
  ],
  [
    'the clock jumps meanwhile',
    clockJumps,
    told({ requests: [request(slow)], receipts: [early], faults: [jump, crash] }),
    null,
  ],
  [
    'the jump of a clock cuts it',
    clockJumps,
    told({ requests: [cut], receipts: [early], faults: [jump, crash] }),
    'after the time of day jumped',
  ],
];

const drains = pod('shop-a', { POD_DRAIN: 'serves', POD_DRAIN_MS: '5000' });
const drainsToo = pod('shop-b', { POD_DRAIN: 'serves', POD_DRAIN_MS: '5000' });
const rolling = [
  ...store,
  changed(6, drains, 2),
  changed(7, drainsToo, 2),
  changed(8, endpoints([podB]), 9.5),
];
const rolled = { store: rolling, ...served([right, 7, 1], [withoutA, 8, 9.6]) };
const failed = refusal(502, { sentUs: 10 * second });
const failedWithout = request({
  nonce: 'r2',
  status: 0,
  error: 'ECONNRESET',
  complete: false,
  headers: {},
  body: '',
});
/** Before it on the same connection, by another host. */
const cutBefore = ({ doneUs }: RequestRecord): RequestRecord =>
  request({ host: 'elsewhere.example', doneUs, complete: false, error: 'ECONNRESET', body: '{' });
/** A pod of this application got the address of another's, and went with the fault. */
const reusedBy = (heir: string) =>
  fault('address-reused', 3, 9.4, {
    harms: ['pods', 'traffic'],
    target: 'default/blog',
    parameters: { heir },
  });
const bare = {
  store: [
    ...store,
    changed(6, pod('shop-a', { POD_DRAIN: 'resets' }), 2),
    changed(8, endpoints([podB]), 9.5),
  ],
};

const service: readonly Row[] = [
  ['all answered while pods change', rollingUpdate, told({ ...rolled, receipts: [fromB()] }), null],
  [
    'one fails while pods change',
    rollingUpdate,
    told({ ...rolled, requests: [failed] }),
    'while the pods of default/shop changed',
  ],
  [
    'a pod that does not drain',
    rollingUpdate,
    told({ ...rolled, ...bare, requests: [failed] }),
    'no violation',
  ],
  [
    'one fails after a pod of theirs has gone without a word',
    rollingUpdate,
    told({ ...rolled, requests: [failed], faults: [reusedBy('default/shop')] }),
    'no violation',
  ],
  [
    'one fails after a pod of others has gone without a word',
    rollingUpdate,
    told({ ...rolled, requests: [failed], faults: [reusedBy('default/cart')] }),
    'while the pods of default/shop changed',
  ],
  ['one ready pod', steadyService, told({ ...rolled, receipts: [fromB()] }), null],
  [
    'a failure beside a ready pod',
    steadyService,
    told({ ...rolled, requests: [failed] }),
    'default/shop-b was ready all the time',
  ],
  [
    'it waited behind an answer that was cut',
    steadyService,
    told({ ...rolled, requests: [cutBefore(failedWithout), failedWithout, request({ nonce: 'r3' })] }),
    null,
  ],
  [
    'it waited behind an answer that was whole',
    steadyService,
    told({ ...rolled, requests: [request({ doneUs: failedWithout.doneUs }), failedWithout] }),
    'was ready all the time',
  ],
  [
    'a failure where the last one drains',
    steadyService,
    told({
      store: [...store, changed(6, endpoints([{ ...podB, ...draining }]), 9.5)],
      ...served([right, 5, 1], [configOf(shopService, endpoints([{ ...podB, ...draining }]), shop), 6, 9.6]),
      requests: [failed],
    }),
    'no violation',
  ],
  [
    'a fault at its pods',
    steadyService,
    told({
      ...rolled,
      requests: [failed],
      faults: [fault('slow-pod', 9, 11, { harms: ['pods'], target: 'default/shop' })],
    }),
    'no violation',
  ],
  [
    'a fault at the pods of another',
    steadyService,
    told({
      ...rolled,
      requests: [failed],
      faults: [fault('slow-pod', 9, 11, { harms: ['pods'], target: 'default/blog' })],
    }),
    'was ready all the time',
  ],
];

/** Gateways wait two seconds for a connection and for an answer. */
const patience = { 'konghq.com/connect-timeout': '2000', 'konghq.com/read-timeout': '2000' };
const hasty = { ...shopService, metadata: { ...shopService.metadata, annotations: patience } };
const impatient = {
  store: store.map((one) => (one.object === shopService ? { ...one, object: hasty } : one)),
  ...served([configOf(hasty, bothPods, shop), 5, 1]),
};
const silence = (end: Partial<RequestRecord>): Partial<Evidence> => ({
  requests: [refusal(504, { ...end, sentUs: 10 * second })],
  receipts: [receipt({ mischief: 'says-nothing' })],
  faults: [fault('slow-pod', 9, 20, { harms: ['pods', 'traffic'], target: 'default/shop' })],
});

const post: Partial<RequestRecord> = { method: 'POST', bodyBytes: 5, bodyHash: 'five' };
const headers = receipt().headers;
const hop = { Connection: 'x-hop', 'X-Hop': 'mine' };

const spokenFor = { address: '203.0.113.9', isProper: true };
const announcedAs = (more: Partial<RequestRecord>, client: string) =>
  told({ requests: [request(more)], receipts: [receipt({ headers: { ...headers, 'x-real-ip': client } })] });
const asking = { asksClients: true };
const shownAs = (more: Partial<RequestRecord>, said: Readonly<Record<string, string>>) => {
  const own = Object.entries(said).map(([name, value]) => [`x-client-cert-${name}`, value]);
  return told({
    requests: [request(more)],
    receipts: [receipt({ headers: { ...headers, ...Object.fromEntries(own) } })],
  });
};

const messages: readonly Row[] = [
  ['a POST taken once', oneReceipt, told({ requests: [request(post)] }), null],
  [
    'a POST taken twice',
    oneReceipt,
    told({ requests: [request(post)], receipts: [receipt(), fromB()] }),
    'was taken 2 times',
  ],
  [
    'the body arrives',
    wholeRequests,
    told({ requests: [request(post)], receipts: [receipt({ method: 'POST', bodyHash: 'five' })] }),
    null,
  ],
  [
    'another body arrives',
    wholeRequests,
    told({ requests: [request(post)], receipts: [receipt({ method: 'POST', bodyHash: 'four' })] }),
    'with another body',
  ],
  ['a whole answer', wholeAnswers, told(), null],
  [
    'half an answer that shows',
    wholeAnswers,
    told({ requests: [request({ body: '{"nonce"', complete: false })] }),
    null,
  ],
  [
    'half an answer as a whole',
    wholeAnswers,
    told({ requests: [request({ body: '{"nonce"' })] }),
    'broke off',
  ],
  [
    'chunks without an end as a whole',
    wholeAnswers,
    told({ receipts: [receipt({ mischief: 'chunks-cut' })] }),
    'broke off',
  ],
  ['its own answer', oneAnswer, told(), null],
  [
    'the answer of another',
    oneAnswer,
    told({ requests: [request({ body: '{"nonce":"r9"}' })] }),
    'got the answer to r9',
  ],
  ['a clean head', forwardedHead, told({ requests: [request({ sentHeaders: hop })] }), null],
  [
    'a field for one hop',
    forwardedHead,
    told({
      requests: [request({ sentHeaders: hop })],
      receipts: [receipt({ headers: { ...headers, 'x-hop': 'mine' } })],
    }),
    "was passed 'x-hop: mine'",
  ],
  [
    'two lengths',
    forwardedHead,
    told({
      receipts: [receipt({ headers: { ...headers, 'content-length': '1', 'transfer-encoding': 'chunked' } })],
    }),
    'two lengths',
  ],
  [
    'a false client',
    forwardedHead,
    told({ receipts: [receipt({ headers: { ...headers, 'x-forwarded-for': '1.2.3.4' } })] }),
    "was told '1.2.3.4' instead of '192.168.0.1'",
  ],
  ['a believed sender', announcedClients, announcedAs({ announced: spokenFor }, '203.0.113.9'), null],
  [
    'a believed sender is not believed',
    announcedClients,
    announcedAs({ announced: spokenFor }, '192.168.0.1'),
    'was told to be from 192.168.0.1, not 203.0.113.9',
  ],
  [
    'a sender that speaks for itself',
    announcedClients,
    announcedAs({ announced: { ...spokenFor, address: '' } }, '192.168.0.1'),
    null,
  ],
  [
    'another sender',
    announcedClients,
    announcedAs({ announced: spokenFor, origin: '192.168.200.1:1' }, '192.168.200.1'),
    null,
  ],
  [
    'another sender is believed',
    announcedClients,
    announcedAs({ announced: spokenFor, origin: '192.168.200.1:1' }, '203.0.113.9'),
    'was told to be from 203.0.113.9, not 192.168.200.1',
  ],
  [
    'no header, and a pod',
    announcedClients,
    announcedAs({ announced: { ...spokenFor, isProper: false } }, '192.168.0.1'),
    'reached a pod',
  ],
  [
    'no header, and an answer',
    announcedClients,
    told({ requests: [refusal(404, { announced: { ...spokenFor, isProper: false } })], receipts: [] }),
    'was answered 404',
  ],
  ['no certificate', shownCertificates, shownAs({}, { verify: 'NONE' }), null, asking],
  [
    'no certificate, and a pod is told one',
    shownCertificates,
    shownAs({}, { verify: 'SUCCESS' }),
    "'x-client-cert-verify: SUCCESS', not 'NONE'",
    asking,
  ],
  [
    'a certificate',
    shownCertificates,
    shownAs({ scheme: 'https', shows: 'fourth' }, { verify: 'SUCCESS', 'subject-dn': 'CN=fourth.example' }),
    null,
    asking,
  ],
  [
    "another's name",
    shownCertificates,
    shownAs({ scheme: 'https', shows: 'fourth' }, { verify: 'SUCCESS', 'subject-dn': 'CN=root' }),
    "'x-client-cert-subject-dn: CN=root', not 'CN=fourth.example'",
    asking,
  ],
  [
    'a claim with other dashes',
    shownCertificates,
    told({ receipts: [receipt({ headers: { ...headers, x_client_cert_verify: 'SUCCESS' } })] }),
    'its own claims',
    asking,
  ],
  [
    'a stranger',
    shownCertificates,
    shownAs({ scheme: 'https', shows: 'third' }, { verify: 'NONE' }),
    'reached a pod with a certificate that nobody believes',
    asking,
  ],
  [
    'a stranger is refused',
    shownCertificates,
    told({ requests: [refusal(400, { scheme: 'https', shows: 'third' })], receipts: [] }),
    null,
    asking,
  ],
  [
    'another path',
    forwardedHead,
    told({ receipts: [receipt({ path: '/other' })] }),
    "was asked for '/other'",
  ],
  ['an end', everyEnd, told(), null],
  ['no end', everyEnd, told({ requests: [request({ doneUs: -1, status: 0 })] }), 'never came to an end'],
  [
    'a pod that says nothing is given up',
    everyEnd,
    told({ ...impatient, ...silence({ doneUs: 14 * second, status: 504 }) }),
    null,
  ],
  [
    'a pod that says nothing is waited for',
    everyEnd,
    told({ ...impatient, ...silence({ doneUs: 18 * second, status: 504 }) }),
    'took 8000000 us',
  ],
  [
    'a slow reader has not come to it',
    everyEnd,
    told({ ...impatient, ...silence({ doneUs: 18 * second, status: 504, readBytesPerSecond: 1_000 }) }),
    null,
  ],
  ['a late end', everyEnd, told({ requests: [request({ doneUs: 40 * second })] }), 'took 30000000 us'],
  [
    'a late end of a slow reader',
    everyEnd,
    told({ requests: [request({ doneUs: 30 * second, readBytesPerSecond: 1, body: '{"nonce":"r1"}' })] }),
    null,
  ],
  ['two tries', boundedTries, told({ receipts: [fromB(), receipt()] }), null],
  [
    'seven tries',
    boundedTries,
    told({
      receipts: Array.from({ length: 7 }, (_, index) => receipt({ originPort: 50_000 + index })),
      dials: Array.from({ length: 7 }, (_, index) => dial({ localPort: 50_000 + index })),
    }),
    'was tried 7 times',
  ],
  [
    'a try after the answer',
    boundedTries,
    told({ receipts: [receipt(), fromB()] }),
    'was answered by default/shop-a',
  ],
];

function secret(name: KeyPairName): KubeObject {
  const { cert, key } = keyPairs[name];
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'shop-tls',
      namespace: 'default',
      uid: 'uid-secret',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encoded(cert), 'tls.key': encoded(key) },
  } as unknown as KubeObject;
}

const plainShop = ingress('shop') as KubeObject & { readonly spec: object };
const tlsShop = {
  ...plainShop,
  spec: { ...plainShop.spec, tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }] },
} as KubeObject;
const configWith = (name: KeyPairName) => configOf(shopService, bothPods, tlsShop, secret(name));
const tlsStore = [
  ...store.filter(({ object }) => object !== shop),
  change(6, 'ADDED', tlsShop),
  change(7, 'ADDED', secret('first')),
  changed(8, secret('second'), 5),
].sort((a, b) => a.atUs - b.atUs);
const shown = (name: KeyPairName, id = name as string): Partial<Evidence> => ({
  store: tlsStore,
  requests: [request({ scheme: 'https', certificate: id, certificatePem: keyPairs[name].cert })],
  ...served([configWith('first'), 7, 1], [configWith('second'), 8, 5]),
});

const certificates: readonly Row[] = [
  ['the one in force', ownCertificate, told(shown('second')), null],
  ['another one', ownCertificate, told(shown('third')), 'not that of Secret default/shop-tls'],
  ['the default one', ownCertificate, told(shown('default')), 'was shown the default certificate'],
  ['the new one', freshCertificate, told(shown('second')), null],
  ['the old one', freshCertificate, told(shown('first')), 'has been in force for'],
];

describe.each([
  ['what is open', open],
  ['services', service],
  ['messages', messages],
  ['certificates', certificates],
] as const)('properties of %s', (_, rows) => {
  for (const [name, property, evidence, expected, circumstances] of rows)
    it(`${property.id} ${name}`, () => check(property, evidence, expected, circumstances));
});
