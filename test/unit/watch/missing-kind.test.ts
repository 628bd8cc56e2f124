// A kind that the server does not know: believed only when it says so several times, since a config that begins without
// the plugins of its routes would be open.
import { expect, test } from 'vitest';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createReflector } from '../../../src/watch/reflector.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

const plugins = {
  group: 'configuration.konghq.com',
  version: 'v1',
  kind: 'KongClusterPlugin',
  plural: 'kongclusterplugins',
  namespaced: false,
  custom: true,
};

/** The first thing that the reflector hands over when the server answers 404 `missingCount` times and then lists. */
function firstReplacement(missingCount: number): readonly string[] | null {
  const clock = virtualClock();
  const random = {
    uint32: () => 0x80000000,
    bytes: (_stream: string, length: number) => Buffer.alloc(length, 7),
  };
  let missingLeft = missingCount;
  const { http: api } = inProcessGateway(clock, 'api', (request, reply) => {
    if (missingLeft > 0) {
      missingLeft--;
      reply.head(404, {});
      reply.end('{"kind":"Status","code":404,"reason":"NotFound","message":"page not found"}');
      return;
    }
    reply.head(200, {});
    if (request.path.includes('watch=true')) return;
    const item = { metadata: { name: 'auth', uid: 'u', resourceVersion: '9' } };
    reply.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items: [item] }));
  });
  let first: readonly string[] | null = null;
  const replaced = (objects: readonly KubeObject[]): void => {
    first ??= objects.map((object) => object.metadata.name);
  };
  const sink = { replaced, changed() {}, deleted() {}, progressed() {} };
  const reflector = createReflector({ api, clock, random, log: silentLog }, plugins, sink, {
    watchList: false,
  });
  reflector.start();
  clock.advance(20_000);
  reflector.stop();
  return first;
}

test.each([
  [0, ['auth']],
  [1, ['auth']],
  [2, ['auth']],
  [1000, []],
])('after %d answers of 404 the kind begins with %j', (missingCount, expected) => {
  expect(firstReplacement(missingCount)).toEqual(expected);
});
