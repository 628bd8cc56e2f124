// A kind that the server does not serve: believed only when its discovery says so, since a config that begins without the
// plugins of its routes would be open. Against a scripted server, and against the simulated cluster's own discovery.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { HttpHandler } from '../../../src/ports/http.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createReflector } from '../../../src/watch/reflector.ts';
import { createKeyedRandom, createManualClock } from '../controllers/manual-clock.ts';

const plugins = {
  group: 'configuration.konghq.com',
  version: 'v1',
  kind: 'KongClusterPlugin',
  plural: 'kongclusterplugins',
  namespaced: false,
  custom: true,
};
const collection = '/apis/configuration.konghq.com/v1/kongclusterplugins';

/** Follows the kind; `seen` has the names of the whole kind each time it was replaced, oldest first. */
function follow(handler: HttpHandler, watchList: boolean, clock = createManualClock()) {
  const seen: string[][] = [];
  const asked: string[] = [];
  const { http: api } = inProcessGateway(clock, 'api', (request, reply) => {
    asked.push(request.path);
    handler(request, reply);
  });
  const replaced = (objects: readonly KubeObject[]): void => {
    seen.push(objects.map((object) => object.metadata.name));
  };
  const sink = { replaced, changed() {}, deleted() {}, progressed() {} };
  const env = { api, clock, random: createKeyedRandom(1), log: silentLog };
  const reflector = createReflector(env, plugins, sink, { watchList });
  reflector.start();
  return { clock, seen, asked, reflector };
}

type Document = readonly [status: number, body: unknown];
const notFound: Document = [404, { kind: 'Status', code: 404, reason: 'NotFound' }];
const groups = (...versions: readonly string[]): Document => [
  200,
  {
    kind: 'APIGroupList',
    groups: [{ name: 'any', versions: versions.map((groupVersion) => ({ groupVersion })) }],
  },
];
const resources = (...names: readonly string[]): Document => [
  200,
  { kind: 'APIResourceList', resources: names.map((name) => ({ name })) },
];
const served = resources('kongplugins', 'kongclusterplugins', 'kongclusterplugins/status');

interface Script {
  /** How many times the collection is answered 404 before it is listed. */
  readonly missing: number;
  /** Answers for /apis/<group>/<version>, then for /apis; the last one stays. */
  readonly version: readonly Document[];
  readonly groups?: readonly Document[];
}

function scripted({ missing, version, groups: apis = [notFound] }: Script): HttpHandler {
  let missingLeft = missing;
  const queues: Record<string, Document[]> = {
    '/apis/configuration.konghq.com/v1': [...version],
    '/apis': [...apis],
  };
  const next = (path: string): Document => {
    const queue = queues[path];
    if (queue !== undefined) return queue.length > 1 ? queue.shift()! : queue[0]!;
    if (missingLeft-- > 0) return notFound;
    const item = { metadata: { name: 'auth', uid: 'u', resourceVersion: '9' } };
    return [200, { metadata: { resourceVersion: '10' }, items: [item] }];
  };
  return (request, reply) => {
    if (request.path.includes('watch=true')) {
      reply.head(200, {});
      return;
    }
    const [status, body] = next(request.path.split('?')[0]!);
    reply.head(status, {});
    reply.end(JSON.stringify(body));
  };
}

