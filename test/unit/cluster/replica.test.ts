// A replica of the API server whose watch cache is two seconds behind: what each kind of read sees, and when.
import { describe, expect, it } from 'vitest';
import type { HttpFront } from '../../../sim/cluster/api/handler.ts';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createKeyedRandom, createManualClock } from '../controllers/manual-clock.ts';

const lagMs = 2_000;

interface Setting {
  readonly front: HttpFront;
  /** What came back of each request, with the second: status, then names or events. */
  readonly said: string[];
  ask(query: string, path?: string): void;
  write(name: string): void;
  remove(name: string): void;
  advance(ms: number): void;
  version(): number;
}

function nameOf(value: unknown): string {
  const { metadata } = value as { metadata: { name?: string; annotations?: unknown } };
  return metadata.name ?? (metadata.annotations === undefined ? 'bookmark' : 'initial end');
}

function describeBody(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const parts = lines.map((line) => {
    const value = JSON.parse(line) as Record<string, unknown>;
    if (value['type'] !== undefined) return `${value['type']} ${nameOf(value['object'])}`;
    if (Array.isArray(value['items'])) return value['items'].map(nameOf).join(' ') || 'nothing';
    return String(value['reason'] ?? nameOf(value));
  });
  return parts.join(', ');
}

function createSetting(): Setting {
  const clock = createManualClock();
  const random = createKeyedRandom(1);
  const api = createApiServer({ clock, random, log: silentLog });
  const front = api.replica({
    clock,
    random,
    log: silentLog,
    lag: (resource) => (resource === 'configmaps' ? lagMs : 0),
  });
  const http = inProcessGateway(clock, 'api', front.handler).http;
  const said: string[] = [];
  const second = (): string => `${Math.round(clock.elapsedMs / 1000)} s`;
  return {
    front,
    said,
    ask(query, path = '/api/v1/namespaces/default/configmaps') {
      let status = 0;
      http.request(
        { method: 'GET', path: `${path}${query}`, headers: {}, body: null },
        {
          onHead: (code) => {
            status = code;
          },
          onData: (bytes) => said.push(`${second()}: ${status} ${describeBody(bytes.toString())}`),
          onEnd() {},
        },
      );
      clock.advance(1);
    },
    write(name) {
      const metadata = { namespace: 'default', name };
      expect(api.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata }).ok).toBe(true);
    },
    remove: (name) => expect(api.store.delete('configmaps', 'default', name).ok).toBe(true),
    advance: (ms) => clock.advance(ms),
    version: () => api.store.resourceVersion,
  };
}

/** 'old' is everywhere; 'new' was written just now, and 'gone' deleted. */
function afterWrites(): Setting {
  const setting = createSetting();
  setting.ask('?resourceVersion=0');
  setting.said.length = 0;
  setting.write('gone');
  setting.write('old');
  setting.advance(10_000);
  setting.write('new');
  setting.remove('gone');
  return setting;
}

const watch = '?watch=true&allowWatchBookmarks=true';
const streamed = `${watch}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`;

const reads: readonly (readonly [string, (setting: Setting) => string, readonly string[]])[] = [
  ['a list of no version is of this moment', () => '', ['10 s: 200 new old']],
  ['a list of any version is of the cache', () => '?resourceVersion=0', ['10 s: 200 gone old']],
  [
    'a list not older than now waits',
    ({ version }) => `?resourceVersion=${version()}&resourceVersionMatch=NotOlderThan`,
    ['12 s: 200 new old'],
  ],
  [
    'a version that does not come is too large after three seconds',
    ({ version }) => `?resourceVersion=${version() + 5}&resourceVersionMatch=NotOlderThan`,
    ['13 s: 504 Timeout'],
  ],
  [
    'a watch of any version begins with the cache and goes on with what gets in',
    () => `${watch}&resourceVersion=0`,
    ['10 s: 200 ADDED gone', '10 s: 200 ADDED old', '12 s: 200 ADDED new', '12 s: 200 DELETED gone'],
  ],
  [
    'a watch from now hears nothing twice and nothing old',
    ({ version }) => `${watch}&resourceVersion=${version()}`,
    [],
  ],
  [
    'a watch from the past gets what it missed when the cache does',
    ({ version }) => `${watch}&resourceVersion=${version() - 2}`,
    ['12 s: 200 ADDED new', '12 s: 200 DELETED gone'],
  ],
  [
    'a streamed list is over when the cache has got to where the store was',
    () => streamed,
    [
      '10 s: 200 ADDED gone',
      '10 s: 200 ADDED old',
      '12 s: 200 ADDED new',
      '12 s: 200 DELETED gone',
      '12 s: 200 BOOKMARK initial end',
    ],
  ],
  [
    'a streamed list of any version is over at once',
    () => `${streamed}&resourceVersion=0`,
    [
      '10 s: 200 ADDED gone',
      '10 s: 200 ADDED old',
      '10 s: 200 BOOKMARK initial end',
      '12 s: 200 ADDED new',
      '12 s: 200 DELETED gone',
    ],
  ],
];

describe('a replica that lags', () => {
  it.each(reads)('%s', (_name, query, expected) => {
    const setting = afterWrites();
    setting.ask(query(setting));
    setting.advance(20_000);
    expect(setting.said).toEqual(expected);
  });

  it('reads one object of any version from its cache', () => {
    const setting = afterWrites();
    const path = '/api/v1/namespaces/default/configmaps';
    setting.ask('?resourceVersion=0', `${path}/gone`);
    setting.ask('', `${path}/gone`);
    setting.ask('?resourceVersion=0', `${path}/new`);
    expect(setting.said).toEqual(['10 s: 200 gone', '10 s: 404 NotFound', '10 s: 404 NotFound']);
  });

  it('lets all in when a delay on top ends, and hears nothing once it has stopped', () => {
    const setting = createSetting();
    const end = setting.front.cache.delay('configmaps', 60_000);
    setting.ask(`${watch}&resourceVersion=0`);
    setting.write('one');
    setting.advance(10_000);
    expect(setting.said).toEqual([]);
    end();
    setting.advance(1);
    expect(setting.said).toEqual(['10 s: 200 ADDED one']);
    setting.front.stop();
    setting.write('two');
    setting.advance(10_000);
    expect([setting.said.length, setting.front.watches]).toEqual([1, 0]);
  });
});

describe('a front that strays', () => {
  it.each([
    ['refuses to stream lists', { streamsLists: false }, ['0 s: 422 Invalid']],
    ['sends no bookmarks', { sendsBookmarks: false }, []],
    ['does not say that a streamed list is over', { marksInitialEnd: false }, []],
    ['sends bookmarks of another kind', { bookmarksOwnKind: false }, ['0 s: 200 BOOKMARK initial end']],
  ])('%s', (_name, changes, expected) => {
    const setting = createSetting();
    Object.assign(setting.front.conduct, changes);
    setting.ask(streamed);
    setting.advance(1_000);
    expect(setting.said).toEqual(expected);
  });
});
