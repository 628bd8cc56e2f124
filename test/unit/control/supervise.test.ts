// One bad callback costs one life of the controller, never the gateway's config; and what a new life takes over.
import { expect, test } from 'vitest';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { ControllerOptions } from '../../../src/control/control.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import { superviseController } from '../../../src/control/supervise.ts';
import type { HttpHandler, HttpReply } from '../../../src/ports/http.ts';
import { type Log, silentLog } from '../../../src/ports/log.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

const random = {
  uint32: () => 0x80000000,
  bytes: (_stream: string, length: number) => Buffer.alloc(length, 7),
};

const ingress = (name: string, path = '/'): StoredObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 'default' },
  spec: {
    ingressClassName: 'kong',
    rules: [
      {
        host: `${name}.example`,
        http: {
          paths: [
            {
              path,
              pathType: 'ImplementationSpecific',
              backend: { service: { name: 'shop', port: { number: 80 } } },
            },
          ],
        },
      },
    ],
  },
});

const service: StoredObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
};

/** A gateway like Kong's, that may refuse a host. */
function createGateway(clock: ReturnType<typeof virtualClock>) {
  const state = {
    id: '0'.repeat(32),
    /** All that came, and the last that was taken. */
    bodies: [] as string[],
    runs: '',
    refusedHost: '',
  };
  const answer = (reply: HttpReply, status: number, body: unknown, headers = {}): void => {
    reply.head(status, headers);
    reply.end(JSON.stringify(body));
  };
  const handler: HttpHandler = (request, reply) => {
    if (request.path === '/') return answer(reply, 200, { version: '3.9.1' });
    if (request.path === '/status') return answer(reply, 200, { configuration_hash: state.id });
    const body = request.body!.toString();
    state.bodies.push(body);
    const routes =
      (JSON.parse(body) as { routes?: { id: string; name: string; hosts?: string[] }[] }).routes ?? [];
    const bad = routes.find(({ hosts }) => hosts?.includes(state.refusedHost));
    if (bad !== undefined) {
      const errors = [{ field: 'hosts', message: 'refused' }];
      const flattened = [{ entity_type: 'route', entity_id: bad.id, entity_name: bad.name, errors }];
      return answer(reply, 400, { message: 'invalid', flattened_errors: flattened });
    }
    state.id = 'f'.repeat(32);
    state.runs = body;
    answer(reply, 201, {});
  };
  return { state, api: inProcessGateway(clock, 'gateway', handler) };
}

function createWorld() {
  const clock = virtualClock();
  const server = createApiServer({ clock, random, log: silentLog });
  const put = (resource: string, object: StoredObject): void => {
    const created = server.store.create(resource, object);
    if (!created.ok) throw new Error(created.error.message);
  };
  put('services', service);
  put('ingresses.networking.k8s.io', ingress('one'));
  let hangs = false;
  const writes: string[] = [];
  const api = inProcessGateway(clock, 'api', (request, reply) => {
    if (request.method !== 'GET') {
      writes.push(`${request.method} ${request.path}`);
      if (hangs) return;
    }
    server.handler(request, reply);
  }).http;
  const gateway = createGateway(clock);
  const start = (options: Partial<ControllerOptions> = {}, log: Log = silentLog, given = gateway.api) => {
    const controller = superviseController(
      { clock, random, log, api, gateways: [given] },
      { leader: null, ...options },
    );
    controller.start();
    return controller;
  };
  const hang = (now: boolean): void => {
    hangs = now;
  };
  return { clock, server, put, gateway, start, writes, hang };
}

/** A log that throws once at a certain message: an exception wherever that is said. */
function throwingLog(at: string): Log & { readonly errors: string[] } {
  const errors: string[] = [];
  let armed = true;
  const say = (message: string): void => {
    if (!armed || !message.includes(at)) return;
    armed = false;
    throw new Error(`bad luck at ${message}`);
  };
  return { errors, debug: say, info: say, warn: say, error: (message) => void errors.push(message) };
}

test.each([
  ['in an election', 'leading'],
  ['while problems are told', 'InvalidPath'],
  ['in a push', 'gateway '],
])('an exception %s: a new life, the gateway keeps what it has', (_name, at) => {
  const { clock, put, gateway, start } = createWorld();
  const log = throwingLog(at === 'InvalidPath' ? 'cannot be served' : at);
  const lease = { namespace: 'default', name: 'lease' };
  const controller = start({ leader: { lease, identity: 'me' } }, log);
  clock.advance(2_000);
  put('ingresses.networking.k8s.io', ingress('broken', '/~['));
  clock.advance(1_000);
  gateway.state.id = '0'.repeat(32);
  clock.advance(10_000);
  put('ingresses.networking.k8s.io', ingress('later'));
  clock.advance(40_000);
  expect(controller.state()).toMatchObject({ crashes: 1, ready: true, synced: true, leading: true });
  expect(log.errors).toEqual(['the controller failed and starts again; gateways keep what they have']);
  expect(gateway.state.bodies.at(-1)).toContain('later.example');
  for (const body of gateway.state.bodies) expect(body).toContain('one.example');
  let stopped = 0;
  controller.stop(() => {
    stopped++;
  });
  clock.advance(5_000);
  expect(stopped).toBe(1);
});

