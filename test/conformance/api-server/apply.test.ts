// Server-side apply: who owns which field, when that is a conflict, and what becomes of fields that nobody wants any more.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deploymentObject } from '../../unit/controllers/small-cluster.ts';
import type { Exchange } from './ask.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';
import { containersOf, deployments, shortly } from './patch-case.ts';

type Data = Readonly<Record<string, string>>;

/** 'apply' and 'force' are applies, 'edit' replaces the whole object. */
interface Step {
  readonly who: string;
  readonly does: 'apply' | 'force' | 'edit';
  readonly data: Data;
  /** The conflict that refuses it. */
  readonly refused?: string;
}

interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly holds: Data;
  /** By manager and operation, the keys of data it owns. */
  readonly owners: Readonly<Record<string, string>>;
}

const path = `${configMaps}/m`;

function applyAt(fixture: Fixture, target: string, who: string, body: unknown, more = ''): Exchange {
  return fixture.ask('PATCH', `${target}?fieldManager=${who}${more}`, { body, type: patchTypes.apply });
}

function take(fixture: Fixture, { who, does, data }: Step): Exchange {
  const body = configMap('m', data);
  if (does === 'edit') return fixture.ask('PUT', path, { body, agent: who });
  return applyAt(fixture, path, who, body, does === 'force' ? '&force=true' : '');
}

interface ManagedField {
  readonly manager: string;
  readonly operation: string;
  readonly time: string;
  readonly fieldsV1: { readonly 'f:data'?: Readonly<Record<string, unknown>> };
}

function ownersOf(fixture: Fixture): Record<string, string> {
  const managed = (fixture.must('GET', path).metadata['managedFields'] ?? []) as readonly ManagedField[];
  const keysOf = ({ fieldsV1 }: ManagedField): string =>
    Object.keys(fieldsV1['f:data'] ?? {})
      .filter((step) => step !== '.')
      .map((step) => step.slice(2))
      .sort()
      .join();
  return Object.fromEntries(managed.map((entry) => [`${entry.manager} ${entry.operation}`, keysOf(entry)]));
}

function check({ steps, holds, owners }: Scenario): void {
  const fixture = createFixture();
  for (const step of steps) {
    const answer = take(fixture, step);
    if (step.refused === undefined) expect(answer.status, answer.text).toBeLessThan(300);
    else
      expect([answer.status, answer.body['reason'], answer.body['message']]).toEqual([
        409,
        'Conflict',
        step.refused,
      ]);
  }
  expect(fixture.must('GET', path)['data'] ?? {}).toEqual(holds);
  expect(ownersOf(fixture)).toEqual(owners);
}

const scenarios: readonly Scenario[] = [
  {
    name: 'what is not there is created',
    steps: [{ who: 'a', does: 'apply', data: { x: '1' } }],
    holds: { x: '1' },
    owners: { 'a Apply': 'x' },
  },
  {
    name: 'another value is a conflict',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1' } },
      {
        who: 'b',
        does: 'apply',
        data: { x: '2', y: '2' },
        refused: 'Apply failed with 1 conflict: conflict with "a": .data.x',
      },
    ],
    holds: { x: '1' },
    owners: { 'a Apply': 'x' },
  },
  {
    name: 'several fields are one refusal',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      {
        who: 'b',
        does: 'apply',
        data: { x: '2', y: '2' },
        refused: 'Apply failed with 2 conflicts: conflicts with "a":\n- .data.x\n- .data.y',
      },
    ],
    holds: { x: '1', y: '1' },
    owners: { 'a Apply': 'x,y' },
  },
  {
    name: 'the same value is shared, and stays when one gives it up',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'b', does: 'apply', data: { x: '1' } },
      { who: 'a', does: 'apply', data: { y: '1' } },
    ],
    holds: { x: '1', y: '1' },
    owners: { 'a Apply': 'y', 'b Apply': 'x' },
  },
  {
    name: 'what its only owner gives up is gone',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'a', does: 'apply', data: { y: '1' } },
    ],
    holds: { y: '1' },
    owners: { 'a Apply': 'y' },
  },
  {
    name: 'force takes the field from its owner',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'b', does: 'force', data: { x: '2' } },
    ],
    holds: { x: '2', y: '1' },
    owners: { 'a Apply': 'y', 'b Apply': 'x' },
  },
  {
    name: 'what was taken by force is not given up by the one who lost it',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'b', does: 'force', data: { x: '2' } },
      { who: 'a', does: 'apply', data: { y: '1' } },
    ],
    holds: { x: '2', y: '1' },
    owners: { 'a Apply': 'y', 'b Apply': 'x' },
  },
  {
    name: 'an edit owns what it changes, and is a conflict by its version',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'edit', does: 'edit', data: { x: '2', y: '1' } },
      {
        who: 'a',
        does: 'apply',
        data: { x: '1', y: '1' },
        refused: 'Apply failed with 1 conflict: conflict with "edit" using v1: .data.x',
      },
    ],
    holds: { x: '2', y: '1' },
    owners: { 'a Apply': 'y', 'edit Update': 'x' },
  },
  {
    name: 'what an edit takes away belongs to nobody',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1', y: '1' } },
      { who: 'edit', does: 'edit', data: { y: '1' } },
      { who: 'b', does: 'apply', data: { x: '2' } },
    ],
    holds: { x: '2', y: '1' },
    owners: { 'a Apply': 'y', 'b Apply': 'x' },
  },
  {
    name: 'what others own is left alone',
    steps: [
      { who: 'a', does: 'apply', data: { x: '1' } },
      { who: 'edit', does: 'edit', data: { x: '1', z: '1' } },
      { who: 'a', does: 'apply', data: {} },
    ],
    holds: { z: '1' },
    owners: { 'edit Update': 'z', 'a Apply': '' },
  },
];

