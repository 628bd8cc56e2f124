// A scenario as a plan of the simulator. Steps that wait take as long as they take, so the scenario is performed once in a
// world of its own, and everything that it did is written down with the time at which it did it. What comes out is a plan
// like any other: the run that is judged, replayed, shrunk and explained is the run of that plan.

import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { findHost } from '../../../sim/faults/hosts.ts';
import { recoverMs } from '../../../sim/history/bounds.ts';
import { beginExpectation } from '../../../sim/history/expect/expect.ts';
import { lookAtConfig } from '../../../sim/history/expect/looks.ts';
import { operate } from '../../../sim/history/operate.ts';
import {
  type FaultEntry,
  type Plan,
  type PlannedClient,
  planVersion,
  type TimelineEntry,
} from '../../../sim/history/plan.ts';
import { beginHistory, happen, type RunSurroundings, startFault } from '../../../sim/history/run.ts';
import { groupOf } from '../../../sim/properties/measures.ts';
import { createFold } from '../../../sim/scheduler/fold.ts';
import type { World } from '../../../sim/world/world.ts';
import type { Surroundings } from '../../compile/surroundings.ts';
import { compileWorld } from '../../compile/world.ts';
import type { ScenarioCase } from '../../language/parse.ts';
import type { Driver } from '../driver.ts';
import { perform } from '../perform.ts';
import { createStage } from '../stage.ts';

/** Nothing that a scenario does takes so long. */
const foreverMs = 24 * 3_600_000;
const longestMs = 3_600_000;
const stepMs = 250;
/** Quiet that is left when everything must have recovered. */
const restMs = 5_000;

interface Recording {
  readonly entries: TimelineEntry[];
  readonly clients: PlannedClient[];
}

/** The plan with its times still open. */
type OpenPlan = Omit<Plan, 'timeline' | 'clients'>;

function createDriver(world: World, plan: OpenPlan, { entries, clients }: Recording): Driver {
  const { scheduler, cluster, gateways } = world;
  const lane = scheduler.lane('scenario');
  const running: Plan = { ...plan, timeline: [], clients: [] };
  const counts = { o: 0, f: 0, x: 0, r: 0 };
  let lastUs = -1;
  const idOf = (letter: keyof typeof counts): string => `${letter}${++counts[letter]}`;
  /** Now, and after whatever was written down before. */
  const stampMs = (): number => {
    lastUs = Math.max(scheduler.nowUs, lastUs + 1);
    return lastUs / 1000;
  };
  const read: Driver['read'] = (resource, namespace, name) =>
    cluster.api.store.get(resource, namespace === '' ? undefined : namespace, name);
  return {
    nowMs: () => scheduler.nowUs / 1000,
    after: (ms, run) => void scheduler.after(Math.round(ms * 1000), run, lane),
    read,
    list: (resource) => cluster.api.store.list(resource),
    operate(operation) {
      entries.push({ id: idOf('o'), atMs: stampMs(), do: 'operate', operation });
      const result = operate(cluster.api.store, operation);
      return result.ok ? null : result.error.message;
    },
    inject({ fault, target, parameters, when }, lastsMs) {
      const atMs = stampMs();
      const index = entries.length;
      const entry: FaultEntry = {
        id: idOf('f'),
        atMs,
        do: 'fault',
        fault,
        untilMs: atMs + (lastsMs ?? longestMs),
        target,
        parameters,
        when,
      };
      entries.push(entry);
      if (lastsMs !== null) {
        happen(world, running, entry);
        return { end: () => undefined };
      }
      const [, end] = startFault(world, running, entry);
      return {
        end() {
          entries[index] = { ...entry, untilMs: Math.max(atMs, scheduler.nowUs / 1000) };
          end();
        },
      };
    },
    send(client, request) {
      if (!clients.some(({ name }) => name === client.name)) {
        clients.push(client);
        world.addClient(client);
      }
      const atMs = scheduler.nowUs / 1000;
      const entry: TimelineEntry = { id: idOf('r'), atMs, do: 'request', client: client.name, request };
      entries.push(entry);
      happen(world, running, entry);
    },
    expect(expectation, done) {
      const entry = { id: idOf('x'), atMs: stampMs(), do: 'expect', ...expectation } as const;
      entries.push(entry);
      beginExpectation(world, entry, ({ met, seen }) => done(met, seen));
    },
    isProxyReady(index) {
      const gateway = gateways[index];
      return gateway?.host.alive === true && gateway.proxy()?.notReadyReason() === '';
    },
    isAlive: (host) => findHost(world, host)?.alive === true,
    isServed() {
      const { answer, seen } = lookAtConfig(world);
      return { served: answer === 'yes', seen };
    },
  };
}

export interface Rehearsed {
  readonly plan: Plan;
  /** Why the run proves nothing; '' = nothing is in the way. */
  readonly unmet: string;
  /** What this backend cannot do; '' = nothing. */
  readonly unsupported: string;
  /** What became of the requests, as `outcomesOf` tells it; the run of the plan comes to the same. */
  readonly outcomes: string;
}

/** What ended in the last moment may end a little later in another run of the same plan. */
const settledMs = 500;

/**
 * The answers to all requests of the scenario's clients that were over by then. Which of two things that happen in the same microsecond comes first
 * may differ between a rehearsal and the run of its plan, what comes of it may not.
 */
export function outcomesOf({ requests }: Evidence, untilMs: number): string {
  const fold = createFold();
  const over = requests.filter(
    ({ client, doneUs }) => groupOf(client) !== '' && doneUs >= 0 && doneUs < (untilMs - settledMs) * 1000,
  );
  for (const line of over.map(({ nonce, status }) => `${nonce} ${status}`).sort()) fold.addText(line);
  return fold.hex();
}

/** null after complaints. */
export function rehearse(
  file: string,
  one: ScenarioCase,
  seed: number,
  surroundings: Surroundings,
  { crds }: RunSurroundings,
): Rehearsed | null {
  const compiled = compileWorld(file, one, surroundings);
  if (compiled === null) return null;
  const { shape, knobs, objects } = compiled;
  const strategy = { name: 'uniform' } as const;
  const open: OpenPlan = {
    version: planVersion,
    seed,
    strategy,
    world: shape,
    knobs,
    objects,
    promises: one.promises,
    healMs: foreverMs,
    endMs: foreverMs,
  };
  const recording: Recording = { entries: [], clients: [] };
  const world = beginHistory({ ...open, timeline: [], clients: [] }, { crds });
  const driver = createDriver(world, open, recording);
  const stage = createStage({ file, one, world: compiled, surroundings, driver, seed });
  let doneMs = -1;
  perform(stage, () => {
    doneMs = driver.nowMs();
  });
  while (doneMs < 0 && driver.nowMs() < longestMs)
    world.scheduler.runUntil(world.scheduler.nowUs + stepMs * 1000);
  if (doneMs < 0) stage.unmet = `the steps take longer than ${longestMs / 60_000} minutes`;
  const healMs = Math.ceil(doneMs < 0 ? longestMs : doneMs);
  const timeline = [...recording.entries].sort((a, b) => a.atMs - b.atMs);
  const plan: Plan = {
    ...open,
    clients: recording.clients,
    timeline,
    healMs,
    endMs: healMs + recoverMs({ knobs, strategy }) + restMs,
  };
  return {
    plan,
    unmet: stage.unmet,
    unsupported: stage.unsupported,
    outcomes: outcomesOf(world.evidence, healMs),
  };
}
