// Law: whatever the server does on the way, once it behaves the reflector holds what the server holds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { HttpReply } from '../../../src/ports/http.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createReflector } from '../../../src/watch/reflector.ts';
import { virtualClock } from './virtual-clock.ts';

const kind = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true, custom: false };
const faults = [
  'none',
  'none',
  'cut',
  'gone',
  'goneInStream',
  'busy',
  'broken',
  'garbage',
  'silent',
] as const;
const step = fc.record({
  name: fc.integer({ min: 0, max: 6 }).map((number) => `é${number}`),
  remove: fc.boolean(),
  fault: fc.constantFrom(...faults),
  cutAt: fc.integer({ min: 1, max: 200 }),
  waitMs: fc.integer({ min: 0, max: 40_000 }),
});

function world(watchList: boolean) {
  const clock = virtualClock();
  const objects = new Map<string, KubeObject>();
  const log: { version: number; line: Buffer }[] = [];
  let version = 1;
  let fault: (typeof faults)[number] = 'none';
  let open: HttpReply[] = [];
  const status = (code: number) => JSON.stringify({ kind: 'Status', code, message: 'as the test wants' });
  const api = inProcessGateway(clock, 'api', (request, reply) => {
    const query = new URL(request.path, 'http://api').searchParams;
    const refusal = { gone: 410, busy: 429, broken: 500 }[fault as string];
    if (fault !== 'silent') fault = 'none';
    else {
      fault = 'none';
      return;
    }
    if (refusal !== undefined) {
      reply.head(refusal, { 'retry-after': '1' });
      reply.end(status(refusal));
    } else if (query.get('watch') === null) {
      const all = [...objects.keys()].sort();
      const from = Number(query.get('continue') ?? 0);
      const items = all.slice(from, from + 2).map((name) => objects.get(name));
      const more = from + 2 < all.length ? { continue: String(from + 2) } : {};
      reply.head(200, {});
      reply.end(JSON.stringify({ metadata: { resourceVersion: String(version), ...more }, items }));
    } else {
      reply.head(200, {});
      open.push(reply);
      if (query.get('sendInitialEvents') === 'true') {
        for (const object of objects.values()) reply.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
        const annotations = { 'k8s.io/initial-events-end': 'true' };
        const object = { metadata: { resourceVersion: String(version), annotations } };
        reply.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
        return;
      }
      const since = Number(query.get('resourceVersion'));
      for (const entry of log) if (entry.version > since) reply.write(entry.line);
    }
  }).http;
  const held = new Map<string, KubeObject>();
  const reflector = createReflector(
    { api, clock, random: { uint32: () => 0x40000000, bytes: () => Buffer.alloc(0) }, log: silentLog },
    kind,
    {
      replaced(all) {
        held.clear();
        for (const object of all) held.set(object.metadata.name, object);
      },
      changed: (object) => void held.set(object.metadata.name, object),
      deleted: (object) => void held.delete(object.metadata.name),
      progressed() {},
    },
    { watchList },
  );
  const drop = (end: (reply: HttpReply) => void): void => {
    const all = open;
    open = [];
    for (const reply of all) end(reply);
  };
  const change = ({
    name,
    remove,
    fault: next,
    cutAt,
    waitMs,
  }: typeof step extends fc.Arbitrary<infer T> ? T : never) => {
    version++;
    const before = objects.get(name);
    const object: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default', resourceVersion: String(version) },
    };
    const type = remove && before !== undefined ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
    if (type === 'DELETED') objects.delete(name);
    else objects.set(name, object);
    const line = Buffer.from(`${JSON.stringify({ type, object })}\n`);
    log.push({ version, line });
    const at = Math.min(cutAt, line.length - 1);
    for (const reply of open) reply.write(line.subarray(0, at));
    fault = next;
    if (next === 'cut') drop((reply) => reply.abort());
    else if (next === 'garbage') for (const reply of open) reply.write('}{\n');
    else if (next === 'silent') open = [];
    else {
      for (const reply of open) reply.write(line.subarray(at));
      if (next === 'goneInStream')
        drop((reply) =>
          reply.write(`${JSON.stringify({ type: 'ERROR', object: JSON.parse(status(410)) })}\n`),
        );
      else if (next !== 'none') drop((reply) => reply.end());
    }
    clock.advance(waitMs);
  };
  return { clock, objects, held, reflector, change };
}

test('ends with the content of the server', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 40 }), (watchList, steps) => {
      const { clock, objects, held, reflector, change } = world(watchList);
      reflector.start();
      for (const one of steps) change(one);
      clock.advance(300_000);
      const versions = (map: Map<string, KubeObject>) =>
        [...map].map(([name, object]) => `${name}@${object.metadata.resourceVersion}`).sort();
      expect(versions(held)).toEqual(versions(objects));
      reflector.stop();
    }),
    { numRuns: 200 },
  );
});