const auth = ['auth'];
const version = 'configuration.konghq.com/v1';
test.each<[title: string, script: Script, seen: readonly (readonly string[])[]]>([
  ['listed at once', { missing: 0, version: [notFound] }, [auth]],
  ['a hiccup of 100 answers while the kind is served', { missing: 100, version: [served] }, [auth]],
  [
    'served by the list of groups, its version not up yet',
    { missing: 9, version: [notFound], groups: [groups(version)] },
    [auth],
  ],
  ['discovery is down', { missing: 9, version: [[503, null]] }, [auth]],
  ['discovery is forbidden', { missing: 9, version: [[403, null]] }, [auth]],
  ['discovery answers nonsense', { missing: 9, version: [[200, 'hello']] }, [auth]],
  [
    'a resource list of no shape',
    { missing: 9, version: [[200, { kind: 'APIResourceList', resources: [null] }]] },
    [auth],
  ],
  ['the list of groups is down', { missing: 9, version: [notFound], groups: [[500, null]] }, [auth]],
  ['nothing but 404 for everything', { missing: 9, version: [notFound] }, [auth]],
  [
    'left out once while the server starts',
    { missing: 9, version: [resources('kongplugins'), served] },
    [auth],
  ],
  [
    'left out twice, with a failure between',
    { missing: 9, version: [resources(), resources(), [500, null], resources(), served] },
    [auth],
  ],
  ['not installed', { missing: 1e9, version: [notFound], groups: [groups('apps/v1')] }, [[]]],
  [
    'another version of its group',
    { missing: 1e9, version: [notFound], groups: [groups('configuration.konghq.com/v1beta1')] },
    [[]],
  ],
  ['other kinds of its group', { missing: 1e9, version: [resources('kongplugins')] }, [[]]],
  ['not installed at first', { missing: 8, version: [notFound], groups: [groups('apps/v1')] }, [[], auth]],
])('%s', (_title, script, expected) => {
  const { clock, seen, reflector } = follow(scripted(script), false);
  clock.advance(3600_000);
  reflector.stop();
  expect(seen).toEqual(expected);
});

test('a kind that is not installed is asked for a few times a minute at most', () => {
  const { clock, asked, reflector } = follow(
    scripted({ missing: 1e9, version: [notFound], groups: [groups('apps/v1')] }),
    false,
  );
  clock.advance(60_000);
  const before = asked.length;
  clock.advance(600_000);
  reflector.stop();
  expect(asked.length - before).toBeLessThanOrEqual(3 * 41);
});

test.each([true, false])('the simulated cluster, streamed lists: %s', (watchList) => {
  const clock = createManualClock();
  const server = createApiServer({ clock, random: createKeyedRandom(2), log: silentLog });
  let hiccup = false;
  const { seen, reflector } = follow(
    (request, reply) => {
      if (hiccup && request.path.startsWith(collection)) {
        reply.head(404, {});
        reply.end('404 page not found');
      } else server.handler(request, reply);
    },
    watchList,
    clock,
  );
  const crds = 'customresourcedefinitions.apiextensions.k8s.io';
  const install = (name: string): void => {
    const text = readFileSync(new URL(`../../../deploy/crds/${name}.yaml`, import.meta.url), 'utf8');
    const created = server.store.create(crds, parse(text) as StoredObject);
    expect(created.ok).toBe(true);
  };
  clock.advance(10_000);
  expect(seen).toEqual([[]]);

  // Another kind of its group and version is none of its own.
  install('kong-plugin');
  clock.advance(60_000);
  expect(seen).toEqual([[]]);

  install('kong-cluster-plugin');
  const object = {
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongClusterPlugin',
    metadata: { name: 'auth' },
    plugin: 'key-auth',
  };
  const created = server.store.create(
    'kongclusterplugins.configuration.konghq.com',
    object as unknown as StoredObject,
  );
  expect(created.ok).toBe(true);
  clock.advance(30_000);
  expect(seen).toEqual([[], auth]);

  // The collection alone disappears: what is held stays.
  hiccup = true;
  server.disconnectWatches('close');
  clock.advance(600_000);
  expect(seen.filter((names) => names.length === 0)).toHaveLength(1);
  hiccup = false;
  clock.advance(60_000);
  expect(seen.at(-1)).toEqual(auth);

  // It is really uninstalled.
  const deleted = server.store.delete(crds, '', 'kongclusterplugins.configuration.konghq.com');
  expect(deleted.ok).toBe(true);
  server.disconnectWatches('close');
  clock.advance(120_000);
  reflector.stop();
  expect(seen.at(-1)).toEqual([]);
});
