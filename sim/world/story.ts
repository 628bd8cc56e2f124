// The story that every change has to survive: traffic through scaling, a rolling update, a pod crash and a crash of the
// controller. What it answers is judged by the caller.
import type { Receipt } from '../pod/receipts.ts';
import type { RequestOutcome } from './client.ts';
import { shopClass, shopDeployment, shopIngress, shopService, shopTemplate } from './shop.ts';
import { createWorld, type World } from './world.ts';

export interface StoryOptions {
  readonly seed: number;
  readonly clients: number;
  readonly pauseMs: number;
  /** Called once when the world stands and before time begins. */
  readonly prepare?: (world: World) => void;
}

export interface StoryOutcome {
  readonly hash: string;
  readonly events: number;
  readonly simulatedSeconds: number;
  readonly outcomes: readonly RequestOutcome[];
  readonly receipts: ReadonlyMap<string, readonly Receipt[]>;
  /** Virtual microseconds between which a crashing pod may lose what it was answering. */
  readonly crash: { readonly pod: string; readonly fromUs: number; readonly toUs: number };
  readonly readyAfterUs: number;
  readonly podsMost: number;
  /** Pods at the end, some of which only a restarted controller can have told the gateway of. */
  readonly podsLast: readonly string[];
}

const crashWindowUs = 2_000_000;

function podsRunning(world: World): number {
  return world.cluster.pods.names().length;
}

/** Runs second by second until `done` or the limit; false at the limit. */
function runUntil(world: World, secondsMax: number, done: () => boolean): boolean {
  for (let second = 0; second < secondsMax; second++) {
    if (done()) return true;
    world.runSeconds(1);
  }
  return done();
}

function readyReplicas(world: World): number {
  const status = world.cluster.api.store.get('deployments.apps', 'default', 'shop')?.status;
  const { readyReplicas: ready, updatedReplicas: updated } = (status ?? {}) as Record<
    string,
    number | undefined
  >;
  return Math.min(ready ?? 0, updated ?? 0);
}

function scaleTo(world: World, replicas: number): void {
  world.scale('default', 'shop', replicas);
  runUntil(world, 120, () => readyReplicas(world) === replicas && podsRunning(world) === replicas);
  world.runSeconds(5);
}

export function runStory(options: StoryOptions): StoryOutcome {
  const world = createWorld({ seed: options.seed });
  options.prepare?.(world);
  world.apply('ingressclasses.networking.k8s.io', shopClass);
  world.apply('deployments.apps', shopDeployment(3, 'v1'));
  world.apply('services', shopService);
  world.apply('ingresses.networking.k8s.io', shopIngress);
  runUntil(world, 60, () => readyReplicas(world) === 3);
  world.runSeconds(5);
  const readyAfterUs = world.scheduler.nowUs;
  for (let index = 0; index < options.clients; index++)
    world.addClient(`client-${index}`, { pauseMs: options.pauseMs });
  world.runSeconds(10);
  scaleTo(world, 30);
  const podsMost = podsRunning(world);
  scaleTo(world, 3);
  const { store } = world.cluster.api;
  store.mergePatch('deployments.apps', 'default', 'shop', { spec: { template: shopTemplate('v2') } });
  world.runSeconds(2);
  runUntil(world, 120, () => readyReplicas(world) === 3 && podsRunning(world) === 3);
  world.runSeconds(10);
  world.controller.host.crash();
  world.scale('default', 'shop', 5);
  world.runSeconds(5);
  world.controller.host.restart();
  world.runSeconds(10);
  const pod = world.cluster.pods.names()[0]!;
  const fromUs = world.scheduler.nowUs;
  world.cluster.pods.crash(pod);
  world.runSeconds(30);
  for (const client of world.clients) client.stop();
  world.runSeconds(40);
  return {
    hash: world.scheduler.hash(),
    events: world.scheduler.eventCount,
    simulatedSeconds: Math.floor(world.scheduler.nowUs / 1_000_000),
    outcomes: world.clients.flatMap((client) => client.outcomes),
    receipts: world.cluster.pods.receipts(),
    crash: { pod, fromUs, toUs: fromUs + crashWindowUs },
    readyAfterUs,
    podsMost,
    podsLast: world.cluster.pods.names(),
  };
}
