// The stories that every change has to survive. Shop: traffic through scaling, a rolling update, a crash of the
// controller and of a pod. Succession: two controllers, of which the leading one crashes. The caller judges.

import type { RequestRecord } from '../evidence/evidence.ts';
import type { Receipt } from '../pod/receipts.ts';
import { shopTemplate } from './shop.ts';
import {
  crashBusyPod,
  followSlices,
  letVisitorsIn,
  openShop,
  type PodCrash,
  podsRunning,
  type Readiness,
  readyReplicas,
  runUntil,
  scaleTo,
} from './stage.ts';
import type { Visitor } from './visitor.ts';
import { createWorld, type World } from './world.ts';

export interface StoryOptions {
  readonly seed: number;
  readonly clients: number;
  readonly pauseMs: number;
  /** Called once when the world stands and before time begins. */
  readonly prepare?: (world: World) => void;
}

/** What the controllers did up to a moment, all lives and replicas that are up together. */
export interface Rounds {
  readonly translations: number;
  readonly pushes: number;
  readonly deltas: number;
}

export interface StoryOutcome {
  readonly hash: string;
  readonly events: number;
  readonly simulatedSeconds: number;
  readonly outcomes: readonly RequestRecord[];
  readonly receipts: ReadonlyMap<string, readonly Receipt[]>;
  /** null in a story without a pod crash. */
  readonly crash: PodCrash | null;
  /** What the slices said of the crashed pod from then on. */
  readonly crashSeen: readonly Readiness[];
  /** What the controllers did because of the pod crash, or in the whole story without one. */
  readonly rounds: Rounds;
  readonly podsMost: number;
  /** Pods at the end, some of which only a restarted or succeeding controller can have told the gateway of. */
  readonly podsLast: readonly string[];
  /** Who led, in order. */
  readonly leaders: readonly string[];
  /** Seconds without a leader, one for each that crashed. */
  readonly interregnaSeconds: readonly number[];
}

function roundsOf(world: World): Rounds {
  let translations = 0;
  let pushes = 0;
  let deltas = 0;
  for (const { controller } of world.controllers) {
    const state = controller()?.state();
    translations += state?.translations ?? 0;
    for (const gateway of state?.gateways ?? []) {
      pushes += gateway.pushes;
      deltas += gateway.deltas;
    }
  }
  return { translations, pushes, deltas };
}

function leaderOf(world: World): string {
  const leading = world.controllers.filter(({ controller }) => controller()?.state().leading === true);
  if (leading.length > 1) throw new Error('two controllers lead at the same time');
  return leading[0]?.host.name ?? '';
}

/** Lets what runs come to its end, and takes down what came of it. */
function finish(
  world: World,
  visitors: readonly Visitor[],
  found: Pick<StoryOutcome, 'crash' | 'crashSeen' | 'rounds' | 'podsMost' | 'leaders' | 'interregnaSeconds'>,
): StoryOutcome {
  for (const visitor of visitors) visitor.stop();
  world.runSeconds(40);
  return {
    ...found,
    hash: world.scheduler.hash(),
    events: world.scheduler.eventCount,
    simulatedSeconds: Math.floor(world.scheduler.nowUs / 1_000_000),
    outcomes: world.evidence.requests,
    receipts: world.cluster.pods.receipts(),
    podsLast: world.cluster.pods.names(),
  };
}

export function runShopStory(options: StoryOptions): StoryOutcome {
  const world = createWorld({ seed: options.seed });
  options.prepare?.(world);
  const slices = followSlices(world);
  openShop(world, 3);
  const visitors = letVisitorsIn(world, options.clients, options.pauseMs);
  world.runSeconds(10);
  scaleTo(world, 30);
  const podsMost = podsRunning(world);
  scaleTo(world, 3);
  const { store } = world.cluster.api;
  store.mergePatch('deployments.apps', 'default', 'shop', { spec: { template: shopTemplate('v2') } });
  world.runSeconds(2);
  runUntil(world, 120, () => readyReplicas(world) === 3 && podsRunning(world) === 3);
  world.runSeconds(10);
  const { host } = world.controllers[0]!;
  host.crash();
  world.scale('default', 'shop', 5);
  world.runSeconds(5);
  host.restart();
  // The lease of its former life has to run out first.
  runUntil(world, 60, () => leaderOf(world) !== '');
  world.runSeconds(10);
  const before = roundsOf(world);
  const crash = crashBusyPod(world);
  world.runSeconds(30);
  const after = roundsOf(world);
  return finish(world, visitors, {
    crash,
    crashSeen: slices.filter(({ pod, atUs }) => pod === crash.pod && atUs >= crash.atUs),
    rounds: {
      translations: after.translations - before.translations,
      pushes: after.pushes - before.pushes,
      deltas: after.deltas - before.deltas,
    },
    podsMost,
    leaders: [leaderOf(world)],
    interregnaSeconds: [],
  });
}

export function runSuccessionStory(options: StoryOptions): StoryOutcome {
  const world = createWorld({ seed: options.seed, shape: { controllers: 2 } });
  options.prepare?.(world);
  openShop(world, 3);
  const visitors = letVisitorsIn(world, options.clients, options.pauseMs);
  const leaders: string[] = [];
  const interregnaSeconds: number[] = [];
  /** The leader goes in the middle of a change, and comes back as a candidate when another has taken over. */
  const succeed = (replicas: number): void => {
    const leader = leaderOf(world);
    leaders.push(leader);
    world.runSeconds(5);
    world.scale('default', 'shop', replicas);
    const { host } = world.controllers.find((one) => one.host.name === leader)!;
    host.crash();
    const crashedUs = world.scheduler.nowUs;
    runUntil(world, 60, () => leaderOf(world) !== '');
    interregnaSeconds.push(Math.round((world.scheduler.nowUs - crashedUs) / 1_000_000));
    runUntil(world, 60, () => readyReplicas(world) === replicas && podsRunning(world) === replicas);
    world.runSeconds(5);
    // The successor began with the whole config; what changes from here on it sends as deltas.
    scaleTo(world, replicas - 1);
    host.restart();
    world.runSeconds(10);
  };
  succeed(6);
  succeed(9);
  leaders.push(leaderOf(world));
  return finish(world, visitors, {
    crash: null,
    crashSeen: [],
    rounds: roundsOf(world),
    podsMost: podsRunning(world),
    leaders,
    interregnaSeconds,
  });
}
