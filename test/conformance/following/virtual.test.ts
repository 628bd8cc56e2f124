// The same script in virtual time, over the simulated network: our reflector ends with the content of the store, and a
// second run of the same seed is the same run.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createHost } from '../../../sim/hosts/host.ts';
import { createNetwork } from '../../../sim/network/network.ts';
import { createScheduler } from '../../../sim/scheduler/scheduler.ts';
import { plainContent, storedContent } from './content.ts';
import { followWith } from './follower.ts';
import { createGate } from './gate.ts';
import { play, stateOf } from './play.ts';
import { createScript, faults, kindNames } from './script.ts';

const changes = 10_000;
const rounds = 3;
const place = { host: '10.96.0.1', port: 6443 } as const;
const definition = parse(
  readFileSync(new URL('../../../deploy/crds/kong-plugin.yaml', import.meta.url), 'utf8'),
) as StoredObject;
/** Of virtual time between two looks, and as a whole before a wait counts as in vain. */
const lookUs = 1_000;
const hangUs = 300_000_000;

function run(seed: number) {
  const scheduler = createScheduler({ seed });
  const world = { scheduler, network: createNetwork(scheduler) };
  const server = createHost(world, { name: 'api', addresses: [place.host] }).launch();
  const api = createApiServer({ clock: server.clock, random: server.random, log: server.log });
  const created = api.store.create('customresourcedefinitions.apiextensions.k8s.io', definition);
  expect(created.ok).toBe(true);
  const line = createGate(api.handler);
  server.httpServer.listen({ ...place, bodyBytesMax: 1 << 22 }, line.handler, (error) =>
    expect(error).toBe(null),
  );
  const env = createHost(world, { name: 'follower', addresses: ['10.0.0.1'] }).launch();
  const follower = followWith(env, env.httpClient(place), () => {});
  const stage = { api, followed: [{ follower, line }] };
  const playing = play(stage, createScript(seed, changes, rounds));
  let step = playing.next();
  for (; step.done !== true; step = playing.next()) {
    const { what, until } = step.value;
    const endUs = scheduler.nowUs + hangUs;
    do scheduler.runUntil(scheduler.nowUs + lookUs);
    while (!until() && scheduler.nowUs < endUs);
    if (!until()) throw new Error(`waited in vain for ${what}\n${stateOf(stage)}`);
  }
  return { api, follower, scheduler, hits: step.value[follower.name] };
}

test('our reflector ends with the content of the store in virtual time, the same way each time', () => {
  const startMs = performance.now();
  const { api, follower, scheduler, hits } = run(20_261_126);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  for (const kind of kindNames) {
    const held = plainContent(follower.content(kind), false);
    expect(Object.keys(held).length).toBeGreaterThan(20);
    expect(held, kind).toEqual(plainContent(storedContent(api.store, kind), false));
    expect(follower.relists(kind), kind).toBe(3 * rounds);
  }
  const perFault = rounds * kindNames.length;
  expect(hits).toEqual(Object.fromEntries(faults.map((fault) => [fault, perFault])));
  expect(follower.errors.get('ECONNRESET') ?? 0).toBe(2 * perFault);
  console.log(
    `in virtual time: ${changes} changes, ${3 * perFault} disconnects, ${3 * perFault} times 410, ${(scheduler.nowUs / 1e6).toFixed(1)} simulated seconds in ${seconds} s`,
  );
  expect(run(20_261_126).scheduler.hash()).toBe(scheduler.hash());
});
