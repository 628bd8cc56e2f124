// The backend `local`: controller and proxy as processes, sockets and kernel of this machine, the cluster and its pods in the
// process that runs the scenario.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { recoverMs } from '../../../sim/history/bounds.ts';
import { circumstancesOf } from '../../../sim/history/circumstances.ts';
import { firstLookMs, hasConverged } from '../../../sim/history/early-end.ts';
import type { Knobs, Plan } from '../../../sim/history/plan.ts';
import { planVersion } from '../../../sim/history/plan.ts';
import { objectsOf } from '../../../sim/history/run.ts';
import type { Collected, LiveBackend, LiveWorld, Recorded } from '../backend.ts';
import { isRolled } from '../conditions.ts';
import type { Driver } from '../driver.ts';
import { createTimeline, type Timeline } from '../timeline.ts';
import { createWorldDriver, type OpenPlan } from '../world-driver.ts';
import { NotHere } from './absent.ts';
import { localCapabilities } from './capabilities.ts';
import type { ObserverStart } from './observer/records.ts';
import { type LocalWorld, openLocalWorld } from './world.ts';

const parts: readonly (keyof Evidence)[] = [
  'requests',
  'receipts',
  'store',
  'calls',
  'pushes',
  'configs',
  'swaps',
  'listens',
  'readiness',
  'errors',
  'lives',
  'dials',
  'accepts',
  'faults',
  'expectations',
  'names',
  'remains',
  'sometimes',
];

export const localRecords: Recorded = new Set(parts);

/** What a property needs that nobody can see from outside. */
export const localLeavesOut: ReadonlyMap<string, string> = new Map([
  ['P19', 'bytes that a process holds back'],
]);

/**
 * How late a hop may be on a busy machine, where processes wait for their turn, and work takes time in proportion to what there
 * is. Bounds are made of it, as they are of the latency of links in virtual time.
 */
const hopUs = 50_000;
const hopUsPerObject = 200;

/** The figures that bounds are made of. */
function boundKnobs(knobs: Knobs, objects: number): Knobs {
  return { ...knobs, linkLatencyUs: hopUs + hopUsPerObject * objects, linkJitterUs: 0 };
}

/** Where processes take longer to start than they do in virtual time, nothing is expected of them before. */
const startedUsLeast = 5_000_000;
const bootUs = 8_000_000;

/** Every gateway has been ready once; where one never was, that is not excused by its start. */
function startedUsOf({ evidence, gateways }: LocalWorld): number {
  const firstUs = gateways.map(
    ({ host }) =>
      evidence.readiness.find(({ gateway, reason }) => gateway === host.name && reason === '')?.atUs ?? 0,
  );
  return Math.max(startedUsLeast, ...firstUs);
}

const foreverMs = 24 * 3_600_000;
const lookEveryMs = 250;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until all is as it should be, or had to be, or nobody has the patience; true: it is. */
async function settle(
  world: LocalWorld,
  plan: Plan,
  signal: AbortSignal,
  patienceMs: number,
): Promise<boolean> {
  const healUs = world.machineUs(plan.healMs * 1000);
  const patienceUs = Math.min(patienceMs, recoverMs(plan)) * 1000;
  await pause(firstLookMs);
  // Who waits for a sign of life of a watch need not wait for the server's next minute.
  for (const { front } of world.cluster.apiServers) front()?.bookmarkWatches();
  for (;;) {
    world.read();
    const { nowUs } = world.scheduler;
    if (hasConverged(plan, world, circumstancesOf(plan, nowUs, false, objectsOf(world)))) return true;
    const isOver = world.machineUs(nowUs) - healUs >= patienceUs;
    if (isOver || world.failure() !== '' || signal.aborted) return false;
    await pause(lookEveryMs);
  }
}

/** The plan with bounds as wide as real time needs them, when there are so many objects. */
export function boundedPlan(plan: Plan, world: LocalWorld): Plan {
  const objects = Math.max(...[...objectsOf(world).values()].map((all) => all.length));
  const knobs = boundKnobs(plan.knobs, objects);
  return { ...plan, knobs, endMs: plan.healMs + recoverMs({ knobs, strategy: plan.strategy }) };
}

const lookForPodsEveryMs = 50;

/**
 * In virtual time processes take so long to start that the pods of the beginning are there before. Here it is they that wait, so
 * that no machine makes several configs of its own of one beginning.
 */
function beginAfterPods(world: LocalWorld, driver: Driver, mostMs: number, done: () => void): void {
  const areUp = driver.list('deployments.apps').every((deployment) => isRolled(driver, deployment));
  if (areUp || mostMs <= 0) {
    world.begin();
    done();
    return;
  }
  driver.after(lookForPodsEveryMs, () => beginAfterPods(world, driver, mostMs - lookForPodsEveryMs, done));
}

/** What was done. */
function planOf(open: OpenPlan, timeline: Timeline, healMs: number): Plan {
  const entries = [...timeline.entries].sort((a, b) => a.atMs - b.atMs);
  return { ...open, clients: timeline.clients, timeline: entries, healMs };
}

export async function collectLocal(
  world: LocalWorld,
  plan: Plan,
  signal: AbortSignal,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<Collected> {
  const endedEarly = await settle(world, plan, signal, patienceMs);
  const failure = world.failure();
  if (failure !== '') throw new Error(failure);
  const endUs = world.scheduler.nowUs;
  world.finish();
  const { evidence } = world;
  return {
    evidence,
    plan,
    endUs,
    startedUs: startedUsOf(world),
    bootUs,
    endedEarly,
    machineUs: world.machineUs,
    objects: objectsOf(world),
  };
}

export interface LocalOptions {
  readonly crds: readonly StoredObject[];
  /** A defect of the product; null: the product as it is. */
  readonly canary: ObserverStart['edits'][number] | null;
}

export function createLocalBackend({ crds, canary }: LocalOptions): LiveBackend {
  return {
    name: 'local',
    capabilities: localCapabilities,
    records: localRecords,
    leavesOut: localLeavesOut,
    async open({ shape, knobs, objects }, { seed, promises }): Promise<LiveWorld> {
      const edits = canary === null ? [] : [canary];
      const world = await openLocalWorld({ seed, world: shape, knobs, crds, edits });
      const open: OpenPlan = {
        version: planVersion,
        seed,
        strategy: { name: 'uniform' },
        world: shape,
        knobs,
        objects,
        ...(promises === undefined ? {} : { promises }),
        healMs: foreverMs,
        endMs: foreverMs,
      };
      for (const { resource, object } of objects) world.cluster.api.store.create(resource, object);
      const timeline = createTimeline(() => world.scheduler.nowUs);
      const passedUs = (sinceUs: number): number =>
        world.machineUs(world.scheduler.nowUs) - world.machineUs(sinceUs);
      const driver = createWorldDriver(world, open, timeline, passedUs);
      return {
        driver: {
          ...driver,
          begin: (isCold, done) => beginAfterPods(world, driver, isCold ? 0 : knobs.bootMs, done),
          inject(fault, lastsMs, begun) {
            try {
              driver.inject(fault, lastsMs, begun);
            } catch (error) {
              if (!(error instanceof NotHere)) throw error;
              begun(error.message);
            }
          },
        },
        collect(signal) {
          const plan = planOf(open, timeline, Math.ceil(driver.nowMs()));
          return collectLocal(world, boundedPlan(plan, world), signal);
        },
        close: () => world.close(),
      };
    },
  };
}