const refusals: readonly (readonly [string, (fixture: Fixture) => Exchange, number, string])[] = [
  [
    'nobody',
    (fixture) => fixture.ask('PATCH', path, { body: configMap('m'), type: patchTypes.apply }),
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ],
  [
    'owners of its own',
    (fixture) => applyAt(fixture, path, 'a', { metadata: { managedFields: [{ manager: 'x' }] } }),
    400,
    'metadata.managedFields must be nil',
  ],
  [
    'another name',
    (fixture) => applyAt(fixture, path, 'a', configMap('n')),
    400,
    'does not match the name on the URL',
  ],
  [
    'another kind',
    (fixture) => applyAt(fixture, path, 'a', { apiVersion: 'v1', kind: 'Secret' }),
    400,
    'Secret',
  ],
  ['a list', (fixture) => applyAt(fixture, path, 'a', []), 400, 'must be an object'],
  [
    'an old version',
    (fixture) => applyAt(fixture, path, 'a', { metadata: { resourceVersion: '1' }, data: { x: '2' } }),
    409,
    'the object has been modified',
  ],
  [
    'the uid of another',
    (fixture) => applyAt(fixture, path, 'a', { metadata: { uid: 'u' }, data: { x: '2' } }),
    409,
    'UID in precondition: u',
  ],
];

describe('server-side apply', () => {
  test.each(scenarios)('$name', check);

  test.each(refusals)('refused: %s', (_name, send, status, message) => {
    const fixture = createFixture();
    applyAt(fixture, path, 'a', configMap('m', { x: '1' }));
    const before = fixture.must('GET', path);
    const answer = send(fixture);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.body['message']).toContain(message);
    expect(fixture.must('GET', path)).toEqual(before);
  });

  test('items of a keyed list have owners of their own', () => {
    const fixture = createFixture();
    const target = `${deployments}/shop`;
    const base = deploymentObject('shop', 1) as unknown as { spec: { template: object } };
    const shop = (containers: unknown) => ({
      ...base,
      spec: { ...base.spec, template: { ...base.spec.template, spec: { containers } } },
    });
    const sidecar = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { template: { spec: { containers: [{ name: 'sidecar', image: 's:1' }] } } },
    };
    const seen = () => containersOf(fixture.must('GET', target)).map(shortly);
    const a = (containers: unknown) =>
      expect(applyAt(fixture, target, 'a', shop(containers)).status).toBeLessThan(300);
    a([
      { name: 'main', image: 'm:1', env: [{ name: 'X', value: '1' }] },
      { name: 'old', image: 'o:1' },
    ]);
    expect(applyAt(fixture, target, 'b', sidecar).status).toBe(200);
    expect(seen()).toEqual(['main=m:1 env X', 'old=o:1', 'sidecar=s:1']);
    a([{ name: 'main', image: 'm:2', env: [{ name: 'Y', value: '1' }] }]);
    expect(seen()).toEqual(['main=m:2 env Y', 'sidecar=s:1']);
    const conflict = applyAt(fixture, target, 'b', {
      ...sidecar,
      spec: { template: { spec: { containers: [{ name: 'main', image: 'b:1' }] } } },
    });
    expect(conflict.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "a": .spec.template.spec.containers[name="main"].image',
    );
  });

  test('status is owned through its own path alone', () => {
    const fixture = createFixture();
    const target = `${deployments}/shop`;
    const status = { status: { replicas: 3 } };
    applyAt(fixture, target, 'a', { ...deploymentObject('shop', 1), ...status });
    expect(fixture.must('GET', target)['status']).toBeUndefined();
    expect(applyAt(fixture, `${target}/status`, 'a', { ...status, spec: { replicas: 9 } }).status).toBe(200);
    expect(fixture.must('GET', target)).toMatchObject({ ...status, spec: { replicas: 1 } });
    // The next apply of the main part gives up nothing of the status.
    expect(applyAt(fixture, target, 'a', deploymentObject('shop', 2)).status).toBe(200);
    expect(fixture.must('GET', target)).toMatchObject({ ...status, spec: { replicas: 2 } });
  });

  test('the time is that of the last apply that changed something', () => {
    const fixture = createFixture();
    const timeOf = (): string => {
      const [entry] = fixture.must('GET', path).metadata['managedFields'] as readonly ManagedField[];
      return entry!.time;
    };
    const times = ['1', '1', '2'].map((x) => {
      applyAt(fixture, path, 'a', configMap('m', { x }));
      fixture.clock.advance(10_000);
      return timeOf();
    });
    expect(times[1]).toBe(times[0]);
    expect(Date.parse(times[2]!) - Date.parse(times[1]!)).toBe(20_000);
  });

  test('a dry run answers and stores nothing', () => {
    const fixture = createFixture();
    const answer = applyAt(fixture, path, 'a', configMap('m', { x: '1' }), '&dryRun=All');
    expect([answer.status, answer.body['data']]).toEqual([201, { x: '1' }]);
    expect(fixture.ask('GET', path).status).toBe(404);
  });
});

