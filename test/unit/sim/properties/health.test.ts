// The properties of health, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { DialRecord, Evidence, ReceiptRecord } from '../../../../sim/evidence/evidence.ts';
import { anotherChance } from '../../../../sim/properties/another-chance.ts';
import { circuitBreaker } from '../../../../sim/properties/circuit-breaker.ts';
import { failedProbes, passedProbes } from '../../../../sim/properties/probed-pods.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { stickySessions } from '../../../../sim/properties/sticky.ts';
import { type Sent, sent } from './policy.ts';
import { check, fault, second, started } from './told.ts';
import { dial, dialB, receipt, worker } from './traffic.ts';

const bad = (to: 'a' | 'b'): Sent => ({ to, status: 500 });
const good = (to: 'a' | 'b'): Sent => ({ to });
const goods = (to: 'a' | 'b', count: number): readonly Sent[] =>
  Array.from({ length: count }, () => good(to));

const watched = { healthchecks: { passive: { unhealthy: { httpFailures: 2 } } } };
const breaking = { healthchecks: { ...watched.healthchecks, threshold: 50 } };
const probing = { healthchecks: { active: { unhealthy: { interval: 1, httpFailures: 2 } } } };
const sticky = { algorithm: 'sticky-sessions', stickySessions: { cookie: 'at' } };

/** `lasts`: seconds until the gateway has its connection no more. */
type Answers = readonly (readonly [seconds: number, mischief: string, lasts?: number])[];

/** The gateway's probes of the first pod, beside what is asked. */
function probed(all: readonly Sent[], answers: Answers, spec: object = probing): Partial<Evidence> {
  const told = sent({ ...spec }, all);
  const probes = answers.map(
    ([seconds, mischief], index): ReceiptRecord =>
      receipt({
        nonce: '',
        path: '/probed',
        headers: { 'user-agent': 'tidegate-health' },
        atUs: seconds * second,
        originPort: 50_000 + index,
        mischief,
      }),
  );
  const dials = answers.map(([seconds, , lasts = 1], index): DialRecord => {
    const atUs = seconds * second;
    return dial({ host: 'gateway-1', localPort: 50_000 + index, atUs, goneUs: atUs + lasts * second });
  });
  return { ...told, receipts: [...probes, ...told.receipts!], dials: [dial(), dialB(), ...dials] };
}

const failing: Answers = [
  [10.2, ''],
  [11.2, 'fails'],
  [12.2, 'fails'],
];
const recovering: Answers = [...failing, [13.2, ''], [14.2, '']];
const ill = (name: string) => fault(name, 10, 13, { harms: ['pods', 'traffic'], target: 'default/shop' });

function paused(told: Partial<Evidence>): Partial<Evidence> {
  const at = (seconds: number, what: 'pause' | 'resume') =>
    ({ host: 'gateway-1', life: 1, atUs: seconds * second, what }) as const;
  return { ...told, lives: [...(told.lives ?? []), at(11, 'pause'), at(20, 'resume')] };
}

type Row = readonly [
  name: string,
  property: Property,
  told: Partial<Evidence>,
  expected: string | null,
  circumstances?: Partial<Circumstances>,
];

