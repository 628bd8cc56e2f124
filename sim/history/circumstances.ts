// What properties are told of a plan beside the evidence.
import type { KubeObject } from '../../src/kube/object.ts';
import type { Circumstances } from '../properties/property.ts';
import { gatewayPorts, publicPorts } from '../world/places.ts';
import { freshMs, recoverMs } from './bounds.ts';
import type { Plan } from './plan.ts';

/** Controllers and gateways have started and know each other: processes need no time of their own in virtual time. */
const startedUs = 5_000_000;
const bootUs = 2_000_000;

function publicPortsOf(areMapped: boolean): Circumstances['publicPorts'] {
  const { http, https } = areMapped ? publicPorts : gatewayPorts;
  return { http: String(http), https: String(https) };
}

/** Of a run that ended at `endUs` with these objects in the store. */
export function circumstancesOf(
  plan: Plan,
  endUs: number,
  endedEarly: boolean,
  objects: ReadonlyMap<string, readonly KubeObject[]>,
): Circumstances {
  const { world, healMs, knobs } = plan;
  // Plans from before there was such a knob lack it.
  const ownBootUs = (knobs.bootMs ?? 0) * 1000;
  return {
    mode: world.mode,
    gateways: world.gateways,
    workers: world.workers,
    controllers: world.controllers,
    healUs: healMs * 1000,
    endUs,
    endedEarly,
    startedUs: startedUs + ownBootUs,
    bootUs: bootUs + ownBootUs,
    freshUs: freshMs(plan) * 1000,
    recoverUs: recoverMs(plan) * 1000,
    keepaliveUs: knobs.keepaliveTimeoutMs * 1000,
    // Plans from before there was such a knob lack it.
    recoverAfterUs: (knobs.recoverAfterMs ?? 0) * 1000,
    leaseUs: knobs.leaseMs * 1000,
    leaseRetryUs: knobs.leaseRetryMs * 1000,
    renewDeadlineUs: knobs.renewDeadlineMs * 1000,
    watchIdleUs: knobs.watchIdleTimeoutMs * 1000,
    publicPorts: publicPortsOf(knobs.publicPorts),
    asksClients: knobs.clientCertificates,
    keepsConfig: knobs.keepsConfig === true,
    objects,
    promises: plan.promises ?? [],
  };
}
