// Where requests go whose Service is a name, each with evidence that breaks the promise and evidence that keeps it.
import { describe, it } from 'vitest';
import type { Evidence, NameRecord } from '../../../../sim/evidence/evidence.ts';
import { nameTargets } from '../../../../sim/properties/name-targets.ts';
import { check, configOf, nameService, second } from './told.ts';
import { podA, podB, receipt, request, right, served, shop, told } from './traffic.ts';

const name = 'shop.outside.example';
const named = configOf(nameService('shop', name), shop);

/** It has no SRV records, and one address. */
function toldOf(host: string, seconds: number): NameRecord[] {
  const asked = { host: 'gateway-1', name, ttlUs: 30 * second, askedUs: (seconds - 1) * second };
  const toldUs = seconds * second;
  return [
    { ...asked, toldUs, type: 'SRV', kind: 'absent', records: [] },
    { ...asked, toldUs, type: 'A', kind: 'records', records: [{ host, port: 0, priority: 0 }] },
  ];
}

/** The client has gone after 20 ms; a second later the Service is no name any more. */
const gone = request({ status: 0, error: 'aborted', complete: false, headers: {}, body: '' });
const late = receipt({ atUs: 11 * second + 10_000 });

type Row = readonly [title: string, told: Partial<Evidence>, expected: string | null];

const rows: readonly Row[] = [
  ['to the address that DNS gave', { ...served([named, 5, 1]), names: toldOf(podA.address, 2) }, null],
  [
    'to another address',
    { ...served([named, 5, 1]), names: toldOf(podB.address, 2) },
    `of ${name} gateway-1 had been told: ${podB.address}`,
  ],
  [
    'before DNS has said anything',
    { ...served([named, 5, 1]), names: toldOf(podA.address, 12) },
    `of ${name} gateway-1 had been told: nothing`,
  ],
  [
    'to a pod, long after its client has gone, when the Service is no name any more',
    {
      ...served([named, 5, 1], [right, 8, 11]),
      names: toldOf(podA.address, 30),
      requests: [gone],
      receipts: [late],
    },
    'no violation',
  ],
  [
    'to a pod, long after its client has gone, while the Service is a name',
    { ...served([named, 5, 1]), names: toldOf(podA.address, 30), requests: [gone], receipts: [late] },
    `of ${name} gateway-1 had been told: nothing`,
  ],
];

describe('properties of names', () => {
  for (const [title, more, expected] of rows)
    it(`P64 ${title}`, () => check(nameTargets, told(more), expected));
});
