// The whole loop against an API server and a gateway of a few lines, in virtual time: first push, change, idle.
import { expect, test } from 'vitest';
import { createController } from '../../../src/control/control.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import type { HttpReply } from '../../../src/ports/http.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

const ingress = (name: string, version: string) => ({
  metadata: {
    name,
    namespace: 'default',
    uid: name,
    resourceVersion: version,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    ingressClassName: 'kong',
    rules: [
      {
        host: `${name}.example`,
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
});

test('first push after all kinds are read, one push per change, nothing while idle', () => {
  const clock = virtualClock();
  const random = {
    uint32: () => 0x80000000,
    bytes: (_stream: string, length: number) => Buffer.alloc(length, 7),
  };
  let watch: HttpReply | null = null;
  const api = inProcessGateway(clock, 'api', (request, reply) => {
    const url = new URL(request.path, 'http://api');
    const isIngress = url.pathname.endsWith('/ingresses');
    if (request.method !== 'GET') {
      reply.head(201, {});
      reply.end('{}');
    } else if (url.searchParams.get('sendInitialEvents') !== null) {
      reply.head(422, {});
      reply.end('{"kind":"Status","code":422,"message":"WatchList is off"}');
    } else if (url.searchParams.get('watch') !== null) {
      reply.head(200, {});
      if (isIngress) watch = reply;
    } else {
      reply.head(200, {});
      reply.end(
        JSON.stringify({
          metadata: { resourceVersion: '10' },
          items: isIngress ? [ingress('one', '9')] : null,
        }),
      );
    }
  }).http;
  const pushes: string[] = [];
  let hash = '0'.repeat(32);
  const gateway = inProcessGateway(clock, 'gateway', (request, reply) => {
    if (request.path.startsWith('/config')) {
      pushes.push(request.body!.toString('utf8'));
      hash = 'f'.repeat(32);
    }
    reply.head(request.path.startsWith('/config') ? 201 : 200, {});
    reply.end(JSON.stringify({ version: '3.9.1', configuration_hash: hash }));
  });
  const controller = createController(
    { clock, random, log: silentLog, api, gateways: [gateway] },
    { leader: null },
  );
  controller.start();
  clock.advance(1_000);
  expect(controller.state()).toMatchObject({ synced: true, ready: true, translations: 1 });
  expect(pushes).toHaveLength(1);
  expect(pushes[0]).toContain('one.example');

  watch!.write(`${JSON.stringify({ type: 'ADDED', object: ingress('two', '11') })}\n`);
  clock.advance(1_000);
  expect(pushes).toHaveLength(2);
  expect(pushes[1]).toContain('two.example');

  const { translations } = controller.state();
  clock.advance(60_000);
  expect(controller.state().translations).toBe(translations);
  expect(pushes).toHaveLength(2);

  hash = '0'.repeat(32);
  clock.advance(10_000);
  expect(pushes).toHaveLength(3);
  controller.stop(() => {});
});
