// The properties of choosing a pod, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence, ReceiptRecord } from '../../../../sim/evidence/evidence.ts';
import { affinity } from '../../../../sim/properties/affinity.ts';
import { leftAlone } from '../../../../sim/properties/left-alone.ts';
import type { Property } from '../../../../sim/properties/property.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import { added, check, configOf, fault, second, service, started } from './told.ts';
import { bothPods, fromB, pod, receipt, request, served, shop, told, worker } from './traffic.ts';

const annotated = service('shop', { annotations: { 'konghq.com/upstream-policy': 'policy' } });

function policyOf(spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongUpstreamPolicy',
    metadata: { namespace: 'default', name: 'policy', uid: 'uid-policy' },
    spec,
  } as unknown as KubeObject;
}

interface Sent {
  readonly to: 'a' | 'b';
  readonly key?: string;
  readonly status?: number;
  readonly mischief?: string;
}

/** Requests at the seconds 10, 11, ... under one config with the policy. */
function sent(spec: Readonly<Record<string, unknown>>, all: readonly Sent[]): Partial<Evidence> {
  const objects = [annotated, bothPods, shop, policyOf(spec)];
  const atUs = (index: number): number => (10 + index) * second;
  const nonceOf = (index: number): string => `r${index}`;
  return told({
    store: added(...objects, pod('shop-a'), pod('shop-b')),
    ...served([configOf(...objects), 6, 1]),
    requests: all.map(({ key, status = 200 }, index) =>
      request({
        nonce: nonceOf(index),
        sentUs: atUs(index),
        doneUs: atUs(index) + 20_000,
        status,
        sentHeaders: key === undefined ? {} : { 'x-key': key },
      }),
    ),
    receipts: all.map(({ to, status = 200, mischief = '' }, index): ReceiptRecord => {
      const more = { nonce: nonceOf(index), atUs: atUs(index) + 10_000, status, mischief };
      return to === 'a' ? receipt(more) : fromB(more);
    }),
  });
}

const hashing = { algorithm: 'consistent-hashing', hashOn: { header: 'x-key' }, slots: 2000 };
const checks = { healthchecks: { passive: { unhealthy: { httpFailures: 2 } } } };
const keyed = (key: string, to: 'a' | 'b'): Sent => ({ key, to });
const bad = (to: 'a' | 'b'): Sent => ({ to, status: 500 });
const good = (to: 'a' | 'b'): Sent => ({ to });

/** Where the keys belong was found out by the Lua program of test/unit/balance/hash-ring.test.ts. */
const homes: readonly Sent[] = [
  keyed('alice', 'b'),
  keyed('bob', 'b'),
  keyed('carol', 'a'),
  keyed('dave', 'a'),
];

type Row = readonly [name: string, property: Property, told: Partial<Evidence>, expected: string | null];

const rows: readonly Row[] = [
  ['where the keys belong', affinity, sent(hashing, homes), null],
  [
    'elsewhere',
    affinity,
    sent(hashing, [keyed(homes[0]!.key!, homes[0]!.to === 'a' ? 'b' : 'a')]),
    `with the key ${homes[0]!.key}`,
  ],
  [
    'elsewhere while connections are cut',
    affinity,
    {
      ...sent(hashing, [
        ...homes,
        ...homes,
        ...homes,
        keyed(homes[0]!.key!, homes[0]!.to === 'a' ? 'b' : 'a'),
      ]),
      faults: [fault('cut', 21, 23, { harms: ['traffic'] })],
    },
    null,
  ],
  ['one failure too few', leftAlone, sent(checks, [bad('a'), good('a'), bad('b'), bad('b')]), null],
  [
    'asked again',
    leftAlone,
    sent(checks, [bad('a'), bad('b'), bad('a'), good('a')]),
    'which had failed 2 times',
  ],
  [
    'asked again after a failure that never left it: the client has its 500 from another pod',
    leftAlone,
    sent(checks, [bad('a'), { ...bad('a'), mischief: 'resets-request' }, good('a'), bad('a')]),
    null,
  ],
  [
    'asked again by a gateway that has begun anew',
    leftAlone,
    {
      ...sent(checks, [bad('a'), bad('a'), good('b'), good('a')]),
      lives: [
        started('gateway-1'),
        started(worker),
        { host: 'gateway-1', life: 1, atUs: 12.5 * second, what: 'end' },
      ],
    },
    null,
  ],
];

describe('properties of choosing a pod', () => {
  for (const [name, property, evidence, expected] of rows)
    it(`${property.id} ${name}`, () => check(property, evidence, expected));
});
