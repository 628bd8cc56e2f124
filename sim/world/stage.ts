// What every story does with a world: puts the shop up, lets clients in, scales, rolls, waits, and crashes a pod at a
// moment when it is answering.
import { shopClass, shopDeployment, shopIngress, shopService } from './shop.ts';
import { startVisitor, type Visitor } from './visitor.ts';
import type { World } from './world.ts';

export interface PodCrash {
  /** 'namespace/name' */
  readonly pod: string;
  readonly atUs: number;
  /** Nonces of the requests that the pod had taken and not answered. */
  readonly inFlight: readonly string[];
}

/** Runs second by second until `done` or the limit; false at the limit. */
export function runUntil(world: World, secondsMax: number, done: () => boolean): boolean {
  for (let second = 0; second < secondsMax; second++) {
    if (done()) return true;
    world.runSeconds(1);
  }
  return done();
}

export function podsRunning(world: World): number {
  return world.cluster.pods.names().length;
}

export function readyReplicas(world: World): number {
  const status = world.cluster.api.store.get('deployments.apps', 'default', 'shop')?.status;
  const { readyReplicas: ready, updatedReplicas: updated } = (status ?? {}) as Record<
    string,
    number | undefined
  >;
  return Math.min(ready ?? 0, updated ?? 0);
}

export function openShop(world: World, replicas: number): void {
  world.apply('ingressclasses.networking.k8s.io', shopClass);
  world.apply('deployments.apps', shopDeployment(replicas, 'v1'));
  world.apply('services', shopService);
  world.apply('ingresses.networking.k8s.io', shopIngress);
  runUntil(world, 60, () => readyReplicas(world) === replicas);
  world.runSeconds(5);
}

/** Every second client sends POST, which nobody may repeat. */
export function letVisitorsIn(world: World, count: number, pauseMs: number): readonly Visitor[] {
  return Array.from({ length: count }, (_, index) => {
    const method = index % 2 === 0 ? 'GET' : 'POST';
    return startVisitor(world, `client-${index}`, { pauseMs, method, host: 'shop.example' });
  });
}

export function scaleTo(world: World, replicas: number): void {
  world.scale('default', 'shop', replicas);
  runUntil(world, 120, () => readyReplicas(world) === replicas && podsRunning(world) === replicas);
  world.runSeconds(5);
}

const searchMsMax = 60_000;
const receiptsLookedAt = 16;

/** Pods of the shop answer after a millisecond at the soonest: what came later than that is not answered yet. */
const answerUsMin = 1_000;

/** The pod that is answering both a GET and a POST now, with the nonces of what it is answering. */
function busyPod(world: World): Omit<PodCrash, 'atUs'> | null {
  const sinceUs = world.scheduler.nowUs - answerUsMin;
  const fresh = world.evidence.receipts.slice(-receiptsLookedAt).filter(({ atUs }) => atUs > sinceUs);
  for (const pod of world.cluster.pods.names()) {
    const taken = fresh.filter((receipt) => receipt.pod === pod);
    if (!taken.some(({ method }) => method === 'GET') || !taken.some(({ method }) => method === 'POST'))
      continue;
    return { pod, inFlight: taken.map(({ nonce }) => nonce).sort() };
  }
  return null;
}

/** Crashes a pod while it answers, which hits at least one request that may be repeated and one that may not. */
export function crashBusyPod(world: World): PodCrash {
  for (let ms = 0; ms < searchMsMax; ms++) {
    const busy = busyPod(world);
    if (busy !== null) {
      world.cluster.pods.crash(busy.pod);
      return { ...busy, atUs: world.scheduler.nowUs };
    }
    world.runSeconds(0.001);
  }
  throw new Error(
    'no pod answered a GET and a POST at the same time: more clients or shorter pauses are needed',
  );
}

/** Microseconds at which the Service's slices began to say so of the pod. */
export interface Readiness {
  readonly pod: string;
  readonly ready: boolean;
  readonly atUs: number;
}

/** Follows what the EndpointSlices say of every pod. */
export function followSlices(world: World): readonly Readiness[] {
  const seen: Readiness[] = [];
  const last: Map<string, boolean> = new Map();
  world.cluster.api.store.subscribe('endpointslices.discovery.k8s.io', (_type, slice) => {
    const endpoints = (slice['endpoints'] ?? []) as readonly {
      readonly conditions: { readonly ready: boolean };
      readonly targetRef: { readonly namespace: string; readonly name: string };
    }[];
    for (const { conditions, targetRef } of endpoints) {
      const pod = `${targetRef.namespace}/${targetRef.name}`;
      if (last.get(pod) === conditions.ready) continue;
      last.set(pod, conditions.ready);
      seen.push({ pod, ready: conditions.ready, atUs: world.scheduler.nowUs });
    }
  });
  return seen;
}