test('a Lease that was deleted does not lock the next leader out', () => {
  const { clock, server, put, start } = createWorld();
  const lease = { namespace: 'default', name: 'lease' };
  const own = createOwnGateway(clock);
  const first = start({ leader: { lease, identity: 'first' }, onlyLeaderPushes: true }, silentLog, own.api);
  clock.advance(2_000);
  expect(own.state.epoch).toBe(1);
  first.stop(() => {});
  clock.advance(3_000);
  const second = start({ leader: { lease, identity: 'second' }, onlyLeaderPushes: true }, silentLog, own.api);
  clock.advance(3_000);
  put('ingresses.networking.k8s.io', ingress('two'));
  clock.advance(3_000);
  expect(own.state.epoch).toBe(2);
  second.stop(() => {});
  clock.advance(3_000);
  server.store.delete('leases.coordination.k8s.io', 'default', 'lease');
  const third = start({ leader: { lease, identity: 'third' }, onlyLeaderPushes: true }, silentLog, own.api);
  clock.advance(3_000);
  put('ingresses.networking.k8s.io', ingress('three'));
  clock.advance(10_000);
  expect(own.state.epoch).toBeGreaterThan(2);
  expect(own.state.refused).toBeGreaterThan(0);
  expect(third.state().ready).toBe(true);
  third.stop(() => {});
});

/** Like ours: whole configs only, so that the script stays short, but with epochs. */
function createOwnGateway(clock: ReturnType<typeof virtualClock>) {
  const state = { id: '0'.repeat(32), epoch: 0, refused: 0 };
  const api = inProcessGateway(clock, 'own', (request, reply) => {
    const answer = (status: number, body: unknown): void => {
      reply.head(status, {});
      reply.end(JSON.stringify(body));
    };
    if (request.path === '/') return answer(200, { version: '3.9.1', tidegate: { deltas: true } });
    if (request.path === '/status') return answer(200, { configuration_hash: state.id });
    const epoch = Number(request.headers['x-tidegate-epoch']);
    if (epoch < state.epoch) {
      state.refused++;
      return answer(409, { message: 'older epoch', epoch: state.epoch });
    }
    if (request.method === 'PATCH') return answer(412, {});
    state.epoch = epoch;
    state.id = 'e'.repeat(32);
    answer(201, {});
  });
  return { state, api };
}

test('a refused entity gets another try when its own object changes, not before', () => {
  const { clock, server, put, gateway, start } = createWorld();
  gateway.state.refusedHost = 'bad.example';
  const controller = start();
  clock.advance(1_000);
  put('ingresses.networking.k8s.io', ingress('bad'));
  clock.advance(1_000);
  const before = gateway.state.bodies.length;
  expect(gateway.state.bodies.at(-1)).toContain('bad.example');
  expect(gateway.state.runs).not.toContain('bad.example');
  expect(controller.state().problems).toHaveLength(1);
  put('ingresses.networking.k8s.io', ingress('other'));
  clock.advance(1_000);
  expect(gateway.state.runs).toContain('other.example');
  expect(gateway.state.bodies.length).toBe(before + 1);
  expect(gateway.state.runs).not.toContain('bad.example');
  gateway.state.refusedHost = '';
  const { rules } = ingress('fine').spec as { rules: unknown };
  server.store.mergePatch('ingresses.networking.k8s.io', 'default', 'bad', { spec: { rules } });
  clock.advance(1_000);
  expect(gateway.state.runs).toContain('fine.example');
  expect(controller.state().problems).toHaveLength(0);
  controller.stop(() => {});
});

test('writes that hang do not hold up the data path, and nothing happens while nothing changes', () => {
  const { clock, put, gateway, start, hang, writes } = createWorld();
  hang(true);
  const controller = start({ tell: { publishAddresses: ['10.0.0.1'] } });
  clock.advance(1_000);
  for (let i = 0; i < 20; i++) {
    put('ingresses.networking.k8s.io', ingress(`late${i}`, i % 2 === 0 ? '/~[' : '/'));
    clock.advance(200);
    expect(gateway.state.bodies.at(-1)).toContain(
      `late${i - (i % 2 === 0 ? 1 : 0)}.example`.replace('late-1', 'one'),
    );
  }
  hang(false);
  clock.advance(200_000);
  const { translations } = controller.state();
  const pushes = gateway.state.bodies.length;
  const written = writes.length;
  clock.advance(60_000);
  expect(controller.state().translations).toBe(translations);
  expect(gateway.state.bodies).toHaveLength(pushes);
  expect(writes).toHaveLength(written);
  controller.stop(() => {});
});

test('who says it again counts the Event up', () => {
  const { clock, server, put, start } = createWorld();
  put('ingresses.networking.k8s.io', ingress('broken', '/~['));
  for (let life = 1; life <= 3; life++) {
    const controller = start();
    clock.advance(5_000);
    controller.stop(() => {});
    clock.advance(1_000);
    const events = server.store.list('events').filter((event) => event['reason'] === 'InvalidPath');
    expect(events.map((event) => event['count'])).toEqual([life]);
  }
});
