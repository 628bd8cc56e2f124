// The properties of the control path (leaders, status, watches, back-off, clocks), each with evidence that breaks the promise
// and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence } from '../../../../sim/evidence/evidence.ts';
import { clockJumps } from '../../../../sim/properties/clock-jumps.ts';
import { honestStatus } from '../../../../sim/properties/honest-status.ts';
import { lastGoodConfig } from '../../../../sim/properties/last-good-config.ts';
import { leaderWrites } from '../../../../sim/properties/leader-writes.ts';
import { newLeader } from '../../../../sim/properties/new-leader.ts';
import { noException } from '../../../../sim/properties/no-exception.ts';
import { ownFieldsOnly } from '../../../../sim/properties/own-fields-only.ts';
import { politeClient } from '../../../../sim/properties/polite-client.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { quietWrites } from '../../../../sim/properties/quiet-writes.ts';
import { silentWatch } from '../../../../sim/properties/silent-watch.ts';
import { statusApart } from '../../../../sim/properties/status-apart.ts';
import { steadyAddresses } from '../../../../sim/properties/steady-addresses.ts';
import { streamedList } from '../../../../sim/properties/streamed-list.ts';
import { emptyConfig } from '../../../../src/kong/config.ts';
import { watchedKinds } from '../../../../src/kube/kinds.ts';
import {
  added,
  call,
  change,
  check,
  configOf,
  consumer,
  fault,
  ingress,
  lease,
  second,
  service,
  slice,
  started,
  statusWrite,
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

const ann = consumer('ann');
const told = { conditions: [{ type: 'Programmed', status: 'True', observedGeneration: 1 }] };
const addresses = (...ips: readonly string[]) => ({ loadBalancer: { ingress: ips.map((ip) => ({ ip })) } });
const shop = ingress('shop');
const withStatus = ingress('shop', { status: addresses('203.0.113.10') });
const moved = ingress('shop', { status: addresses('203.0.113.10'), host: 'moved.example' });
const write = statusWrite('ingresses', 'shop', addresses('203.0.113.10'), 5, {
  versionAtSend: 1,
  versionAtEnd: 2,
});
const base = [service('shop'), slice('shop', ['10.244.0.1']), shop];
const right = configOf(...base);
const crash = {
  host: 'controller-1',
  atUs: second,
  message: 'the controller failed and starts again; gateways keep what they have',
};
const lives = [started('controller-1')];
const watch = (seconds: number, more: Parameters<typeof call>[2]) =>
  call('/api/v1/services?watch=true', seconds, { endUs: -1, ...more });
const list = (seconds: number, more: Parameters<typeof call>[2] = {}) =>
  call('/api/v1/services?limit=500', seconds, more);
const failed = { status: 503 };
const streamed = (path: string, more: Parameters<typeof call>[2]) =>
  call(`${path}?watch=true&sendInitialEvents=true`, 1, { endUs: -1, ...more });
const allStreamed = watchedKinds.map(({ path }) =>
  streamed(path, { wholeUs: 2 * second, heardUs: 99 * second }),
);
const push = {
  host: 'controller-1',
  life: 1,
  gateway: 'gateway-1',
  method: 'POST',
  sentUs: 3 * second,
  endUs: 3 * second,
  status: 201,
};
const jump = fault('clock-jump', 30, 30, { target: 'controller-1' });
const renewals = Array.from({ length: 50 }, (_, index) => lease(10 + index, 2 * index, 'controller-1-1'));

/** Two terms: controller-2 takes over at 20 s and has written by 22 s. */
const terms = [lease(10, 1, 'controller-1-1', 0), lease(11, 20, 'controller-2-1', 1)];
const second2 = { host: 'controller-2', body: write.body };

/** A gateway that served for ten seconds and was started again at 20 s. */
const secondLife = [
  started('gateway-1'),
  { ...started('gateway-1', 15), what: 'end' as const },
  started('gateway-1', 20, 2),
];
const before = taken(right, 3, 2);
const ready = (seconds: number) => ({ gateway: 'gateway-1', life: 2, atUs: seconds * second, reason: '' });
const goneOn = { ...taken(right, 3, 20), isKept: true };
const keeps = { keepsConfig: true };
const lastGoodRows: readonly Row[] = [
  [
    'goes on with what it had',
    lastGoodConfig,
    { lives: secondLife, configs: [before, goneOn], readiness: [ready(25)] },
    null,
    keeps,
  ],
  [
    'is told in time',
    lastGoodConfig,
    { lives: secondLife, configs: [before, taken(right, 3, 21)], readiness: [ready(21)] },
    null,
    keeps,
  ],
  [
    'has forgotten it',
    lastGoodConfig,
    { lives: secondLife, configs: [before] },
    'is not ready 7 s after',
    keeps,
  ],
  [
    'is ready with it at once',
    lastGoodConfig,
    { lives: secondLife, configs: [before, goneOn], readiness: [ready(21)] },
    'somebody may still say',
    keeps,
  ],
  [
    'is ready with it at once, as it was told that it is current',
    lastGoodConfig,
    {
      lives: secondLife,
      configs: [before, goneOn],
      readiness: [ready(21)],
      pushes: [
        {
          host: 'gateway-1',
          life: 2,
          gateway: 'gateway-1',
          method: 'POST',
          sentUs: 20.6 * 1_000_000,
          endUs: 20.7 * 1_000_000,
          status: 201,
        },
      ],
    },
    null,
    keeps,
  ],
  [
    'goes on with something older',
    lastGoodConfig,
    {
      lives: secondLife,
      configs: [taken(configOf(ann), 1, 1), before, { ...goneOn, config: configOf(ann) }],
      readiness: [ready(25)],
    },
    'goes on with config',
    keeps,
  ],
];

const rows: readonly Row[] = [
  ['nothing failed', noException, { lives }, null],
  [
    'a controller failed',
    noException,
    { lives, errors: [{ ...crash, fields: '{"error":"TypeError"}' }] },
    'TypeError',
  ],
  [
    'it failed because a fault threw',
    noException,
    { lives, errors: [{ ...crash, fields: '{"error":"Error: a fault of the simulator"}' }] },
    null,
  ],

  [
    'programmed after the gateway had it',
    honestStatus,
    { configs: [taken(configOf(ann), 1, 1)], calls: [statusWrite('kongconsumers', 'ann', told, 2)] },
    null,
  ],
  [
    'programmed before the gateway had it',
    honestStatus,
    { configs: [taken(configOf(ann), 1, 3)], calls: [statusWrite('kongconsumers', 'ann', told, 2)] },
    'never had it',
  ],
  [
    'a generation that falls',
    honestStatus,
    {
      store: [
        change(
          5,
          'MODIFIED',
          consumer('ann', { status: told }),
          consumer('ann', { status: { conditions: [{ ...told.conditions[0], observedGeneration: 2 }] } }),
        ),
      ],
    },
    'from generation 2 back to 1',
  ],

  [
    'the same addresses again',
    steadyAddresses,
    { calls: [write, statusWrite('ingresses', 'shop', addresses('203.0.113.10'), 9)] },
    null,
  ],
  [
    'other addresses',
    steadyAddresses,
    { calls: [write, statusWrite('ingresses', 'shop', addresses('10.9.9.9'), 9)] },
    '10.9.9.9',
  ],
  [
    'addresses taken away',
    steadyAddresses,
    { calls: [statusWrite('ingresses', 'shop', addresses(), 9)] },
    'to []',
  ],

  [
    'the leader writes',
    leaderWrites,
    { store: terms, calls: [write, { ...write, ...second2, sentUs: 21 * second, endUs: 22 * second }] },
    null,
  ],
  [
    'one who does not lead writes',
    leaderWrites,
    { calls: [{ ...write, leading: false }] },
    'did not even believe that it leads',
  ],
  [
    'a write that says no uid',
    leaderWrites,
    { calls: [{ ...write, body: '{"status":{}}' }] },
    'without saying which object',
  ],
  [
    'two believe to lead',
    leaderWrites,
    { store: terms, calls: [{ ...write, sentUs: 21 * second }] },
    "believes to lead, but the Lease is held by 'controller-2-1'",
  ],
  [
    'a former leader writes last',
    leaderWrites,
    {
      faults: [fault('clock-rate', 0, 30)],
      store: terms,
      calls: [
        { ...write, ...second2, sentUs: 21 * second, endUs: 22 * second },
        { ...write, sentUs: 23 * second, endUs: 23 * second },
      ],
    },
    'controller-1 of term 0 wrote the status',
  ],

  [
    'another takes over in time',
    newLeader,
    {
      store: [lease(1, 90, 'controller-1-1'), lease(2, 95, 'controller-2-1')],
      faults: [fault('leader-overlap', 0, 89)],
    },
    null,
  ],
  [
    'the first leads when its process has started',
    newLeader,
    {
      store: [lease(1, 10, 'controller-1-1'), lease(2, 11, 'controller-2-1')],
      faults: [fault('leader-overlap', 12, 100)],
    },
    null,
  ],
  [
    'the first comes too late for that',
    newLeader,
    { store: [lease(1, 11, 'controller-1-1')], faults: [fault('leader-overlap', 12, 100)] },
    'nobody renewed the Lease from 0 s to 11 s',
  ],
  [
    'nobody takes over',
    newLeader,
    { store: [lease(1, 1, 'controller-1-1'), lease(2, 20, 'controller-2-1')] },
    'nobody renewed the Lease from 1 s to 20 s',
  ],

  [
    'status alone changed',
    ownFieldsOnly,
    { store: [...added(shop), change(2, 'MODIFIED', withStatus, shop)], calls: [write] },
    null,
  ],
  [
    'more than the status changed',
    ownFieldsOnly,
    { store: [...added(shop), change(2, 'MODIFIED', moved, shop)], calls: [write] },
    'changed more than that',
  ],

  [
    'fresh although the leader hangs',
    statusApart,
    {
      store: [...added(...base), change(9, 'MODIFIED', withStatus, shop, 30 * second)],
      lives: [started('gateway-1/worker-0')],
      configs: [taken(right, 3, 1)],
      swaps: [swap(right.id, 1)],
      faults: [fault('lost-answer', 29, 31, { parameters: { leases: false } })],
    },
    null,
  ],
  [
    'late because the leader hangs',
    statusApart,
    {
      store: [...added(...base), change(9, 'MODIFIED', moved, shop, 30 * second)],
      lives: [started('gateway-1/worker-0')],
      configs: [taken(right, 3, 1)],
      swaps: [swap(right.id, 1)],
      faults: [fault('lost-answer', 29, 31, { parameters: { leases: false } })],
    },
    'moved.example/ has no route',
  ],

  ['one write in a quiet cluster', quietWrites, { calls: [statusWrite('ingresses', 'shop', {}, 50)] }, null],
  [
    'a write again and again',
    quietWrites,
    { calls: [50, 51].map((at) => statusWrite('ingresses', 'shop', {}, at)) },
    'was sent 2 times although nothing had changed',
  ],

  [
    'pauses that grow',
    politeClient,
    { calls: [list(1, failed), list(1.1, failed), list(1.3, failed), list(1.7)] },
    null,
  ],
  [
    'pauses that do not grow',
    politeClient,
    { calls: [list(1, failed), list(1.1, failed), list(1.2, failed), list(1.25)] },
    'after 3 failures in a row',
  ],
  [
    'a wish to wait is obeyed',
    politeClient,
    { calls: [list(1, { status: 429, retryAfterMs: 2_000 }), list(3.1)] },
    null,
  ],
  [
    'a wish to wait is not obeyed',
    politeClient,
    { calls: [list(1, { status: 429, retryAfterMs: 2_000 }), list(2)] },
    'had asked for 2000 ms',
  ],
  [
    'lists and their watches in turn, after growing pauses',
    politeClient,
    {
      calls: [
        list(1, failed),
        list(1.1, failed),
        ...[1.3, 1.45, 1.6, 1.9].flatMap((at) => [list(at), watch(at + 0.01, {})]),
      ],
    },
    null,
  ],
  [
    'lists in a loop',
    politeClient,
    { calls: Array.from({ length: 12 }, (_, index) => list(1 + index / 100)) },
    'times within a second',
  ],

  [
    'a silent watch is given up',
    silentWatch,
    {
      lives,
      calls: [
        watch(1, { heardUs: 2 * second, endUs: 12 * second, error: 'cancelled', silentUsMax: 10 * second }),
      ],
    },
    null,
  ],
  [
    'a silent watch is kept',
    silentWatch,
    { lives, calls: [watch(1, { heardUs: 2 * second })] },
    'for 98 s of silence',
  ],
  [
    'it was silent while the controller stood still',
    silentWatch,
    {
      lives: [
        ...lives,
        ...(['pause', 'resume'] as const).map((what, index) => ({
          host: 'controller-1',
          life: 1,
          atUs: (3 + 20 * index) * second,
          what,
        })),
      ],
      calls: [
        watch(1, { heardUs: 2 * second, endUs: 25 * second, error: 'cancelled', silentUsMax: 30 * second }),
      ],
    },
    null,
  ],
  [
    'a watch without an answer is kept',
    silentWatch,
    { lives, calls: [watch(1, { headUs: -1, status: 0 })] },
    'for 99 s of silence',
  ],

  [
    'a stalled list is given up',
    streamedList,
    {
      lives,
      calls: [
        ...allStreamed,
        streamed('/api/v1/services', { heardUs: 2 * second, endUs: 12 * second, error: 'cancelled' }),
      ],
      pushes: [push],
    },
    null,
  ],
  [
    'a stalled list is waited for',
    streamedList,
    { lives, calls: [streamed('/api/v1/services', { heardUs: 2 * second })] },
    'although nothing came any more',
  ],
  [
    'configured from a part',
    streamedList,
    { lives, calls: allStreamed.slice(1), pushes: [push] },
    'before it had read ingressclasses.networking.k8s.io',
  ],

  ...lastGoodRows,

  ['a jump changes nothing', clockJumps, { store: renewals, faults: [jump] }, null],
  [
    'a jump ends a process',
    clockJumps,
    {
      store: renewals,
      faults: [jump],
      lives: [{ host: 'controller-1', life: 1, atUs: 31 * second, what: 'end' }],
    },
    'ended after the time of day jumped',
  ],
  [
    'a jump changes the config',
    clockJumps,
    { faults: [jump], configs: [taken(right, 1, 1), taken(emptyConfig, 1, 31)] },
    'got another config',
  ],
  [
    'a jump changes the leader twice',
    clockJumps,
    { faults: [jump], store: [lease(1, 29, 'a'), lease(2, 31, 'b'), lease(3, 32, 'a')] },
    'leaders changed 2 times',
  ],
];

describe('properties of the control path', () => {
  for (const [name, property, evidence, expected, circumstances] of rows)
    it(`${property.id}: ${name}`, () => check(property, evidence, expected, circumstances));
});