const rows: readonly Row[] = [
  ['others are asked', failedProbes, probed([...goods('b', 3), ...goods('b', 2)], failing), null],
  [
    'asked again',
    failedProbes,
    probed([...goods('b', 3), good('a')], failing),
    'which had failed its probes',
  ],
  ['asked before the second', failedProbes, probed([good('b'), good('a'), ...goods('b', 3)], failing), null],
  ['asked after a probe that passed', failedProbes, probed([...goods('b', 4), good('a')], recovering), null],
  [
    'one that says nothing',
    failedProbes,
    probed(
      [...goods('b', 5), good('a')],
      [
        [10.2, 'says-nothing'],
        [12.2, 'says-nothing'],
      ],
    ),
    'which had failed its probes',
  ],
  [
    'asked by a worker whose policy has nobody probe',
    failedProbes,
    probed([...goods('b', 3), good('a')], failing, watched),
    'no violation',
  ],
  [
    'one that says nothing and resets',
    failedProbes,
    probed(
      [...goods('b', 5), good('a')],
      [
        [10.2, 'says-nothing', 0.4],
        [12.2, 'says-nothing'],
      ],
    ),
    'no violation',
  ],
  [
    'asked by a gateway that has begun anew',
    failedProbes,
    {
      ...probed([...goods('b', 3), good('a'), good('b')], [...failing, [20.2, 'fails'], [21.2, 'fails']]),
      lives: [
        started('gateway-1'),
        started(worker),
        { host: 'gateway-1', life: 1, atUs: 12.9 * second, what: 'end' },
      ],
    },
    'no violation',
  ],
  [
    'asked again, and whose probes failed is not known',
    failedProbes,
    {
      ...probed([...goods('b', 3), good('a')], failing),
      dials: [
        ...probed([], failing).dials!,
        ...failing.map(([seconds], index) =>
          dial({ host: 'gateway-2', localPort: 50_000 + index, atUs: seconds * second }),
        ),
      ],
    },
    'no violation',
  ],
  ['has its turns', passedProbes, probed([...goods('b', 6), ...goods('a', 5), good('b')], recovering), null],
  ['has none', passedProbes, probed(goods('b', 12), recovering), 'which had passed its probes'],
  [
    'has none, and is ill on purpose',
    passedProbes,
    { ...probed(goods('b', 12), recovering), faults: [ill('pod-sick')] },
    'which had passed its probes',
  ],
  [
    'has none while it is hurt otherwise',
    passedProbes,
    { ...probed(goods('b', 12), recovering), faults: [ill('malformed-answers')] },
    'no violation',
  ],
  [
    'is asked again',
    anotherChance,
    sent(watched, [bad('a'), bad('a'), ...goods('b', 6), good('a'), ...goods('b', 6)]),
    null,
    { recoverAfterUs: 3 * second },
  ],
  [
    'is never asked again',
    anotherChance,
    sent(watched, [bad('a'), bad('a'), ...goods('b', 14)]),
    'none to default/shop-a',
    { recoverAfterUs: 3 * second },
  ],
  [
    'is not asked while the main thread, which keeps the time, stands still',
    anotherChance,
    paused(sent(watched, [bad('a'), bad('a'), ...goods('b', 14)])),
    'no violation',
    { recoverAfterUs: 3 * second },
  ],
  [
    'too few requests to tell',
    anotherChance,
    sent(watched, [bad('a'), bad('a'), ...goods('b', 8)]),
    'no violation',
    { recoverAfterUs: 3 * second },
  ],
  [
    'half of them are out',
    circuitBreaker,
    sent(breaking, [bad('a'), bad('a'), good('b')]),
    'had failed and 50 % of it must be left',
  ],
  [
    'half of them are out, and less has to be left',
    circuitBreaker,
    sent({ healthchecks: { ...watched.healthchecks, threshold: 40 } }, [bad('a'), bad('a'), good('b')]),
    null,
  ],
  [
    'half of them have been out',
    circuitBreaker,
    sent(breaking, [bad('a'), bad('a'), good('b')]),
    'no violation',
    { recoverAfterUs: second },
  ],
  [
    'comes back',
    stickySessions,
    sent(sticky, [
      { to: 'a', sets: 'at=1' },
      { to: 'b', sets: 'at=2' },
      { to: 'a', cookie: 'at=1' },
      { to: 'b', cookie: 'at=2' },
    ]),
    null,
  ],
  [
    'goes elsewhere',
    stickySessions,
    sent(sticky, [
      { to: 'a', sets: 'at=1' },
      { to: 'b', cookie: 'at=1' },
    ]),
    'with the cookie of default/shop-a to default/shop-b',
  ],
  [
    'goes elsewhere with a cookie that nobody gave',
    stickySessions,
    sent(sticky, [
      { to: 'a', sets: 'at=1' },
      { to: 'a', cookie: 'at=1' },
      { to: 'b', cookie: 'at=3' },
    ]),
    null,
  ],
  [
    'goes elsewhere while connections are cut',
    stickySessions,
    {
      ...sent(sticky, [
        { to: 'a', sets: 'at=1' },
        { to: 'b', cookie: 'at=1' },
      ]),
      faults: [fault('cut', 11, 12, { harms: ['traffic'] })],
    },
    'no violation',
  ],
];

describe('properties of health', () => {
  for (const [name, property, evidence, expected, circumstances] of rows)
    it(`${property.id} ${name}`, () => check(property, evidence, expected, circumstances));
});
