// Active health checks, on the main thread: which target is probed when, and what the answer does to its shared word.
import { sha256Hex } from '../../base/hash.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import type { ActiveCheck, Certificate, Target, Upstream } from '../../kong/entity.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { TlsCertificate } from '../../ports/tls.ts';
import { addressText, type TargetAddress } from '../names/target-addresses.ts';
import { isHealthy, recordFailure, recordSuccess } from './health.ts';
import { type ProbeEnv, type ProbeResult, startProbe } from './probe.ts';

export interface ActiveProbesEnv extends ProbeEnv {
  readonly random: Random;
  readonly log: Log;
}

export interface ActiveProbes {
  /** The config to follow from now on; targets that stay keep their rhythm. */
  update(config: GatewayConfig): void;
  stop(): void;
}

/** One target under probing. */
interface Watch {
  upstream: Upstream;
  /** The upstream's, for https. */
  certificate: Certificate | null;
  readonly target: Target;
  /** Where it is, which of a name may be one of several places. */
  readonly address: TargetAddress;
  readonly slot: number;
  timer: Timer | null;
  probe: { cancel(): void } | null;
}

/** Kong looks for due probes this often; a shorter interval would only load the main thread. */
const intervalMsMin = 100;

/** How long until the next probe; 0: not probed in this state. */
function intervalMs(watch: Watch, words: SharedWords): number {
  const { active } = watch.upstream.healthchecks;
  const side = isHealthy(words, watch.slot) ? active.healthy : active.unhealthy;
  return side.interval === 0 ? 0 : Math.max(intervalMsMin, side.interval * 1000);
}

function record(active: ActiveCheck, words: SharedWords, slot: number, result: ProbeResult): void {
  const { healthy, unhealthy } = active;
  if (result.kind === 'connected' || (result.kind === 'health' && result.isServing))
    recordSuccess(words, slot, healthy.successes);
  else if (result.kind === 'health') recordFailure(words, slot, 'http', unhealthy.http_failures);
  else if (result.kind === 'tcp') recordFailure(words, slot, 'tcp', unhealthy.tcp_failures);
  else if (result.kind === 'timeout') recordFailure(words, slot, 'timeout', unhealthy.timeouts);
  else if (healthy.http_statuses.includes(result.status)) recordSuccess(words, slot, healthy.successes);
  else if (unhealthy.http_statuses.includes(result.status) || result.status === 0)
    recordFailure(words, slot, 'http', unhealthy.http_failures);
}

/** Its name is its content, so that a certificate which is replaced under one id is shown anew. */
function shownAs(certificate: Certificate | null): TlsCertificate | null {
  if (certificate === null) return null;
  const { cert, key } = certificate;
  return { id: sha256Hex(`${cert}\n${key}`), cert, key };
}

/** Targets whose state cannot be read yet (or is healthy and not probed) are looked at again after this long. */
const idleCheckMs = 1_000;

export function createActiveProbes(
  env: ActiveProbesEnv,
  words: SharedWords,
  slotOf: (key: string) => number | null,
  addressesOf: (target: Target) => readonly TargetAddress[],
  /** Told of a target that is healthy again. */
  recovered: (slotKey: string, slot: number) => void = () => {},
  /** As it is to be shown; null: it cannot be. */
  shown: (certificate: Certificate) => Certificate | null = (certificate) => certificate,
): ActiveProbes {
  const watches = new Map<string, Watch>();
  /** Probes that run, by upstream. */
  const running = new Map<string, number>();

  const schedule = (watch: Watch, delayMs: number): void => {
    watch.timer = env.clock.after(delayMs, () => due(watch));
  };

  const due = (watch: Watch): void => {
    watch.timer = null;
    const wait = intervalMs(watch, words);
    if (wait === 0) {
      schedule(watch, idleCheckMs);
      return;
    }
    const { id, name, host_header, healthchecks } = watch.upstream;
    const { active } = healthchecks;
    const count = running.get(id) ?? 0;
    if (count >= active.concurrency) {
      schedule(watch, 100);
      return;
    }
    running.set(id, count + 1);
    const { target } = watch.target;
    const { host, port } = watch.address;
    const hostHeader = host_header ?? target;
    watch.probe = startProbe(
      env,
      active,
      {
        host,
        port,
        hostHeader,
        clientCertificate: shownAs(watch.certificate === null ? null : shown(watch.certificate)),
      },
      (result) => {
        watch.probe = null;
        running.set(id, (running.get(id) ?? 1) - 1);
        const before = isHealthy(words, watch.slot);
        record(active, words, watch.slot, result);
        const after = isHealthy(words, watch.slot);
        if (before !== after)
          env.log.info(after ? 'target became healthy' : 'target became unhealthy', {
            upstream: name,
            target,
            address: addressText(watch.address),
          });
        if (after && !before) recovered(watch.address.slotKey, watch.slot);
        schedule(watch, intervalMs(watch, words) || idleCheckMs);
      },
    );
  };

  const drop = (key: string, watch: Watch): void => {
    watch.timer?.cancel();
    if (watch.probe !== null) {
      watch.probe.cancel();
      const { id } = watch.upstream;
      running.set(id, (running.get(id) ?? 1) - 1);
    }
    watches.delete(key);
  };

  const follow = (fresh: Watch): void => {
    const key = fresh.address.slotKey;
    const watch = watches.get(key);
    if (watch !== undefined && watch.slot === fresh.slot) {
      watch.upstream = fresh.upstream;
      watch.certificate = fresh.certificate;
      return;
    }
    if (watch !== undefined) drop(key, watch);
    watches.set(key, fresh);
    // Spread over the first interval, so that many targets are not probed at one instant.
    const first = intervalMs(fresh, words) || idleCheckMs;
    const share = env.random.uint32(`probe ${key}`) / 0x1_0000_0000;
    schedule(fresh, first * (0.5 + share / 2));
  };

  return {
    update(config) {
      const wanted = new Set<string>();
      for (const target of config.entities.targets.values()) {
        const upstream = config.entities.upstreams.get(target.upstream);
        if (upstream === undefined || target.weight === 0) continue;
        const { healthy, unhealthy } = upstream.healthchecks.active;
        if (healthy.interval === 0 && unhealthy.interval === 0) continue;
        const { client_certificate: certificateId } = upstream;
        const certificate =
          certificateId === null ? null : (config.entities.certificates.get(certificateId) ?? null);
        for (const address of addressesOf(target)) {
          const slot = slotOf(address.slotKey);
          if (slot === null) continue;
          wanted.add(address.slotKey);
          follow({ upstream, certificate, target, address, slot, timer: null, probe: null });
        }
      }
      for (const [key, watch] of watches) if (!wanted.has(key)) drop(key, watch);
      for (const id of running.keys()) if (!config.entities.upstreams.has(id)) running.delete(id);
    },
    stop() {
      for (const [key, watch] of watches) drop(key, watch);
    },
  };
}
