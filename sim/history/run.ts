// One history: builds the world of a plan, lets its timeline happen, heals, waits, and keeps what was left behind.

import type { KubeObject } from '../../src/kube/object.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { Evidence, FaultRecord } from '../evidence/evidence.ts';
import { note } from '../evidence/evidence.ts';
import { findFault } from '../faults/catalogue.ts';
import { onWrite } from '../faults/write-trigger.ts';
import type { Recorder } from '../scheduler/scheduler.ts';
import { recordRemains } from '../world/remains.ts';
import { createWorld, type World } from '../world/world.ts';
import { circumstancesOf } from './circumstances.ts';
import { firstLookMs, hasConverged, lookEveryMs } from './early-end.ts';
import { beginExpectation } from './expect/expect.ts';
import { operate } from './operate.ts';
import type { FaultEntry, Plan, TimelineEntry } from './plan.ts';

export interface RunSurroundings {
  /** Custom resource definitions that every cluster begins with; read from files by who may read files. */
  readonly crds: readonly StoredObject[];
  /** Hears every event; only where a trace is wanted. */
  readonly recorder?: Recorder;
  /** Whether the run ends as soon as all is as it should be. Absent: so do most, by their seed. */
  readonly endsEarly?: boolean;
}

/** One run in so many goes on to the plan's end, so that what comes late is seen too. */
const wholeRunsEvery = 10;

export interface History {
  readonly plan: Plan;
  readonly evidence: Evidence;
  /** 16 hex digits: equal for equal runs. */
  readonly hash: string;
  readonly events: number;
  /** Virtual time at which it ended. */
  readonly endUs: number;
  /** Before the plan's end, because all was as it should be. */
  readonly endedEarly: boolean;
  /** Objects at the end, by resource. */
  readonly objects: ReadonlyMap<string, readonly KubeObject[]>;
  /** An exception that ended the run early, with its stack; null in a sound run. */
  readonly exception: string | null;
}

/** Observation: a request came to its end. */
const requestDone = 0x20;

/** Begins it whatever its times are; the call that ends it. */
export function startFault(world: World, plan: Plan, entry: FaultEntry): readonly [FaultRecord, () => void] {
  const fault = findFault(entry.fault);
  if (fault === null) throw new Error(`the plan names a fault that does not exist: ${entry.fault}`);
  const { scheduler, evidence } = world;
  const record: FaultRecord = {
    id: entry.id,
    fault: fault.name,
    harms: fault.harms,
    target: entry.target,
    parameters: entry.parameters,
    fromUs: scheduler.nowUs,
    toUs: scheduler.nowUs,
    hits: 0,
  };
  evidence.faults.push(record);
  return [record, fault.begin({ world, plan, entry, record, evidence })];
}

function beginFault(world: World, plan: Plan, entry: FaultEntry): void {
  const { scheduler } = world;
  const [record, end] = startFault(world, plan, entry);
  if (entry.untilMs <= entry.atMs) {
    end();
    return;
  }
  const lastsUs = Math.round((entry.untilMs - entry.atMs) * 1000);
  const endUs = Math.min(plan.healMs * 1000, scheduler.nowUs + lastsUs);
  record.toUs = Math.max(record.toUs, endUs);
  scheduler.at(endUs, end, scheduler.lane(`plan ${entry.id} end`));
}

/** Waits for its write until the heal point. */
function awaitTrigger(world: World, plan: Plan, entry: FaultEntry): void {
  const { scheduler } = world;
  const giveUp = onWrite(world, entry.when!, () => beginFault(world, plan, entry));
  scheduler.at(plan.healMs * 1000, giveUp, scheduler.lane(`plan ${entry.id} gives up`));
}

export function happen(world: World, plan: Plan, entry: TimelineEntry): void {
  const { store } = world.cluster.api;
  switch (entry.do) {
    case 'request': {
      const client = world.clients.find(({ name }) => name === entry.client);
      if (client === undefined)
        throw new Error(`${entry.id} names a client that the plan has not: ${entry.client}`);
      client.send(entry.id, entry.request, ({ status, doneUs }) =>
        world.scheduler.observe(requestDone, status, doneUs),
      );
      return;
    }
    case 'operate': {
      const result = operate(store, entry.operation);
      note(world.evidence, result.ok ? 'operation accepted' : `operation refused: ${result.error.reason}`);
      if (result.ok && entry.recipe !== undefined) note(world.evidence, `operation ${entry.recipe}`);
      return;
    }
    case 'expect':
      beginExpectation(world, entry, () => undefined);
      return;
    case 'fault':
      if (entry.when === null) beginFault(world, plan, entry);
      else awaitTrigger(world, plan, entry);
  }
}

/** A world as the plan begins with it, at the start of time; the timeline is set. */
export function beginHistory(plan: Plan, surroundings: RunSurroundings): World {
  const { seed, world: shape, knobs } = plan;
  const { crds, recorder } = surroundings;
  const world = createWorld({ seed, shape, knobs, crds, strategy: plan.strategy, recorder });
  const { scheduler } = world;
  for (const { resource, object } of plan.objects) {
    const result = world.cluster.api.store.create(resource, object);
    note(world.evidence, result.ok ? 'object accepted' : `object refused: ${result.error.reason}`);
  }
  for (const client of plan.clients) world.addClient(client);
  for (const entry of plan.timeline)
    scheduler.at(
      Math.round(entry.atMs * 1000),
      () => happen(world, plan, entry),
      scheduler.lane(`plan ${entry.id}`),
    );
  return world;
}

/** Everything that is in the store now, by resource. */
export function objectsOf(world: World): ReadonlyMap<string, readonly KubeObject[]> {
  const resources = new Set(world.evidence.store.map(({ resource }) => resource));
  return new Map([...resources].sort().map((resource) => [resource, world.cluster.api.store.list(resource)]));
}

/** Runs to the plan's end, or until nothing is left to wait for; says whether it was the latter. */
function runOn(plan: Plan, world: World, endsEarly: boolean): boolean {
  const { scheduler } = world;
  if (!endsEarly) {
    scheduler.runUntil(plan.endMs * 1000);
    return false;
  }
  for (let atMs = plan.healMs + firstLookMs; atMs < plan.endMs; atMs += lookEveryMs) {
    scheduler.runUntil(atMs * 1000);
    if (hasConverged(plan, world, circumstancesOf(plan, scheduler.nowUs, false, objectsOf(world))))
      return true;
  }
  scheduler.runUntil(plan.endMs * 1000);
  return false;
}

/**
 * The last world is held until the next has run: V8 drops optimised code when a hidden class or function that it relies on
 * is collected, and with a world all of its would be.
 */
const held: { world: World | null } = { world: null };

export function runHistory(plan: Plan, surroundings: RunSurroundings): History {
  const world = beginHistory(plan, surroundings);
  const { scheduler, evidence } = world;
  let exception: string | null = null;
  let endedEarly = false;
  try {
    endedEarly = runOn(plan, world, surroundings.endsEarly ?? plan.seed % wholeRunsEvery !== 0);
  } catch (error) {
    exception = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  recordRemains(world);
  held.world = world;
  return {
    plan,
    evidence,
    hash: scheduler.hash(),
    events: scheduler.eventCount,
    endUs: scheduler.nowUs,
    endedEarly,
    objects: objectsOf(world),
    exception,
  };
}
