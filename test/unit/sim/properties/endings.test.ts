// The properties of what is held and of how processes end, each with evidence that breaks the promise and evidence that
// keeps it.
import { describe, it } from 'vitest';
import type { Evidence, FaultRecord } from '../../../../sim/evidence/evidence.ts';
import { drainingGateway } from '../../../../sim/properties/draining-gateway.ts';
import { heldBytes } from '../../../../sim/properties/held-bytes.ts';
import { nothingLeft } from '../../../../sim/properties/nothing-left.ts';
import type { Property } from '../../../../sim/properties/property.ts';
import { workerCrash } from '../../../../sim/properties/worker-crash.ts';
import { check, fault, second, started } from './told.ts';
import { accept, dial, receipt, request, right, served, told, withoutA, worker } from './traffic.ts';

type Row = readonly [name: string, property: Property, told: Partial<Evidence>, expected: string | null];

const remains = (host: string, more: object = {}): Evidence['remains'][number] => ({
  host,
  accepted: 0,
  opened: [],
  backlogBytesMax: 0,
  ...more,
});
const slowReader = request({ readBytesPerSecond: 1_000, body: 'x'.repeat(300_000) });

const held: readonly Row[] = [
  ['a slow reader', heldBytes, told({ requests: [slowReader], remains: [remains(worker)] }), null],
  [
    'bytes pile up',
    heldBytes,
    told({ requests: [slowReader], remains: [remains(worker, { backlogBytesMax: 300_000 })] }),
    'held back 300000 bytes',
  ],
  [
    'closed with its endpoint',
    nothingLeft,
    told({ ...served([right, 5, 1], [withoutA, 6, 15]), dials: [dial({ goneUs: 15 * second + 2_000 })] }),
    null,
  ],
  [
    'open without its endpoint',
    nothingLeft,
    told({ ...served([right, 5, 1], [withoutA, 6, 15]), dials: [dial()] }),
    'keeps a connection to 10.244.0.1:8080 open',
  ],
  [
    'a client that has gone',
    nothingLeft,
    told({ remains: [remains(worker, { accepted: 2 }), remains('client-1', { opened: ['10.0.1.1:8000'] })] }),
    'the gateways have 2 connections of clients, the clients have 1',
  ],
];

const terminated = fault('terminate-gateway', 10, 16, {
  harms: ['traffic'],
  target: 'gateway-1',
  parameters: { drainMs: 2_000 },
});
const underWay = { sentUs: 9.9 * second, doneUs: 10.1 * second };
const taken = receipt({ atUs: 9.95 * second });
const closing = { 'x-kong-upstream-latency': '1', connection: 'close' };
const gone = (seconds: number): Evidence['lives'][number] => ({
  ...started('gateway-1', seconds),
  what: 'end',
});
const drained = (more: Partial<Evidence>): Partial<Evidence> => {
  const evidence = told({ receipts: [taken], faults: [terminated], ...more });
  return { ...evidence, lives: [...evidence.lives!, gone(12)] };
};
const cut = { ...underWay, status: 0, complete: false, error: 'ECONNRESET' };

const standing: FaultRecord = fault('pause-controller', 10, 15.8, {
  harms: ['control', 'push'],
  target: 'gateway-1',
});

const drains: readonly Row[] = [
  [
    'what is begun is answered',
    drainingGateway,
    drained({ requests: [request({ ...underWay, headers: closing })] }),
    null,
  ],
  [
    'what is begun is cut',
    drainingGateway,
    drained({ requests: [request(cut)] }),
    'ended with no answer (ECONNRESET)',
  ],
  [
    'clients are not told',
    drainingGateway,
    drained({ requests: [request(underWay)] }),
    'did not say in its answer',
  ],
  [
    'it stays',
    drainingGateway,
    {
      ...told({ faults: [terminated], requests: [], receipts: [] }),
      lives: [started('gateway-1'), gone(15.9)],
    },
    'was to end within 2000000 us',
  ],
  [
    'it stays while its process stands still',
    drainingGateway,
    {
      ...told({
        faults: [terminated, standing, { ...terminated, target: 'gateway-2' }],
        requests: [],
        receipts: [],
      }),
      lives: [started('gateway-1'), gone(15.9), { ...started('gateway-2', 12), what: 'end' }],
    },
    null,
  ],
  [
    'it stays, and another stands still',
    drainingGateway,
    {
      ...told({ faults: [terminated, { ...standing, target: 'gateway-2' }], requests: [], receipts: [] }),
      lives: [started('gateway-1'), gone(15.9)],
    },
    'was to end within 2000000 us',
  ],
];

const other = 'gateway-1/worker-1';
const crash: FaultRecord = fault('crash-worker', 10, 10, { harms: ['traffic'], target: other });
const crashed = (more: Partial<Evidence>, configId = right.id): Partial<Evidence> => {
  const evidence = told({
    requests: [request({ ...underWay })],
    receipts: [taken],
    faults: [crash],
    ...more,
  });
  return {
    ...evidence,
    lives: [
      ...evidence.lives!,
      started(other),
      { ...started(other, 10), what: 'end' },
      started(other, 10.05, 2),
    ],
    swaps: [...evidence.swaps!, { gateway: 'gateway-1', worker: 1, life: 2, atUs: 10.06 * second, configId }],
    listens: [{ gateway: 'gateway-1', worker: 1, atUs: 10.07 * second }],
  };
};

const crashes: readonly Row[] = [
  ['the others go on', workerCrash, crashed({}), null],
  ['another loses its request', workerCrash, crashed({ requests: [request(cut)] }), `when ${other} crashed`],
  [
    'its own request is lost',
    workerCrash,
    crashed({ requests: [request(cut)], accepts: [accept({ host: other })] }),
    null,
  ],
  ['the successor is up to date', workerCrash, crashed({ requests: [] }), null],
  [
    'the successor has nothing',
    workerCrash,
    crashed({ requests: [] }, '0'.repeat(32)),
    'began to listen with config 000',
  ],
];

describe.each([
  ['what is held', held],
  ['drains', drains],
  ['crashes', crashes],
] as const)('properties of %s', (_, rows) => {
  for (const [name, property, evidence, expected] of rows)
    it(`${property.id} ${name}`, () => check(property, evidence, expected));
});
