// A small world of health: probes on the main thread, workers that choose and report, targets that fail and recover, configs
// that come and go, under a clock that is moved by hand. What must hold whatever happens.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Target } from '../../../src/kong/entity.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TcpClientHandler, TcpConnection } from '../../../src/ports/tcp.ts';
import { createActiveProbes } from '../../../src/proxy/balance/active.ts';
import {
  forceHealth,
  healthState,
  healthTargets,
  healthWords,
  isHealthy,
} from '../../../src/proxy/balance/health.ts';
import { createRecovery } from '../../../src/proxy/balance/recovery.ts';
import type { Compiled, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';
import { createSlotAllocator, targetSlotKey } from '../../../src/proxy/server/slots.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';
import { requestOf } from '../../unit/balance/rig.ts';
import { createKeyedRandom, createManualClock } from '../../unit/controllers/manual-clock.ts';

type Conduct = 'well' | 'failing' | 'refusing' | 'silent';
const conducts: readonly Conduct[] = ['well', 'failing', 'refusing', 'silent'];
const recoverAfterMs = 20_000;

interface Settings {
  readonly active: boolean;
  readonly passive: boolean;
  readonly threshold: number;
  readonly recovers: boolean;
}

const failures = { http_failures: 2, tcp_failures: 2, timeouts: 2 };

function configOf(lasts: readonly number[], { active, passive, threshold }: Settings): GatewayConfig {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: [{ name: 's', host: 'up', routes: [{ name: 'r', paths: ['/'] }] }],
    upstreams: [
      {
        name: 'up',
        healthchecks: {
          threshold,
          ...(active
            ? {
                active: {
                  timeout: 0.5,
                  healthy: { interval: 1, successes: 2 },
                  unhealthy: { interval: 1, ...failures },
                },
              }
            : {}),
          ...(passive ? { passive: { healthy: { successes: 1 }, unhealthy: failures } } : {}),
        },
        targets: lasts.map((last) => ({ target: `10.0.0.${last}:80` })),
      },
    ],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

function createHealthWorld(settings: Settings) {
  const clock = createManualClock();
  const conduct = new Map<string, Conduct>();
  const probed: string[] = [];
  const tcp = {
    listen() {},
    connect(host: string, _port: number, handler: TcpClientHandler): TcpConnection {
      probed.push(host);
      const how = conduct.get(host) ?? 'well';
      clock.after(1, () => (how === 'refusing' ? handler.onClose('ECONNREFUSED') : handler.onConnect()));
      return {
        write() {
          const head = Buffer.from(`HTTP/1.1 ${how === 'well' ? 200 : 500} X\r\n\r\n`);
          if (how !== 'silent') clock.after(1, () => handler.onData(head, 0, head.length, 0));
          return true;
        },
        destroy() {},
      } as unknown as TcpConnection;
    },
  };
  const tls = { listen() {}, connect: () => ({}) as TcpConnection };
  const health = new Int32Array(healthWords(16));
  const slots = createSlotAllocator(
    healthTargets(health),
    (slot) => forceHealth(health, slot, true),
    () => clock.monotonicUs() / 1000,
  );
  const slotOf = (key: string): number | null => slots.slotOf(key);
  const ownAddress = (target: Target) => addressesOf(target, () => null);
  const env = { clock, tcp, tls, random: createKeyedRandom(1), log: silentLog };
  const probes = createActiveProbes(env, health, slotOf, ownAddress);
  const recovery = settings.recovers ? createRecovery(env, health, slotOf, ownAddress, recoverAfterMs) : null;
  const workers = [0, 1].map(() =>
    createCompiler({
      env: { clock },
      endpoints: { acquire: (host, port) => ({ key: `${host}:${port}`, host, port }), release() {} },
      shared: {
        health,
        shares: new Int32Array(64),
        counters: new Int32Array(4),
        statistics: new Float64Array(4),
        routes: [],
      },
      handlers: new Map(),
    }),
  );
  let config = emptyConfig;
  const balancerOf = (tables: Compiled) => {
    const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
    tables.match(bareInput, '/', into);
    return into.route!.service!.balancer;
  };
  const isLeftOut = (host: string): boolean => {
    for (const target of config.entities.targets.values())
      if (target.target === `${host}:80`) return !isHealthy(health, slots.slotOf(targetSlotKey(target))!);
    throw new Error(`${host} is no target`);
  };
  return {
    clock,
    conduct,
    probed,
    isLeftOut,
    stateOf: (host: string) => {
      const target = [...config.entities.targets.values()].find((each) => each.target === `${host}:80`)!;
      return healthState(health, slots.slotOf(targetSlotKey(target))!);
    },
    hosts: () => [...config.entities.targets.values()].map(({ target }) => target.slice(0, -3)),
    apply(lasts: readonly number[]): void {
      const next = configOf(lasts, settings);
      const delta = diffConfigs(config, next);
      const places = { slots: slots.apply(config, delta), rows: [] };
      for (const compiler of workers) {
        const job = compiler.begin(delta, places);
        while (!job.step(1_000_000));
      }
      config = next;
      slots.settle();
      probes.update(next);
      recovery?.update(next);
    },
    /** One try through a worker: whom it met, null for nobody. */
    ask(worker: number): string | null {
      const target = balancerOf(workers[worker]!.current).pick(null, requestOf());
      if (target === null) return null;
      const { host } = target.endpoint;
      const how = conduct.get(host) ?? 'well';
      if (how === 'well') target.health?.reportStatus(200);
      else if (how === 'failing') target.health?.reportStatus(500);
      else if (how === 'refusing') target.health?.reportTcpFailure();
      else target.health?.reportTimeout();
      return host;
    },
    stop() {
      probes.stop();
      recovery?.stop();
      const { length } = probed;
      clock.advance(10_000);
      expect(probed.length).toBe(length);
    },
  };
}

type Step =
  | { readonly do: 'conduct'; readonly last: number; readonly how: Conduct }
  | { readonly do: 'ask'; readonly worker: number; readonly times: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'apply'; readonly lasts: readonly number[] };

const last = fc.integer({ min: 1, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('conduct' as const), last, how: fc.constantFrom(...conducts) }),
  fc.record({ do: fc.constant('ask' as const), worker: fc.nat(1), times: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({
    do: fc.constant('apply' as const),
    lasts: fc.uniqueArray(last, { minLength: 1, maxLength: 4 }),
  }),
);
const settings: fc.Arbitrary<Settings> = fc
  .record({
    active: fc.boolean(),
    passive: fc.boolean(),
    threshold: fc.constantFrom(0, 0, 50),
    recovers: fc.boolean(),
  })
  .filter(({ active, passive }) => active || passive);

function isOpen(world: ReturnType<typeof createHealthWorld>, threshold: number): boolean {
  const hosts = world.hosts();
  const usable = hosts.filter((host) => !world.isLeftOut(host)).length;
  return (usable / hosts.length) * 100 > threshold;
}

describe('whatever happens', () => {
  test('nobody is sent to who is left out; the breaker and nothing else refuses', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 40 }), (given, steps) => {
        const world = createHealthWorld(given);
        world.apply([1, 2, 3]);
        for (const each of steps) {
          if (each.do === 'conduct') world.conduct.set(`10.0.0.${each.last}`, each.how);
          else if (each.do === 'wait') world.clock.advance(each.ms);
          else if (each.do === 'apply') world.apply(each.lasts);
          else
            for (let i = 0; i < each.times; i++) {
              const open = isOpen(world, given.threshold);
              const leftOut = new Set(world.hosts().filter((host) => world.isLeftOut(host)));
              const met = world.ask(each.worker);
              expect(met !== null).toBe(open);
              if (met !== null) expect(leftOut.has(met)).toBe(false);
            }
        }
        world.stop();
      }),
      { numRuns: 150 },
    );
  });

  test('once all stays as it is: probes leave out who fails and bring back who is well, within their counts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const world = createHealthWorld({ active: true, passive: true, threshold: 0, recovers: false });
        world.apply([1, 2, 3, 4]);
        for (const each of steps) {
          if (each.do === 'conduct') world.conduct.set(`10.0.0.${each.last}`, each.how);
          else if (each.do === 'wait') world.clock.advance(each.ms);
          else if (each.do === 'apply') world.apply(each.lasts);
          else for (let i = 0; i < each.times; i++) world.ask(each.worker);
        }
        world.apply([1, 2, 3, 4]);
        // A probe a second, two of a kind decide, one may be under way and take half a second to be late.
        world.clock.advance(4_600);
        for (const host of world.hosts())
          expect([host, world.isLeftOut(host)]).toEqual([
            host,
            (world.conduct.get(host) ?? 'well') !== 'well',
          ]);
        world.stop();
      }),
      { numRuns: 100 },
    );
  });

  test('state stays over configs that keep a target, and those that lack it for a while', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(last, { minLength: 1 }), { maxLength: 8 }), (configs) => {
        const world = createHealthWorld({ active: false, passive: true, threshold: 0, recovers: false });
        world.apply([1, 2, 3, 4]);
        world.conduct.set('10.0.0.2', 'failing');
        for (let i = 0; i < 8; i++) world.ask(i % 2);
        expect(world.stateOf('10.0.0.2')).toBe('unhealthy');
        for (const lasts of configs) {
          world.apply(lasts);
          world.clock.advance(20_000);
        }
        world.apply([1, 2, 3, 4]);
        expect(world.hosts().filter((host) => world.isLeftOut(host))).toEqual(['10.0.0.2']);
        world.stop();
      }),
      { numRuns: 60 },
    );
  });
});

