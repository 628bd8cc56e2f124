// Watches: where they begin, what a selector makes of a change, bookmarks, history that is gone, readers that are too slow.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watchesMax } from '../../../sim/cluster/api/watch.ts';
import type { Exchange } from './ask.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';

function watch(fixture: Fixture, query: string): Exchange {
  return fixture.ask('GET', `${configMaps}?watch=true&${query}`);
}

/** 'ADDED a@5': what a watcher is told, in short. */
function told(exchange: Exchange): readonly string[] {
  return exchange.events.map(({ type, object }) => {
    const { name = '', resourceVersion = '', annotations } = object.metadata;
    const end = (annotations as Record<string, string> | undefined)?.['k8s.io/initial-events-end'];
    const version = type === 'ERROR' ? object['code'] : resourceVersion;
    return `${type} ${name}@${version}${end === undefined ? '' : ' end'}`;
  });
}

function patch(fixture: Fixture, name: string, body: unknown): string {
  return fixture.must('PATCH', `${configMaps}/${name}`, body, patchTypes.merge).metadata.resourceVersion;
}

/** a and b, then a changed: the versions of those three. */
function createWatched() {
  const fixture = createFixture();
  const a = fixture.must('POST', configMaps, configMap('a')).metadata.resourceVersion;
  const b = fixture.must('POST', configMaps, configMap('b')).metadata.resourceVersion;
  const a2 = patch(fixture, 'a', { data: { k: '1' } });
  return { fixture, a, b, a2 };
}

type Watched = ReturnType<typeof createWatched>;
const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';

/** Query, what is told at once, what of a change of b at the end. */
const beginnings: readonly (readonly [
  string,
  (watched: Watched) => string,
  (watched: Watched) => readonly string[],
])[] = [
  ['no version: what there is, then changes', () => '', ({ a2, b }) => [`ADDED a@${a2}`, `ADDED b@${b}`]],
  ['0 is the same', () => 'resourceVersion=0', ({ a2, b }) => [`ADDED a@${a2}`, `ADDED b@${b}`]],
  [
    'a version: changes after it',
    ({ a }) => `resourceVersion=${a}`,
    ({ a2, b }) => [`ADDED b@${b}`, `MODIFIED a@${a2}`],
  ],
  ['the latest version: nothing yet', ({ a2 }) => `resourceVersion=${a2}`, () => []],
  [
    'a streamed list ends with a bookmark',
    () => `${initial}&allowWatchBookmarks=true`,
    ({ a2, b }) => [`ADDED a@${a2}`, `ADDED b@${b}`, `BOOKMARK @${a2} end`],
  ],
  [
    'a streamed list of a least version',
    ({ a }) => `${initial}&allowWatchBookmarks=true&resourceVersion=${a}`,
    ({ a2, b }) => [`ADDED a@${a2}`, `ADDED b@${b}`, `BOOKMARK @${a2} end`],
  ],
  ['bookmarks only for those who ask', () => initial, ({ a2, b }) => [`ADDED a@${a2}`, `ADDED b@${b}`]],
  [
    'initial events refused: changes from now on',
    () => 'sendInitialEvents=false&resourceVersionMatch=NotOlderThan',
    () => [],
  ],
  ['a name of one', () => 'fieldSelector=metadata.name=b', ({ b }) => [`ADDED b@${b}`]],
];

