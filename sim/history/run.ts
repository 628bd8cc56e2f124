// One history: builds the world of a plan, lets its timeline happen, heals, waits, and keeps what was left behind.

import type { KubeObject } from '../../src/kube/object.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { Evidence, FaultRecord } from '../evidence/evidence.ts';
import { note } from '../evidence/evidence.ts';
import { findFault } from '../faults/catalogue.ts';
import { onWrite } from '../faults/write-trigger.ts';
import type { Recorder } from '../scheduler/scheduler.ts';
import { createWorld, type World } from '../world/world.ts';
import { operate } from './operate.ts';
import type { FaultEntry, Plan, TimelineEntry } from './plan.ts';

export interface RunSurroundings {
  /** Custom resource definitions that every cluster begins with; read from files by who may read files. */
  readonly crds: readonly StoredObject[];
  /** Hears every event; only where a trace is wanted. */
  readonly recorder?: Recorder;
}

export interface History {
  readonly plan: Plan;
  readonly evidence: Evidence;
  /** 16 hex digits: equal for equal runs. */
  readonly hash: string;
  readonly events: number;
  /** Objects at the end, by resource. */
  readonly objects: ReadonlyMap<string, readonly KubeObject[]>;
  /** An exception that ended the run early, with its stack; null in a sound run. */
  readonly exception: string | null;
}

/** Observation: a request came to its end. */
const requestDone = 0x20;

function beginFault(world: World, plan: Plan, entry: FaultEntry): void {
  const fault = findFault(entry.fault);
  if (fault === null) throw new Error(`the plan names a fault that does not exist: ${entry.fault}`);
  const { scheduler, evidence } = world;
  const record: FaultRecord = {
    id: entry.id,
    fault: fault.name,
    target: entry.target,
    parameters: entry.parameters,
    fromUs: scheduler.nowUs,
    toUs: scheduler.nowUs,
    hits: 0,
  };
  evidence.faults.push(record);
  const end = fault.begin({ world, plan, entry, record, evidence });
  if (entry.untilMs <= entry.atMs) {
    end();
    return;
  }
  record.toUs = Math.max(scheduler.nowUs, entry.untilMs * 1000);
  scheduler.at(record.toUs, end, scheduler.lane(`plan ${entry.id} end`));
}

function happen(world: World, plan: Plan, entry: TimelineEntry): void {
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
      return;
    }
    case 'fault':
      if (entry.when === null) beginFault(world, plan, entry);
      else onWrite(world, entry.when, () => beginFault(world, plan, entry));
  }
}

function begin(plan: Plan, surroundings: RunSurroundings): World {
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
    scheduler.at(entry.atMs * 1000, () => happen(world, plan, entry), scheduler.lane(`plan ${entry.id}`));
  return world;
}

function objectsOf(world: World): ReadonlyMap<string, readonly KubeObject[]> {
  const resources = new Set(world.evidence.store.map(({ resource }) => resource));
  return new Map([...resources].sort().map((resource) => [resource, world.cluster.api.store.list(resource)]));
}

export function runHistory(plan: Plan, surroundings: RunSurroundings): History {
  const world = begin(plan, surroundings);
  const { scheduler, evidence } = world;
  let exception: string | null = null;
  try {
    scheduler.runUntil(plan.endMs * 1000);
  } catch (error) {
    exception = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return {
    plan,
    evidence,
    hash: scheduler.hash(),
    events: scheduler.eventCount,
    objects: objectsOf(world),
    exception,
  };
}
