// The proxy's main thread: holds the config, hands changes to the workers one after the other, answers when all of them
// have swapped, replaces workers that end, drains. Everything it needs from the world is a parameter.
import { emptyConfig, type GatewayConfig } from '../../kong/config.ts';
import { applyDelta, type Delta, diffConfigs, isEmptyDelta } from '../../kong/delta.ts';
import type { Target } from '../../kong/entity.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Dns } from '../../ports/dns.ts';
import type { Shared, SharedMemory } from '../../ports/shared.ts';
import type { Workers } from '../../ports/workers.ts';
import { type ActiveProbesEnv, createActiveProbes } from '../balance/active.ts';
import { forceHealth, healthTargets } from '../balance/health.ts';
import { createRecovery } from '../balance/recovery.ts';
import type { NewPlaces } from '../compile/compiler.ts';
import { createNamedTargets } from '../names/named-targets.ts';
import { type NameSettings, nameSettingsDefault } from '../names/settings.ts';
import { writeConfigText } from './config-text.ts';
import type { Keeper, KeptConfig } from './kept-config.ts';
import type { MainMessage, WorkerOptions } from './protocol.ts';
import { clearRow, routeRowsDefault } from './route-counters.ts';
import { createRouteRows, type RouteRows } from './route-rows.ts';
import { createSecrets, type Environment, noEnvironment } from './secrets.ts';
import { allocateShared } from './shared-memory.ts';
import { createSlotAllocator, type SlotAllocator } from './slots.ts';
import { createSlowStart } from './slow-start.ts';
import { type ApplyMeta, noProvenance, type Provenance, provenanceOf, staleReason } from './staleness.ts';
import { readTargetHealth, type TargetHealth, writeTargetHealth } from './target-health.ts';
import { createTicketKeyring } from './ticket-keys.ts';
import { createWorkerGroup, type Member, type ServedPorts } from './worker-group.ts';

export interface ProxyEnv extends ActiveProbesEnv {
  readonly shared: Shared;
  readonly dns: Dns;
}

export interface ProxyOptions {
  readonly workers: number;
  readonly serving: Omit<WorkerOptions, 'kind' | 'index'>;
  /** An apply that some live worker has not confirmed after this long is answered with an error. */
  readonly applyTimeoutMs?: number;
  /** Upper bounds of shared memory, in 32-bit words. */
  readonly counterWords?: number;
  readonly healthSlots?: number;
  /** How long a target that nothing probes stays unhealthy; absent or 0: until it is set healthy. */
  readonly recoverAfterMs?: number;
  /** What was served before this start: goes on until somebody says what is current. */
  readonly kept?: KeptConfig | null;
  /** Is told what all workers serve. */
  readonly keeper?: Keeper;
  /** How names of targets and services are resolved. Default: as Kong, without search domains and hosts file. */
  readonly names?: NameSettings;
  /** Routes that are counted each by itself; the others are counted together. */
  readonly routeRows?: number;
  /** Where references to the vault `env` are looked up. Absent: nowhere. */
  readonly environment?: Environment;
  /** Calls `taken` when the lines are read; a worker has only so many under way. */
  readonly onAccessLines?: (lines: Uint8Array, taken: () => void) => void;
}

export type ApplyFailure = 'stale' | 'mismatch' | 'invalid' | 'timeout' | 'busy' | 'draining';

export type ApplyResult =
  | { readonly ok: true; readonly configId: string }
  | {
      readonly ok: false;
      readonly reason: ApplyFailure;
      readonly message: string;
      readonly configId: string;
    };

export interface ProxyServer {
  readonly shared: SharedMemory;
  readonly slots: SlotAllocator;
  /** Where the requests of each route are counted. */
  readonly rows: RouteRows;
  /** The config that new requests are served with, or are about to be. */
  config(): GatewayConfig;
  /** Who it came from, and what they had seen. */
  provenance(): Provenance;
  members(): readonly Member[];
  ports(): ServedPorts;
  /** '' = ready, else why not. */
  notReadyReason(): string;
  /**
   * Whether the config is one that was kept from before the start: 'waiting' while somebody may still say what is current,
   * 'serving' once it has to do.
   */
  keptState(): 'none' | 'waiting' | 'serving';
  start(done: (error: string | null, ports: ServedPorts) => void): void;
  /** A delta must start from the current config. `done` is called when every live worker serves the new one. */
  apply(change: GatewayConfig | Delta, meta: ApplyMeta, done: (result: ApplyResult) => void): void;
  /** Called after each change of the current config, on the main thread. */
  onConfig: ((config: GatewayConfig, delta: Delta) => void) | null;
  targetHealth(target: Target): TargetHealth;
  /** Of one address ('host:port') or, with '', of all. False: the target's upstream has no health checks. */
  setTargetHealth(target: Target, address: string, healthy: boolean): boolean;
  drain(deadlineMs: number, done: () => void): void;
  terminate(): void;
}

interface PendingApply {
  readonly change: GatewayConfig | Delta;
  readonly meta: ApplyMeta;
  readonly done: (result: ApplyResult) => void;
}

