// Carries out a plan of the simulator against real processes, as time goes by.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import { happen } from '../../../sim/history/run.ts';
import type { Collected } from '../backend.ts';
import { boundedPlan, collectLocal } from './backend.ts';
import type { ObserverStart } from './observer/records.ts';
import { delayed, portablePlan } from './portable.ts';
import { type LocalWorld, openLocalWorld } from './world.ts';

export interface HostedPlan {
  readonly collected: Collected;
  readonly leftOut: readonly string[];
}

export interface HostOptions {
  readonly crds: readonly StoredObject[];
  readonly canary: ObserverStart['edits'][number] | null;
  readonly signal: AbortSignal;
}

const startWithinMs = 60_000;
const lookEveryMs = 20;
/** Some plans never come to rest; what would have to be so later is not judged then. */
const patienceMs = 20_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Until every worker listens: in virtual time processes start at once. */
async function started(world: LocalWorld, { signal }: HostOptions): Promise<void> {
  const { gateways, workers } = world.shape;
  for (;;) {
    world.read();
    if (world.evidence.listens.length >= gateways * workers || signal.aborted) return;
    if (world.failure() !== '') throw new Error(world.failure());
    if (world.scheduler.nowUs > startWithinMs * 1000)
      throw new Error(`the proxies were not up within ${startWithinMs / 1000} s`);
    await pause(lookEveryMs);
  }
}

function begin(world: LocalWorld, plan: Plan): void {
  const { scheduler, cluster } = world;
  for (const { resource, object } of plan.objects) cluster.api.store.create(resource, object);
  for (const client of plan.clients) world.addClient(client);
  for (const entry of plan.timeline)
    scheduler.at(
      Math.round(entry.atMs * 1000),
      () => happen(world, plan, entry),
      scheduler.lane(`plan ${entry.id}`),
    );
}

/** null where it was interrupted. */
export async function hostPlan(given: Plan, options: HostOptions): Promise<HostedPlan | null> {
  const { plan: portable, leftOut } = portablePlan(given);
  const { seed, world: shape, knobs } = portable;
  const { crds, canary, signal } = options;
  const edits = canary === null ? [] : [canary];
  const world = await openLocalWorld({ seed, world: shape, knobs, crds, edits });
  try {
    world.begin();
    await started(world, options);
    const plan = delayed(portable, Math.ceil(world.scheduler.nowUs / 1000));
    begin(world, plan);
    while (world.scheduler.nowUs < plan.healMs * 1000 && !signal.aborted && world.failure() === '')
      await pause(lookEveryMs);
    if (signal.aborted) return null;
    const collected = await collectLocal(world, boundedPlan(plan, world), signal, patienceMs);
    return signal.aborted ? null : { collected, leftOut };
  } finally {
    await world.close();
  }
}