/** What apply means for a flat map, as naively as it can be said. */
function createModel() {
  const data = new Map<string, string>();
  const owners = new Map<string, Set<string>>();
  const ownersOfKey = (key: string): Set<string> => owners.get(key) ?? new Set();
  const edit = (me: string, wanted: Data): void => {
    for (const key of [...data.keys()].filter((known) => wanted[known] === undefined)) {
      data.delete(key);
      owners.delete(key);
    }
    for (const [key, value] of Object.entries(wanted)) {
      if (data.get(key) === value) continue;
      data.set(key, value);
      owners.set(key, new Set([me]));
    }
  };
  const apply = (me: string, wanted: Data, force: boolean): boolean => {
    const entries = Object.entries(wanted);
    const contested = entries.some(
      ([key, value]) => data.get(key) !== value && [...ownersOfKey(key)].some((owner) => owner !== me),
    );
    if (contested && !force) return false;
    for (const [key, value] of entries) {
      owners.set(key, data.get(key) === value ? ownersOfKey(key).add(me) : new Set([me]));
      data.set(key, value);
    }
    for (const [key, holders] of [...owners]) {
      if (wanted[key] !== undefined || !holders.delete(me) || holders.size > 0) continue;
      data.delete(key);
      owners.delete(key);
    }
    return true;
  };
  const step = ({ who, does, data: wanted }: Step): boolean => {
    if (does !== 'edit') return apply(`${who} Apply`, wanted, does === 'force');
    edit(`${who} Update`, wanted);
    return true;
  };
  const ownersNow = (): Record<string, string> => {
    const all = [...new Set([...owners.values()].flatMap((holders) => [...holders]))];
    const keysOf = (owner: string) =>
      [...owners].filter(([, holders]) => holders.has(owner)).map(([key]) => key);
    return Object.fromEntries(all.map((owner) => [owner, keysOf(owner).sort().join()]));
  };
  return { data, step, owners: ownersNow };
}

describe('laws of apply', () => {
  const word: fc.Arbitrary<string> = fc.constantFrom('x', 'y', 'z');
  const step = fc.record<Step>({
    who: fc.constantFrom('a', 'b', 'c'),
    does: fc.constantFrom('apply', 'apply', 'force', 'edit'),
    data: fc.dictionary(word, fc.constantFrom('1', '2')),
  });

  test('fields, owners and conflicts are those of the naive model', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const fixture = createFixture();
        const model = createModel();
        const first: Step = { who: 'a', does: 'apply', data: { x: '1' } };
        for (const one of [first, ...steps]) {
          const accepted = model.step(one);
          const answer = take(fixture, one);
          expect(answer.status < 300, `${JSON.stringify(one)}: ${answer.text}`).toBe(accepted);
          expect(fixture.must('GET', path)['data'] ?? {}).toEqual(Object.fromEntries(model.data));
          const owners = Object.entries(ownersOf(fixture)).filter(([, keys]) => keys !== '');
          expect(Object.fromEntries(owners)).toEqual(model.owners());
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('what was applied is applied: once more makes no version and no event', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), step, (steps, last) => {
        const fixture = createFixture();
        applyAt(fixture, path, 'a', configMap('m', { x: '1' }));
        for (const one of steps) take(fixture, one);
        const forced: Step = { ...last, does: 'force' };
        const once = take(fixture, forced);
        expect(once.status).toBe(200);
        const watch = fixture.ask('GET', `${configMaps}?watch=true&resourceVersion=${fixture.now}`);
        fixture.clock.advance(5_000);
        expect(take(fixture, forced).body).toEqual(once.body);
        // Nor is there anything left to force.
        expect(take(fixture, { ...last, does: 'apply' }).body).toEqual(once.body);
        expect(watch.text).toBe('');
      }),
      { numRuns: 200 },
    );
  });
});