const refusals: readonly (readonly [query: string, status: number, message: string])[] = [
  ['sendInitialEvents=true', 422, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
  ['sendInitialEvents=false', 422, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
  ['sendInitialEvents=true&resourceVersionMatch=Exact', 422, 'supported values: "NotOlderThan"'],
  ['resourceVersionMatch=NotOlderThan', 422, 'is forbidden for watch unless sendInitialEvents is provided'],
  [`${initial}&continue=x`, 422, 'is forbidden when continue is provided'],
  [`${initial}&resourceVersion=999999`, 504, 'Too large resource version: 999999'],
  ['resourceVersion=x', 400, 'invalid resource version'],
  ['labelSelector=a=b=c', 400, 'unable to parse requirement'],
  ['fieldSelector=data.k=1', 400, 'field label not supported: data.k'],
];

describe('watches', () => {
  test.each(beginnings)('%s', (_name, query, expected) => {
    const watched = createWatched();
    const exchange = watch(watched.fixture, query(watched));
    expect(told(exchange)).toEqual(expected(watched));
    const version = patch(watched.fixture, 'b', { data: { k: '2' } });
    expect(told(exchange)).toEqual([...expected(watched), `MODIFIED b@${version}`]);
    expect(exchange.ended).toBe('open');
  });

  test.each(refusals)('refused: %s', (query, status, message) => {
    const { fixture } = createWatched();
    const exchange = watch(fixture, query);
    if (exchange.ended === 'open') fixture.clock.advance(3_000);
    expect([exchange.status, exchange.ended]).toEqual([status, 'end']);
    expect(exchange.body).toMatchObject({ kind: 'Status', message: expect.stringContaining(message) });
  });

  test('what a selector makes of changes', () => {
    const fixture = createFixture();
    const exchange = watch(fixture, 'labelSelector=tier=gold');
    const label = (tier: string | null) => patch(fixture, 'a', { metadata: { labels: { tier } } });
    fixture.must('POST', configMaps, configMap('a', { k: '1' }, { tier: 'iron' }));
    const comes = label('gold');
    const changes = patch(fixture, 'a', { data: { k: '2' } });
    const leaves = label('iron');
    patch(fixture, 'a', { data: { k: '3' } });
    const again = label('gold');
    fixture.must('DELETE', `${configMaps}/a`);
    const expected = [`ADDED a@${comes}`, `MODIFIED a@${changes}`, `DELETED a@${leaves}`, `ADDED a@${again}`];
    expect(told(exchange)).toEqual([...expected, `DELETED a@${fixture.now}`]);
    // Who leaves the selection is shown as it was in it, in the version of leaving.
    const left = exchange.events[2]!.object;
    expect([left['data'], left.metadata['labels']]).toEqual([{ k: '2' }, { tier: 'gold' }]);
    // A watch from the past tells the same.
    expect(told(watch(fixture, `labelSelector=tier=gold&resourceVersion=${Number(comes) - 1}`))).toEqual(
      told(exchange),
    );
  });

  test('a deletion shows the last state in the version of the deletion', () => {
    const { fixture, a2 } = createWatched();
    const exchange = watch(fixture, `resourceVersion=${a2}`);
    fixture.must('DELETE', `${configMaps}/a`);
    expect(told(exchange)).toEqual([`DELETED a@${fixture.now}`]);
    expect(exchange.events[0]!.object['data']).toEqual({ k: '1' });
  });

  test('bookmarks come each minute and before the end, to those who ask', () => {
    const { fixture, a2 } = createWatched();
    const asked = watch(fixture, `resourceVersion=${a2}&allowWatchBookmarks=true&timeoutSeconds=150`);
    const silent = watch(fixture, `resourceVersion=${a2}&timeoutSeconds=150`);
    fixture.clock.advance(59_000);
    expect(told(asked)).toEqual([]);
    fixture.clock.advance(2_000);
    expect(told(asked)).toEqual([`BOOKMARK @${a2}`]);
    // Of another kind: the bookmark moves on although nothing of this one changed.
    fixture.must('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } });
    fixture.clock.advance(60_000);
    fixture.clock.advance(30_000);
    expect(told(asked)).toEqual([a2, fixture.now, fixture.now].map((version) => `BOOKMARK @${version}`));
    expect([asked.ended, silent.ended, silent.text]).toEqual(['end', 'end', '']);
  });

  test.each([
    ['event', 200, 'ERROR @410'],
    ['status', 410, null],
  ] as const)('history that is gone, as %s', (how, status, event) => {
    const { fixture, a, a2 } = createWatched();
    fixture.api.expiredWatchesAs(how);
    fixture.api.compact(Number(a2));
    const gone = watch(fixture, `resourceVersion=${a}`);
    expect([gone.status, gone.ended]).toEqual([status, 'end']);
    if (event !== null) expect(told(gone)).toEqual([event]);
    const document = event === null ? gone.body : gone.events[0]!.object;
    const message = expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/);
    expect(document).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired', message });
    // The compacted version itself is the oldest that still goes on.
    expect(watch(fixture, `resourceVersion=${a2}`).ended).toBe('open');
  });

  test('history is dropped when it grows long, and open watches do not notice', () => {
    const { fixture, a2 } = createWatched();
    const open = watch(fixture, `resourceVersion=${a2}&labelSelector=none`);
    const { store } = fixture.api;
    for (let i = 0; i < 20_001; i++) store.mergePatch('configmaps', 'default', 'b', { data: { k: `n${i}` } });
    expect(open.ended).toBe('open');
    expect(told(watch(fixture, `resourceVersion=${a2}`))).toEqual(['ERROR @410']);
    expect(watch(fixture, `resourceVersion=${fixture.now}`).ended).toBe('open');
  });

  test('a reader that is too slow loses the watch without a word and resumes without loss', () => {
    const { fixture, a2 } = createWatched();
    const slow = watch(fixture, `resourceVersion=${a2}`);
    const quick = watch(fixture, `resourceVersion=${a2}`);
    slow.stall(true);
    const padding = 'x'.repeat(500_000);
    for (let i = 0; i < 20; i++) patch(fixture, 'b', { data: { k: `${i}${padding}` } });
    expect([slow.ended, quick.ended]).toEqual(['end', 'open']);
    const had = told(slow);
    expect(had.length).toBeGreaterThan(1);
    expect(had.some((event) => event.startsWith('ERROR'))).toBe(false);
    const last = had.at(-1)!.split('@')[1];
    expect([...had, ...told(watch(fixture, `resourceVersion=${last}`))]).toEqual(told(quick));
  });

  test('a reader that catches up keeps the watch', () => {
    const { fixture, a2 } = createWatched();
    const exchange = watch(fixture, `resourceVersion=${a2}`);
    for (let i = 0; i < 20; i++) {
      exchange.stall(true);
      patch(fixture, 'b', { data: { k: `${i}${'x'.repeat(500_000)}` } });
      exchange.stall(false);
    }
    expect([exchange.ended, exchange.events.length]).toEqual(['open', 20]);
  });

  test('law: a watch resumed at any point tells what a whole one told after it', () => {
    const change = fc.record({
      name: fc.integer({ min: 0, max: 4 }),
      gold: fc.boolean(),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.nat(), fc.boolean(), (changes, at, selects) => {
        const fixture = createFixture();
        const selector = selects ? '&labelSelector=tier=gold' : '';
        const whole = watch(fixture, `resourceVersion=${fixture.now}${selector}`);
        for (const [serial, { name, gold, remove }] of changes.entries()) {
          const object = configMap(`n${name}`, { serial: String(serial) }, { tier: gold ? 'gold' : 'iron' });
          const path = `${configMaps}/n${name}`;
          if (remove) fixture.ask('DELETE', path);
          else if (fixture.ask('PUT', path, { body: object }).status === 404)
            fixture.must('POST', configMaps, object);
        }
        const all = whole.events;
        if (all.length === 0) return;
        const cut = at % all.length;
        const version = all[cut]!.object.metadata['resourceVersion'];
        expect(watch(fixture, `resourceVersion=${version}${selector}`).events).toEqual(all.slice(cut + 1));
      }),
      { numRuns: 100 },
    );
  });

  test('there are only so many at once; who is turned away may come back', () => {
    const fixture = createFixture();
    const open = Array.from({ length: watchesMax }, () => watch(fixture, ''));
    const refused = fixture.ask('GET', `${configMaps}?watch=true`);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    open[0]!.leave();
    expect(fixture.ask('GET', `${configMaps}?watch=true`).status).toBe(200);
  });
});
