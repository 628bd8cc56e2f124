// A scenario as a plan of the simulator. Steps that wait take as long as they take, so the scenario is performed once in a
// world of its own, and everything that it did is written down with the time at which it did it. What comes out is a plan
// like any other: the run that is judged, replayed, shrunk and explained is the run of that plan.

import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { findHost } from '../../../sim/faults/hosts.ts';
import { recoverMs } from '../../../sim/history/bounds.ts';
import { beginExpectation } from '../../../sim/history/expect/expect.ts';
import { lookAtConfig } from '../../../sim/history/expect/looks.ts';
import { operate } from '../../../sim/history/operate.ts';
import { type Plan, planVersion } from '../../../sim/history/plan.ts';
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
import { createTimeline, endlessMs, type Timeline } from '../timeline.ts';

/** Nothing that a scenario does takes so long. */
const foreverMs = 24 * 3_600_000;
const longestMs = endlessMs;
const stepMs = 250;
/** Quiet that is left when everything must have recovered. */
const restMs = 5_000;

/** The plan with its times still open. */
type OpenPlan = Omit<Plan, 'timeline' | 'clients'>;

function createDriver(world: World, plan: OpenPlan, timeline: Timeline): Driver {
  const { scheduler, cluster, gateways } = world;
  const lane = scheduler.lane('scenario');
  const running: Plan = { ...plan, timeline: [], clients: [] };
  const over = (done: () => void): void => done();
  return {
    nowMs: () => scheduler.nowUs / 1000,
    after: (ms, run) => void scheduler.after(Math.round(ms * 1000), run, lane),
    read: (resource, namespace, name) =>
      cluster.api.store.get(resource, namespace === '' ? undefined : namespace, name),
    list: (resource) => cluster.api.store.list(resource),
    operate(operation, done) {
      timeline.operation(operation);
      const result = operate(cluster.api.store, operation);
      done(result.ok ? null : result.error.message);
    },
    inject(fault, lastsMs, begun) {
      const entry = timeline.fault(fault, lastsMs);
      if (lastsMs !== null) {
        happen(world, running, entry);
        begun({ end: over });
        return;
      }
      const [, end] = startFault(world, running, entry);
      begun({
        end(done) {
          timeline.ended(entry);
          end();
          done();
        },
      });
    },
    send(client, request) {
      const { entry, isNew } = timeline.request(client, request);
      if (isNew) world.addClient(client);
      happen(world, running, entry);
    },
    expect(expectation, done) {
      const entry = timeline.expectation(expectation);
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
  const world = beginHistory({ ...open, timeline: [], clients: [] }, { crds });
  const recorded = createTimeline(() => world.scheduler.nowUs);
  const driver = createDriver(world, open, recorded);
  const stage = createStage({ file, one, world: compiled, surroundings, driver, seed });
  let doneMs = -1;
  perform(stage, () => {
    doneMs = driver.nowMs();
  });
  while (doneMs < 0 && driver.nowMs() < longestMs)
    world.scheduler.runUntil(world.scheduler.nowUs + stepMs * 1000);
  if (doneMs < 0) stage.unmet = `the steps take longer than ${longestMs / 60_000} minutes`;
  const healMs = Math.ceil(doneMs < 0 ? longestMs : doneMs);
  const timeline = [...recorded.entries].sort((a, b) => a.atMs - b.atMs);
  const plan: Plan = {
    ...open,
    clients: recorded.clients,
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