const applyTimeoutDefaultMs = 30_000;
const counterWordsDefault = 1 << 18;
const healthSlotsDefault = 1 << 16;
/** So long after a start somebody is expected to say what is current; then what was kept has to do. */
export const keptGraceMs = 5_000;
/** Applies that wait for their turn; more are refused. */
const queueMax = 100;

function isDelta(change: GatewayConfig | Delta): change is Delta {
  return 'upsert' in change;
}

/** No change of the config. */
function nothingOf({ id }: GatewayConfig): Delta {
  return { from: id, to: id, upsert: [], remove: [] };
}

export function createProxy(env: ProxyEnv, workers: Workers, options: ProxyOptions): ProxyServer {
  const { clock, log } = env;
  const secrets = createSecrets(options.environment ?? noEnvironment, log);
  const configMessage = (delta: Delta, fresh: NewPlaces): MainMessage => ({
    kind: 'config',
    text: writeConfigText(env.shared, secrets.resolve(current, delta), fresh),
  });
  const routeRowCount = options.routeRows ?? routeRowsDefault;
  const shared = allocateShared(env.shared, {
    workers: options.workers,
    healthSlots: options.healthSlots ?? healthSlotsDefault,
    counterWords: options.counterWords ?? counterWordsDefault,
    routeRows: routeRowCount,
  });
  const rows = createRouteRows(routeRowCount, (row) => clearRow(shared.routes, row));
  const slowStart = createSlowStart(env, shared.shares);
  const recovered = (key: string, slot: number): void => slowStart.recovered(key, slot, current);
  const slots = createSlotAllocator(
    healthTargets(shared.health),
    (slot) => {
      forceHealth(shared.health, slot, true);
      slowStart.clear(slot);
    },
    () => clock.monotonicUs() / 1000,
  );
  const named = createNamedTargets(env, options.names ?? nameSettingsDefault, slots, (news) => {
    slowStart.newcomers(news.slots, slots.all, current);
    group.post(configMessage(nothingOf(current), { ...news, rows: [] }));
    // What has left rests as soon as no change of the config is under way.
    if (running === null) slots.settle();
    probes.update(current);
    recovery?.update(current);
  });
  const probes = createActiveProbes(
    env,
    shared.health,
    slots.slotOf,
    named.addressesOf,
    recovered,
    (certificate) => secrets.certificate(current, certificate),
  );
  const { recoverAfterMs = 0 } = options;
  const recovery =
    recoverAfterMs === 0
      ? null
      : createRecovery(env, shared.health, slots.slotOf, named.addressesOf, recoverAfterMs, recovered);
  let current: GatewayConfig = emptyConfig;
  let provenance = noProvenance;
  let configured = false;
  /** When a kept config has to do; null: what is served was told in this life. */
  let keptUntilUs: number | null = null;
  /** A config was applied. */
  let accepted = false;
  /** And it has got to all workers, also to those that were on their way up: from then on there is always one to serve with. */
  let served = false;
  let draining = false;
  let ports: ServedPorts = { httpPort: -1, httpsPort: -1 };
  const queue: PendingApply[] = [];
  let running: (PendingApply & { readonly timer: Timer; readonly before: GatewayConfig }) | null = null;

  const servesTls = options.serving.httpsPort >= 0;
  const ticketKeyring = servesTls
    ? createTicketKeyring(env, (keys) => group.post({ kind: 'ticketKeys', keys }))
    : null;

  const group = createWorkerGroup(env, workers, shared, options.workers, options.serving, {
    firstMessage: () =>
      configMessage(diffConfigs(emptyConfig, current), {
        slots: slots.all(),
        rows: rows.all(),
        names: named.all(),
      }),
    ticketKeys: () => ticketKeyring?.current() ?? null,
    onChange: () => {
      checkApplied();
      noteServed();
    },
    onAccessLines: options.onAccessLines ?? ((_lines, taken) => taken()),
    onFailed: (error) => takeBack(error),
  });

  const finish = (result: ApplyResult): void => {
    const finished = running;
    if (finished === null) return;
    running = null;
    finished.timer.cancel();
    finished.done(result);
    clock.after(0, next);
  };

  /** A worker that listens before the first config reaches it has no routes until then. */
  const noteServed = (): void => {
    served ||=
      accepted &&
      current.id !== emptyConfig.id &&
      group.members.every(({ state, configId }) => state === 'live' && configId === current.id);
  };

  const checkApplied = (): void => {
    if (running === null) return;
    let live = 0;
    for (const { state, configId } of group.members) {
      if (state !== 'live') continue;
      if (configId !== current.id) return;
      live++;
    }
    if (live === 0) return;
    slots.settle();
    accepted = true;
    noteServed();
    if (keptUntilUs === null) options.keeper?.note(current, provenance);
    finish({ ok: true, configId: current.id });
  };

  const refuse = (pending: PendingApply, reason: ApplyFailure, message: string): void =>
    pending.done({ ok: false, reason, message, configId: current.id });

  /** The change as (config, delta), or a refusal already answered. */
  const resolve = (pending: PendingApply): { target: GatewayConfig; delta: Delta } | null => {
    const { change } = pending;
    if (!isDelta(change)) return { target: change, delta: diffConfigs(current, change) };
    if (change.from !== current.id) {
      refuse(pending, 'mismatch', `the delta starts from ${change.from}, but the config is ${current.id}`);
      return null;
    }
    const target = applyDelta(current, change);
    if (target.id !== change.to) {
      refuse(pending, 'invalid', `the delta leads to ${target.id}, but announces ${change.to}`);
      return null;
    }
    return { target, delta: change };
  };

  const change = (target: GatewayConfig, delta: Delta): void => {
    const own = slots.apply(current, delta);
    const news = named.apply(current, target, delta);
    const fresh = {
      slots: [...own, ...news.slots],
      rows: rows.apply(current, delta),
      names: news.names,
    };
    current = target;
    slowStart.newcomers(fresh.slots, slots.all, target);
    group.post(configMessage(delta, fresh));
    probes.update(target);
    recovery?.update(target);
    proxy.onConfig?.(target, delta);
  };

  /** A config that a worker cannot build must not take the gateway down: back to the one before. */
  const takeBack = (error: string): void => {
    if (running === null || running.before === current) return;
    const { before, done, timer } = running;
    // No longer under way: swaps that follow belong to the way back.
    running = null;
    timer.cancel();
    change(before, diffConfigs(current, before));
    const message = `the configuration cannot be built: ${error}`;
    done({ ok: false, reason: 'invalid', message, configId: before.id });
    clock.after(0, next);
  };

  const begin = (pending: PendingApply): void => {
    const stale = staleReason(pending.meta, provenance);
    if (draining || stale !== null) {
      if (stale !== null) refuse(pending, 'stale', stale);
      else refuse(pending, 'draining', 'Kong currently exiting');
      return;
    }
    const resolved = resolve(pending);
    if (resolved === null) return;
    const { target, delta } = resolved;
    const timer = clock.after(options.applyTimeoutMs ?? applyTimeoutDefaultMs, () => {
      log.error('a worker did not take the config in time', { configId: current.id });
      finish({
        ok: false,
        reason: 'timeout',
        message: 'Timed out while loading configuration',
        configId: current.id,
      });
    });
    running = { ...pending, timer, before: current };
    configured = true;
    keptUntilUs = target === options.kept?.config ? clock.monotonicUs() + keptGraceMs * 1000 : null;
    provenance = provenanceOf(pending.meta, provenance);
    if (!isEmptyDelta(delta)) {
      change(target, delta);
    }
    checkApplied();
  };

  const next = (): void => {
    while (running === null) {
      const pending = queue.shift();
      if (pending === undefined) return;
      begin(pending);
    }
  };

  /** Before the workers start, so that it is what they begin with. */
  const goOnWith = ({ config, meta }: KeptConfig): void => {
    log.info('going on with the configuration of before the start', { configId: config.id });
    proxy.apply(config, meta, (result) => {
      if (!result.ok)
        log.error('the configuration of before the start is not served', { error: result.message });
    });
  };

  const stopTimers = (): void => {
    draining = true;
    options.keeper?.stop();
    probes.stop();
    recovery?.stop();
    slowStart.stop();
    named.stop();
    ticketKeyring?.stop();
  };

  const health = { config: () => current, slots, words: shared.health, named, recovered };
  const proxy: ProxyServer = {
    shared,
    slots,
    rows,
    onConfig: null,
    config: () => current,
    provenance: () => provenance,
    members: () => group.members,
    ports: () => ports,
    notReadyReason() {
      if (draining) return 'draining';
      if (!configured) return 'no configuration available (empty configuration present)';
      if (proxy.keptState() === 'waiting')
        return 'the configuration is of before the start, and somebody may still say what is current';
      const live = group.members.filter(({ state }) => state === 'live');
      // Told that there is nothing to serve: that does not count for what comes next.
      if ((served || (accepted && current.id === emptyConfig.id)) && live.length > 0) return '';
      // Each of them takes connections of its own, so that one that has no routes yet answers 404.
      const built = live.filter(({ configId }) => configId === current.id).length;
      return `router builds not yet complete, router ready in ${built} of ${group.members.length} workers`;
    },
    keptState() {
      if (keptUntilUs === null) return 'none';
      return clock.monotonicUs() < keptUntilUs ? 'waiting' : 'serving';
    },
    start(done) {
      if (options.kept != null) goOnWith(options.kept);
      group.start((error, served) => {
        ports = served;
        done(error, served);
      });
    },
    apply(change, meta, done) {
      const pending = { change, meta, done };
      if (queue.length >= queueMax) {
        refuse(pending, 'busy', 'Currently loading previous configuration');
        return;
      }
      queue.push(pending);
      next();
    },
    targetHealth: (target) => readTargetHealth(health, target),
    setTargetHealth: (target, address, healthy) => writeTargetHealth(health, target, address, healthy),
    drain(deadlineMs, done) {
      stopTimers();
      group.drain(deadlineMs, done);
    },
    terminate() {
      stopTimers();
      running?.timer.cancel();
      group.terminate();
    },
  };
  return proxy;
}
