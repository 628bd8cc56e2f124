// In which cells of the table "fault x phase x object kind" a history counts.
import { expect, test } from 'vitest';
import { createEvidence, type FaultRecord } from '../../../../sim/evidence/evidence.ts';
import { cellsOf, faultTable } from '../../../../sim/history/fault-table.ts';
import type { Plan } from '../../../../sim/history/plan.ts';

const second = 1_000_000;

interface Given {
  readonly hits?: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly startSeconds?: number;
  readonly operationSeconds?: number;
  readonly change?: readonly [resource: string, seconds: number];
}

function check(given: Given): readonly string[] {
  const evidence = createEvidence();
  const record: FaultRecord = {
    id: 'f1',
    fault: 'storm',
    harms: [],
    target: '',
    parameters: {},
    fromUs: given.fromSeconds * second,
    toUs: given.toSeconds * second,
    hits: given.hits ?? 1,
  };
  evidence.faults.push(record);
  if (given.startSeconds !== undefined)
    evidence.lives.push({ host: 'gateway-1', life: 1, atUs: given.startSeconds * second, what: 'start' });
  if (given.change !== undefined) {
    const [resource, seconds] = given.change;
    const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } };
    const change = {
      version: 1,
      atUs: seconds * second,
      resource,
      type: 'ADDED',
      object,
      previous: null,
    } as const;
    evidence.store.push(change as unknown as (typeof evidence.store)[number]);
  }
  const operations = given.operationSeconds === undefined ? [] : [given.operationSeconds];
  const timeline = operations.map((seconds) => ({ do: 'operate', id: 'o1', atMs: seconds * 1000 }));
  return cellsOf(evidence, { timeline, healMs: 16_000 } as unknown as Plan);
}

const cases: readonly (readonly [string, Given, readonly string[]])[] = [
  ['meets nothing', { hits: 0, fromSeconds: 8, toSeconds: 9 }, []],
  ['in peace', { fromSeconds: 8, toSeconds: 9 }, ['storm steady nothing']],
  [
    'a process has just started',
    { fromSeconds: 8, toSeconds: 9, startSeconds: 7 },
    ['storm starting nothing'],
  ],
  ['a process started long ago', { fromSeconds: 8, toSeconds: 9, startSeconds: 6 }, ['storm steady nothing']],
  [
    'an operation in its time',
    { fromSeconds: 8, toSeconds: 9, operationSeconds: 9 },
    ['storm changing nothing'],
  ],
  [
    'an operation afterwards',
    { fromSeconds: 8, toSeconds: 9, operationSeconds: 10 },
    ['storm steady nothing'],
  ],
  [
    'until the heal point, and pods change',
    { fromSeconds: 8, toSeconds: 16, change: ['pods', 12] },
    ['storm steady pods', 'storm until-heal pods'],
  ],
  [
    'what happens at once has a second',
    { fromSeconds: 8, toSeconds: 8, change: ['pods', 9] },
    ['storm steady pods'],
  ],
  [
    'a kind that is not in the table',
    { fromSeconds: 8, toSeconds: 9, change: ['nodes', 8] },
    ['storm steady nothing'],
  ],
];

test.each(cases)('%s', (_name, given, expected) => {
  expect(check(given)).toEqual(expected);
});

test('what happens at once cannot last until the heal point', () => {
  const counts = new Map([['storm steady pods', 3]]);
  const rows = faultTable([{ name: 'storm', lastsMsMax: 0 }], counts);
  const cell = (phase: string, kind: 'pods' | 'services') =>
    rows.find((row) => row.phase === phase)?.cells[kind];
  expect([cell('steady', 'pods'), cell('steady', 'services'), cell('until-heal', 'pods')]).toEqual([
    3,
    0,
    'it happens at once',
  ]);
});

test('a change is never met where nothing changes', () => {
  const rows = faultTable([{ name: 'storm', lastsMsMax: 5, isChange: true }], new Map());
  expect(rows.map(({ cells }) => cells['nothing'])).toEqual(rows.map(() => 'it is a change itself'));
  expect(rows.map(({ cells }) => cells['pods'])).toEqual(rows.map(() => 0));
});
