// The properties of configs, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence } from '../../../../sim/evidence/evidence.ts';
import { badObjectAlone } from '../../../../sim/properties/bad-object-alone.ts';
import { converges } from '../../../../sim/properties/converges.ts';
import { distinctNames } from '../../../../sim/properties/distinct-names.ts';
import { failStatic } from '../../../../sim/properties/fail-static.ts';
import { noGhosts } from '../../../../sim/properties/no-ghosts.ts';
import { noTimeTravel } from '../../../../sim/properties/no-time-travel.ts';
import { oldestOwner } from '../../../../sim/properties/oldest-owner.ts';
import { oneTranslation } from '../../../../sim/properties/one-translation.ts';
import { otherClass } from '../../../../sim/properties/other-class.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { readyAfterSync } from '../../../../sim/properties/ready-after-sync.ts';
import { sameEverywhere } from '../../../../sim/properties/same-everywhere.ts';
import { tenants } from '../../../../sim/properties/tenants.ts';
import { emptyConfig } from '../../../../src/kong/config.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import {
  added,
  call,
  change,
  check,
  configOf,
  fault,
  ingress,
  second,
  service,
  slice,
  started,
  swap,
  taken,
} from './told.ts';

type Row = readonly [
  name: string,
  property: Property,
  told: Partial<Evidence>,
  expected: string | null,
  circumstances?: Partial<Circumstances>,
];

const shop = ingress('shop');
const shopService = service('shop');
const pods = slice('shop', ['10.244.0.1']);
const base = [shopService, pods, shop];
const right = configOf(...base);
const failing = call('/api/v1/services?watch=true', 9, { status: 503 });
const lives = [started('gateway-1'), started('gateway-1/worker-0')];
const addressed = ingress('shop', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } } });
const objects: Circumstances['objects'] = new Map([['ingresses.networking.k8s.io', [addressed]]]);

const young = ingress('young', { service: 'blog', created: '2026-01-02T00:00:00Z' });
const blog = service('blog');
const contested = [shopService, blog, shop, young];
const foreign = ingress('shop', { className: 'another' });
const otherPods = slice('shop', ['10.244.9.9'], { namespace: 'other' });
const broken = ingress('bad', { host: 'bad.example', path: '/~(' });
const unfit = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    namespace: 'default',
    name: 'unfit',
    uid: 'uid-unfit',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': 'bm90IG9uZQ==', 'tls.key': 'bm90IG9uZQ==' },
} as unknown as KubeObject;
const plainVeiled = ingress('veiled', { host: 'veiled.example' }) as KubeObject & { readonly spec: object };
const veiled = {
  ...plainVeiled,
  spec: { ...plainVeiled.spec, tls: [{ hosts: ['veiled.example'], secretName: 'unfit' }] },
} as KubeObject;
const likely = service('shop', { namespace: 'other' });
const twin = ingress('twin', { namespace: 'other', host: 'twin.example' });
const twins = [...base, likely, twin];

/** The config of `twins` with the route of one Ingress to the Service of the other. */
function mixedUp(): typeof right {
  const config = configOf(...twins);
  const routes = new Map(config.entities.routes);
  const [first, second] = [...routes.values()];
  routes.set(second!.id, { ...second!, service: first!.service });
  return { ...config, entities: { ...config.entities, routes } };
}

const toldTwice = [0, 2].map((seconds) => ({
  host: 'controller-1',
  life: 1,
  gateway: 'gateway-1',
  method: 'PATCH',
  sentUs: seconds * second,
  endUs: seconds * second + 1,
  status: 200,
}));

