// The properties of choosing a pod, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence } from '../../../../sim/evidence/evidence.ts';
import { affinity } from '../../../../sim/properties/affinity.ts';
import { leftAlone } from '../../../../sim/properties/left-alone.ts';
import type { Property } from '../../../../sim/properties/property.ts';
import { type Sent, sent } from './policy.ts';
import { check, fault, second, started } from './told.ts';
import { podA, worker } from './traffic.ts';

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
    'asked again over a name that leads there too',
    leftAlone,
    {
      ...sent(checks, [bad('a'), bad('b'), bad('a'), good('a'), bad('b')]),
      names: [
        {
          ...{ host: 'gateway-1', name: 'shop.outside.example', type: 'A', kind: 'records', ttlUs: second },
          ...{ askedUs: 6 * second, toldUs: 7 * second },
          records: [{ host: podA.address, port: 0, priority: 0 }],
        },
      ],
    },
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