test('passive checks alone never bring a target back; with a recovery it gets another chance in its time', () => {
  for (const recovers of [false, true]) {
    const world = createHealthWorld({ active: false, passive: true, threshold: 0, recovers });
    world.apply([1, 2]);
    world.conduct.set('10.0.0.1', 'refusing');
    for (let i = 0; i < 4; i++) world.ask(0);
    expect(world.isLeftOut('10.0.0.1')).toBe(true);
    world.clock.advance(recoverAfterMs - 1_000);
    expect(world.isLeftOut('10.0.0.1')).toBe(true);
    world.clock.advance(3_000);
    expect(world.isLeftOut('10.0.0.1')).toBe(!recovers);
    // It is none the better: out again after as many failures as at first.
    for (let i = 0; i < 4; i++) world.ask(1);
    expect(world.isLeftOut('10.0.0.1')).toBe(true);
    expect(world.probed).toEqual([]);
    world.stop();
  }
});

test('however often a target leaves and comes back meanwhile, its other chance comes when it is due', () => {
  const change = fc.record({
    lasts: fc.uniqueArray(last, { minLength: 1 }),
    afterMs: fc.integer({ min: 1, max: 4_000 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      const world = createHealthWorld({ active: false, passive: true, threshold: 0, recovers: true });
      world.apply([1, 2]);
      world.conduct.set('10.0.0.1', 'refusing');
      for (let i = 0; i < 4; i++) world.ask(0);
      // It is looked at once a second.
      world.clock.advance(1_000);
      let leftMs = recoverAfterMs;
      for (const { lasts, afterMs } of changes) {
        if (afterMs >= leftMs - 1_000) break;
        world.apply(lasts);
        world.clock.advance(afterMs);
        leftMs -= afterMs;
      }
      world.apply([1, 2]);
      expect(world.isLeftOut('10.0.0.1')).toBe(true);
      world.clock.advance(leftMs + 1_000);
      expect(world.isLeftOut('10.0.0.1')).toBe(false);
      world.stop();
    }),
    { numRuns: 100 },
  );
});

test('a slot that went to another target takes nothing of who had it', () => {
  const world = createHealthWorld({ active: false, passive: true, threshold: 0, recovers: true });
  world.apply([1, 2]);
  world.conduct.set('10.0.0.1', 'refusing');
  for (let i = 0; i < 4; i++) world.ask(0);
  world.clock.advance(recoverAfterMs - 5_000);
  world.apply([2]);
  // Longer than a target that left is remembered; the change after it gives its slot away.
  world.clock.advance(301_000);
  world.apply([2]);
  world.apply([2, 3]);
  world.conduct.set('10.0.0.3', 'refusing');
  for (let i = 0; i < 4; i++) world.ask(0);
  expect(world.isLeftOut('10.0.0.3')).toBe(true);
  world.clock.advance(recoverAfterMs - 1_000);
  expect(world.isLeftOut('10.0.0.3')).toBe(true);
  world.stop();
});
