// A scenario as a plan of the simulator. Steps that wait take as long as they take, so the scenario is performed once in a
// world of its own, and everything that it did is written down with the time at which it did it. What comes out is a plan
// like any other: the run that is judged, replayed, shrunk and explained is the run of that plan.

import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { recoverMs } from '../../../sim/history/bounds.ts';
import { type Plan, planVersion } from '../../../sim/history/plan.ts';
import { beginHistory, type RunSurroundings } from '../../../sim/history/run.ts';
import { groupOf } from '../../../sim/properties/measures.ts';
import { createFold } from '../../../sim/scheduler/fold.ts';
import type { Surroundings } from '../../compile/surroundings.ts';
import { compileWorld } from '../../compile/world.ts';
import type { ScenarioCase } from '../../language/parse.ts';
import { perform } from '../perform.ts';
import { createStage } from '../stage.ts';
import { createTimeline, endlessMs } from '../timeline.ts';
import { createWorldDriver, type OpenPlan } from '../world-driver.ts';

/** Nothing that a scenario does takes so long. */
const foreverMs = 24 * 3_600_000;
const longestMs = endlessMs;
const stepMs = 250;
/** Quiet that is left when everything must have recovered. */
const restMs = 5_000;

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
  const driver = createWorldDriver(world, open, recorded);
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