const rows: readonly Row[] = [
  [
    'ready with all that was there',
    readyAfterSync,
    {
      store: added(...base),
      configs: [taken(right, 3, 1)],
      lives: [started('gateway-1', 0.5)],
      readiness: [{ gateway: 'gateway-1', life: 1, atUs: second, reason: '' }],
    },
    null,
    { mode: 'combined' },
  ],
  [
    'ready before the Ingress was read',
    readyAfterSync,
    {
      store: added(...base),
      configs: [taken(configOf(pods), 2, 1)],
      lives: [started('gateway-1', 0.5)],
      readiness: [{ gateway: 'gateway-1', life: 1, atUs: second, reason: '' }],
    },
    'ready without ingresses',
    { mode: 'combined' },
  ],
  [
    'ready without any config',
    readyAfterSync,
    {
      store: added(...base),
      lives: [started('gateway-1', 0.5)],
      readiness: [{ gateway: 'gateway-1', life: 1, atUs: second, reason: '' }],
    },
    'without any config',
    { mode: 'combined' },
  ],

  ...([true, false] as const).map(
    (isThere): Row => [
      isThere ? 'ready when all workers have it' : 'ready while a worker has none of it',
      readyAfterSync,
      {
        store: added(...base),
        configs: [taken(right, 3, 1)],
        lives: [
          started('gateway-1', 0.5),
          started('gateway-1/worker-0', 0.5),
          started('gateway-1/worker-1', 0.5),
        ],
        swaps: [right.id, isThere ? right.id : emptyConfig.id].map((configId, worker) => ({
          gateway: 'gateway-1',
          worker,
          life: 1,
          atUs: second,
          configId,
        })),
        readiness: [{ gateway: 'gateway-1', life: 1, atUs: second, reason: '' }],
      },
      isThere ? null : 'gateway-1 is ready while gateway-1/worker-1 has none of its configs yet',
      { mode: 'combined', workers: 2 },
    ],
  ),
  [
    'lost because it was deleted',
    failStatic,
    {
      store: [...added(...base), change(4, 'DELETED', shop)],
      calls: [failing],
      configs: [taken(right, 3, 8), taken(emptyConfig, 4, 10)],
    },
    null,
  ],
  [
    'lost while the API server was away',
    failStatic,
    { store: added(...base), calls: [failing], configs: [taken(right, 3, 8), taken(emptyConfig, 3, 10)] },
    'nothing in the cluster explains it',
  ],
  [
    'ready no more',
    failStatic,
    {
      lives,
      readiness: ['', 'no configuration available'].map((reason, at) => ({
        gateway: 'gateway-1',
        life: 1,
        atUs: at * second,
        reason,
      })),
    },
    'is not any more',
  ],

  [
    'later states follow earlier ones',
    noTimeTravel,
    { store: added(...base), configs: [taken(emptyConfig, 1, 1), taken(right, 3, 2)] },
    null,
  ],
  [
    'an older version that lacks nothing',
    noTimeTravel,
    { store: added(...base), configs: [taken(right, 9, 1), taken(emptyConfig, 3, 2)] },
    null,
  ],
  [
    'back to before the Ingress',
    noTimeTravel,
    { store: added(...base), configs: [taken(right, 3, 1), taken(emptyConfig, 2, 2, { epoch: 2 })] },
    'ingresses.networking.k8s.io from version 3 back to 0',
  ],

  [
    'two gateways agree',
    sameEverywhere,
    {
      lives: ['gateway-1/worker-0', 'gateway-2/worker-0'].map((host) => started(host)),
      swaps: [swap('a', 1), swap('a', 1, 'gateway-2')],
    },
    null,
    { gateways: 2 },
  ],
  [
    'two gateways differ',
    sameEverywhere,
    {
      lives: ['gateway-1/worker-0', 'gateway-2/worker-0'].map((host) => started(host)),
      swaps: [swap('a', 1), swap('b', 1, 'gateway-2')],
    },
    'serves config b, but gateway-1/worker-0 serves a',
    { gateways: 2 },
  ],

  [
    'the same config from the same objects',
    oneTranslation,
    { store: added(...base), configs: [taken(right, 3, 1), taken(right, 7, 1, { gateway: 'gateway-2' })] },
    null,
  ],
  [
    'two configs from the same objects',
    oneTranslation,
    {
      store: added(...base),
      configs: [taken(right, 3, 1), taken(emptyConfig, 3, 1, { gateway: 'gateway-2' })],
    },
    'from the same objects',
  ],
  [
    'told what it has',
    oneTranslation,
    {
      lives,
      configs: [taken(right, 3, 1)],
      pushes: toldTwice,
    },
    'that it had already',
  ],
  [
    'one that has given its config another name is told again when it no longer does',
    oneTranslation,
    {
      lives,
      faults: [fault('older-gateway', 0.5, 1.5, { target: 'gateway-1' })],
      configs: [taken(right, 3, 1)],
      pushes: toldTwice,
    },
    'no violation',
  ],

  [
    'the older Ingress has the path',
    oldestOwner,
    { store: added(...contested), configs: [taken(configOf(...contested), 4, 1)] },
    null,
  ],
  [
    'a newcomer has it',
    oldestOwner,
    { store: added(...contested), configs: [taken(configOf(shopService, blog, young), 4, 1)] },
    'but the older default/shop claims it',
  ],

  [
    'each to its own namespace',
    tenants,
    { store: added(...twins, otherPods), configs: [taken(configOf(...twins, otherPods), 6, 1)] },
    null,
  ],
  [
    'an address of another namespace',
    tenants,
    { store: added(shopService, otherPods, shop), configs: [taken(right, 3, 1)] },
    'is no endpoint of its namespace',
  ],

  [
    'another class has no routes',
    otherClass,
    { store: added(shopService, foreign), configs: [taken(configOf(shopService, foreign), 2, 1)] },
    null,
  ],
  [
    'another class has routes',
    otherClass,
    { store: added(shopService, foreign), configs: [taken(right, 2, 1)] },
    'which is of another class',
  ],
  [
    'another class is written to',
    otherClass,
    {
      store: added(foreign),
      calls: [
        call('/apis/networking.k8s.io/v1/namespaces/default/ingresses/shop/status', 9, {
          method: 'PATCH',
          versionAtSend: 1,
        }),
      ],
    },
    'wrote the status',
  ],

  [
    'a deleted Ingress is gone',
    noGhosts,
    {
      store: [...added(...base), change(4, 'DELETED', shop)],
      configs: [taken(emptyConfig, 4, 9)],
      calls: [call('/apis/networking.k8s.io/v1/ingresses?limit=500', 8)],
    },
    null,
  ],
  [
    'a deleted Ingress is served',
    noGhosts,
    { store: [...added(...base), change(4, 'DELETED', shop)], configs: [taken(right, 4, 9)] },
    'serves Ingress default/shop',
  ],
  [
    'its successor of the same name has another uid',
    noGhosts,
    {
      store: [
        ...added(...base),
        change(4, 'DELETED', shop),
        change(5, 'ADDED', ingress('shop', { uid: 'new' })),
      ],
      configs: [taken(right, 5, 9)],
    },
    'serves Ingress default/shop',
  ],

  [
    'names alike in two namespaces stay apart',
    distinctNames,
    { store: added(...twins), configs: [taken(configOf(...twins), 5, 1)] },
    null,
  ],
  [
    'names alike in two namespaces are mixed up',
    distinctNames,
    { store: added(...twins), configs: [taken(mixedUp(), 5, 1)] },
    'which it does not name',
  ],

  [
    'a bad Ingress beside a good one',
    badObjectAlone,
    { store: added(...base, broken), configs: [taken(configOf(...base, broken), 4, 1)] },
    null,
  ],
  [
    'an Ingress whose Secret holds no pair, beside a good one',
    badObjectAlone,
    { store: added(...base, unfit, veiled), configs: [taken(configOf(...base, unfit, veiled), 5, 1)] },
    null,
  ],
  [
    'a bad Ingress takes a good one with it',
    badObjectAlone,
    { store: added(...base, broken), configs: [taken(emptyConfig, 4, 1)] },
    'shop.example/ has no route',
  ],

  [
    'a quiet cluster is served',
    converges,
    { store: added(...base), lives, configs: [taken(right, 3, 1)], swaps: [swap(right.id, 1)] },
    null,
    { objects },
  ],
  [
    'a quiet cluster is not served',
    converges,
    { store: added(...base), lives, configs: [taken(emptyConfig, 3, 1)], swaps: [swap(emptyConfig.id, 1)] },
    'in a quiet cluster shop.example/ has no route',
    { objects },
  ],
  [
    'a target that is no endpoint',
    converges,
    {
      store: added(shopService, slice('shop', ['10.244.0.2']), shop),
      lives,
      configs: [taken(right, 3, 1)],
      swaps: [swap(right.id, 1)],
    },
    'has the targets 10.244.0.1:8080 instead of 10.244.0.2:8080',
    { objects },
  ],
  [
    'nobody wrote the status',
    converges,
    { store: added(...base), lives, configs: [taken(right, 3, 1)], swaps: [swap(right.id, 1)] },
    'has no address in its status',
    { objects: new Map([['ingresses.networking.k8s.io', [shop]]]) },
  ],
];

const moved = ingress('shop', { host: 'moved.example' });
const served = { lives, configs: [taken(right, 3, 1)], swaps: [swap(right.id, 1)] };
const later: readonly Row[] = [
  [
    'an Ingress that went to another class is still served',
    otherClass,
    { ...served, store: [...added(...base), change(4, 'MODIFIED', foreign, shop, 30 * second)] },
    'is served, which is of another class',
  ],
  [
    'while an Ingress is bad, others do not change any more',
    badObjectAlone,
    { ...served, store: [...added(...base, broken), change(5, 'MODIFIED', moved, shop, 30 * second)] },
    'moved.example/ has no route',
  ],
  [
    'a list in parts is taken for the whole',
    noGhosts,
    {
      store: added(...base),
      configs: [taken(configOf(shopService, pods), 3, 9)],
      calls: [call('/apis/networking.k8s.io/v1/ingresses?limit=500', 8)],
    },
    'after a list: shop.example/ has no route',
  ],
];

describe('properties of configs', () => {
  for (const [name, property, told, expected, circumstances] of [...rows, ...later])
    it(`${property.id}: ${name}`, () => check(property, told, expected, circumstances));
});
