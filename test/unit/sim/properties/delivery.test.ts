// The properties of routing and endpoints, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence } from '../../../../sim/evidence/evidence.ts';
import {
  absentConditions,
  drainingTargets,
  readyTargets,
  wholeServices,
} from '../../../../sim/properties/endpoint-rules.ts';
import { fairShare } from '../../../../sim/properties/fair-share.ts';
import { oneConfig } from '../../../../sim/properties/one-config.ts';
import { pooledConnections } from '../../../../sim/properties/pooled-connections.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { removedEndpoints } from '../../../../sim/properties/removed-endpoints.ts';
import { rightBackend } from '../../../../sim/properties/right-backend.ts';
import { rightRefusal } from '../../../../sim/properties/right-refusal.ts';
import { firstPod } from '../../../../sim/properties/steady-service.ts';
import { change, check, configOf, fault, ingress, second, service } from './told.ts';
import {
  bothPods,
  changed,
  dialB,
  draining,
  endpoints,
  fromB,
  podA,
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
  unready,
  withoutA,
} from './traffic.ts';

type Row = readonly [
  name: string,
  property: Property,
  told: Partial<Evidence>,
  expected: string | null,
  circumstances?: Partial<Circumstances>,
];

const stranger = { pod: 'other/blog-x', uid: 'uid-blog-x', address: '10.244.0.9' };
const aLeaves = changed(6, endpoints([podB]), 5);
const late = { sentUs: 20 * second, doneUs: 20 * second + 20_000 };
const lateReceipt = { atUs: 20 * second + 10_000 };

const delivery: readonly Row[] = [
  ['a pod of the service', rightBackend, told(), null],
  [
    'a pod of somebody else',
    rightBackend,
    told({ receipts: [receipt(stranger)] }),
    'was taken by pod other/blog-x',
  ],
  [
    'a pod that has left long ago',
    rightBackend,
    told({ store: [...store, aLeaves] }),
    'was taken by pod default/shop-a',
  ],
  [
    'the same while nobody could know',
    rightBackend,
    told({ store: [...store, aLeaves], faults: [fault('api-server-partition', 4, 6)] }),
    null,
  ],
  [
    'a connection to an endpoint',
    removedEndpoints,
    told({ store: [...store, aLeaves], dials: [dialB()] }),
    null,
  ],
  [
    'a connection to what has left',
    removedEndpoints,
    told({ store: [...store, aLeaves] }),
    'opened a connection to 10.244.0.1:8080, no endpoint since',
  ],
  [
    'another pod over a kept connection',
    pooledConnections,
    told({
      ...served([right, 5, 1], [withoutA, 6, 15]),
      requests: [request(late)],
      receipts: [fromB(lateReceipt)],
    }),
    null,
  ],
  [
    'a removed pod over a kept connection',
    pooledConnections,
    told({
      ...served([right, 5, 1], [withoutA, 6, 15]),
      requests: [request(late)],
      receipts: [receipt(lateReceipt)],
    }),
    'but its config',
  ],
];

const noPods = endpoints([]);
const empty = configOf(shopService, noPods, shop);
const emptied = told({
  store: [...store, changed(6, noPods, 5)],
  ...served([right, 5, 1], [empty, 6, 5]),
  receipts: [],
});
const protectedShop = ingress('shop', { annotations: { 'konghq.com/plugins': 'nowhere' } });

const refusals: readonly Row[] = [
  ['503 without a pod', rightRefusal, { ...emptied, requests: [refusal(503)] }, null],
  ['502 without a pod', rightRefusal, { ...emptied, requests: [refusal(502)] }, 'expected 503'],
  ['404 without a pod', rightRefusal, { ...emptied, requests: [refusal(404)] }, 'expected 503'],
  ['404 without a route', rightRefusal, told({ requests: [refusal(404, { host: 'a.example' })] }), null],
  [
    '503 without a route',
    rightRefusal,
    told({ requests: [refusal(503, { host: 'a.example' })] }),
    'expected 404',
  ],
  ['503 with pods', rightRefusal, told({ requests: [refusal(503)], receipts: [] }), 'its pods were there'],
  [
    'a plugin that is not there closes',
    rightRefusal,
    told({
      store: [...store, changed(6, protectedShop, 5)],
      ...served([right, 5, 1], [configOf(shopService, bothPods, protectedShop), 6, 5]),
      requests: [refusal(503)],
      receipts: [],
    }),
    null,
  ],
  ['the first pod is found', firstPod, { ...told({ store: firstAt(7) }), ...served([right, 6, 7]) }, null],
  [
    'the first pod is not found',
    firstPod,
    { ...told({ store: firstAt(7), requests: [refusal(503)], receipts: [] }), ...served([empty, 5, 1]) },
    'after default/shop had got its first pod',
  ],
  [
    'nobody could find it',
    firstPod,
    {
      ...told({ store: firstAt(7), requests: [refusal(503, { nonce: 'r2' }), request()] }),
      ...served([right, 6, 7]),
      faults: [fault('watch-half-open', 11, 20)],
      requests: [request(), refusal(503, { nonce: 'r2', ...late })],
    },
    null,
  ],
];

