// Our controller manager as a host, supervised as in production, with the cluster and the gateways behind the network.
import type { ControllerOptions } from '../../src/control/control.ts';
import { type SupervisedController, superviseController } from '../../src/control/supervise.ts';
import type { AdminApi } from '../../src/ports/admin-api.ts';
import { defaultReflectorLimits } from '../../src/watch/reflector-limits.ts';
import type { Knobs } from '../history/plan.ts';
import { createHost, type Host, type HostEnv } from '../hosts/host.ts';
import { createApiClient } from './api-client.ts';
import { watchCalls } from './calls.ts';
import { gatewayPlace, gatewayPorts, type Place } from './places.ts';
import { recordLife, type WorldSeams } from './seams.ts';

export interface WorldController {
  readonly host: Host;
  /** The controller of the current life; null until it started. */
  controller(): SupervisedController | null;
}

export const controllerLease = { namespace: 'default', name: 'tidegate-leader' } as const;
export const publishedAddress = '203.0.113.10';

/** Figures of the controller that worlds shrink or stretch. */
export function controllerFigures(knobs: Knobs) {
  return {
    leader: {
      leaseMs: knobs.leaseMs,
      renewDeadlineMs: knobs.renewDeadlineMs,
      retryMs: knobs.leaseRetryMs,
    },
    pace: { quietMs: knobs.paceQuietMs, pauseMs: knobs.pacePauseMs, delayMsMax: knobs.paceDelayMsMax },
    follow: {
      reflector: {
        limits: {
          pageItems: knobs.pageItems,
          idleTimeoutMs: knobs.watchIdleTimeoutMs,
          watchSecondsMin: knobs.watchSecondsMin,
          // In production a watch lives long before its silence is noticed; where that time shrinks, so must this.
          livedLongMs: Math.min(defaultReflectorLimits.livedLongMs, knobs.watchIdleTimeoutMs / 2),
        },
      },
    },
  } satisfies Partial<Record<keyof ControllerOptions, unknown>>;
}

function optionsOf(seams: WorldSeams, env: HostEnv): ControllerOptions {
  const { knobs, shape } = seams;
  const { leader, pace, follow } = controllerFigures(knobs);
  return {
    // A restarted process is another candidate, as a pod with a new name would be.
    leader: { lease: controllerLease, identity: `${env.host.name}-${env.host.lives}`, ...leader },
    onlyLeaderPushes: shape.mode === 'split',
    pace,
    follow,
    tell: { publishAddresses: [publishedAddress] },
    translate: { zone: knobs.gatewayZone },
  };
}

/** Starts a controller in the life of `env`; `gateways` null: those of the whole world, over the network. */
export function launchController(
  seams: WorldSeams,
  env: HostEnv,
  gateways: readonly AdminApi[] | null,
): SupervisedController {
  const { scheduler, disturbances, evidence, shape } = seams;
  const seen = (server: string, calls: typeof evidence.calls | null) => ({
    clock: env.clock,
    host: env.host.name,
    life: env.host.lives,
    server,
    disturbances,
    calls,
    pushes: evidence.pushes,
    nowUs: () => scheduler.nowUs,
    version: () => seams.version(),
    leading: () => made?.state().leading ?? false,
  });
  const overNetwork = (index: number): AdminApi => {
    const { name, address } = gatewayPlace(index);
    const http = env.httpClient({ host: address, port: gatewayPorts.admin });
    return {
      name: `http://${address}:${gatewayPorts.admin}`,
      http: watchCalls(http, seen(name, null)),
    };
  };
  let made: SupervisedController | null = null;
  const { clock, random, log } = env;
  const controller = superviseController(
    {
      clock,
      random,
      log,
      api: watchCalls(createApiClient(env, shape.apiServers), seen('api', evidence.calls)),
      gateways: gateways ?? Array.from({ length: shape.gateways }, (_, index) => overNetwork(index)),
    },
    optionsOf(seams, env),
  );
  made = controller;
  controller.start();
  return controller;
}

export function startController(seams: WorldSeams, place: Place): WorldController {
  const host = createHost(seams, {
    name: place.name,
    addresses: [place.address],
    bootUs: seams.knobs.bootMs * 1000,
  });
  let controller: SupervisedController | null = null;
  host.onExit = () => {
    controller = null;
    recordLife(seams, host, 'end');
  };
  host.start((env) => {
    recordLife(seams, host, 'start');
    controller = launchController(seams, env, null);
  });
  return { host, controller: () => controller };
}