function firstAt(seconds: number): Evidence['store'] {
  const without = store.filter(({ object }) => object !== bothPods);
  return [...without, change(2, 'ADDED', noPods), changed(6, bothPods, seconds)].sort(
    (a, b) => a.atUs - b.atUs,
  );
}

/** A config made of one state of the slices, told to be of another. */
function mistaken(
  made: readonly Parameters<typeof endpoints>[0][],
  seen: readonly Parameters<typeof endpoints>[0][],
) {
  const slices = (states: typeof made) =>
    states.map((pods, index) => endpoints(pods, { name: `shop-${index}` }));
  return {
    store: [shopService, shop, ...slices(seen)].map((object, index) => change(index + 1, 'ADDED', object)),
    ...served([configOf(shopService, shop, ...slices(made)), 9, 1]),
  };
}

const unreadyA = { ...podA, ...unready };
const drainingA = { ...podA, ...draining };
const drainingB = { ...podB, ...draining };
const silentA = { ...podA, ready: null };

const targets: readonly Row[] = [
  ['ready pods', readyTargets, mistaken([[podB]], [[unreadyA, podB]]), null],
  [
    'a pod that is not ready',
    readyTargets,
    mistaken([[podA, podB]], [[unreadyA, podB]]),
    'with 10.244.0.1:8080',
  ],
  ['ready before draining', drainingTargets, mistaken([[drainingA, podB]], [[drainingA, podB]]), null],
  ['the draining when nothing else is left', drainingTargets, mistaken([[drainingA]], [[drainingA]]), null],
  [
    'draining beside ready',
    drainingTargets,
    mistaken([[podA, podB]], [[drainingA, podB]]),
    'though 10.244.0.2:8080 is ready',
  ],
  [
    'one of two that drain',
    drainingTargets,
    mistaken([[drainingA]], [[drainingA, drainingB]]),
    'without 10.244.0.2',
  ],
  [
    'one that serves no more',
    drainingTargets,
    mistaken([[drainingA]], [[{ ...drainingA, serving: false }]]),
    'which serves no more',
  ],
  ['both slices', wholeServices, mistaken([[podA], [podB]], [[podA], [podB]]), null],
  ['one of two slices', wholeServices, mistaken([[podA]], [[podA], [podB]]), 'without 10.244.0.2:8080'],
  ['nothing said counts as ready', absentConditions, mistaken([[silentA]], [[silentA]]), null],
  [
    'nothing said counts as unready',
    absentConditions,
    mistaken([[podB]], [[silentA, podB]]),
    'without 10.244.0.1',
  ],
];

/** Requests a second apart, each taken by the pod that its letter says. */
function choices(letters: string): Partial<Evidence> {
  const at = (index: number) => (10 + index) * second;
  const nonces = [...letters].map((_, index) => `r${index}`);
  return told({
    requests: nonces.map((nonce, index) => request({ nonce, sentUs: at(index), doneUs: at(index) + 20_000 })),
    receipts: [...letters].map((letter, index) =>
      (letter === 'a' ? receipt : fromB)({ nonce: nonces[index]!, atUs: at(index) + 10_000 }),
    ),
  });
}

const blog = service('blog');
const blogPods = endpoints([{ pod: 'blog-a', address: '10.244.0.5' }], { of: 'blog', name: 'blog-1' });
const moved = ingress('shop', { service: 'blog' });
const movedStore = [...store, changed(6, blog, 4), changed(7, blogPods, 4), changed(8, moved, 5)];
const movedConfig = configOf(shopService, bothPods, blog, blogPods, moved);
const across = { sentUs: 14 * second, doneUs: 16 * second };

const shares: readonly Row[] = [
  ['in turn', fairShare, choices('ababab'), null],
  ['always the same', fairShare, choices('aaaaaa'), 'unequal shares of 6 requests'],
  [
    'before the change',
    oneConfig,
    {
      ...told({ store: movedStore }),
      ...served([right, 5, 1], [movedConfig, 8, 15]),
      requests: [request(across)],
      receipts: [receipt({ atUs: 15.5 * second })],
    },
    null,
  ],
  [
    'a plugin of neither',
    oneConfig,
    told({ receipts: [receipt({ headers: { ...receipt().headers, 'x-transformed': 'yes' } })] }),
    'as no single config of its time says',
  ],
];

describe.each([
  ['delivery', delivery],
  ['refusals', refusals],
  ['targets', targets],
  ['shares', shares],
] as const)('properties of %s', (_, rows) => {
  for (const [name, property, evidence, expected, circumstances] of rows)
    it(`${property.id} ${name}`, () => check(property, evidence, expected, circumstances));
});
