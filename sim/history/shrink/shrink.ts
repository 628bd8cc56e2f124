// Shrinks a failing plan, in the order in which most is won: leaps to what the violation itself speaks of, the end, requests,
// operations and faults, objects, the world and its figures, times. A smaller plan counts only if it violates the same
// property with the same signature.
import type { Plan, TimelineEntry } from '../plan.ts';
import type { FoundViolation } from '../report.ts';
import {
  applicationsOf,
  keepChosen,
  keepEntries,
  withoutObjects,
  withoutPlugins,
  withoutTls,
} from './parts.ts';
import { type Best, minimize, type Search, tryAll } from './search.ts';
import {
  cutAfter,
  inSmallWorld,
  keepKnobs,
  smallerWorlds,
  unusualKnobs,
  withPlainClients,
  withPlainRequests,
  withRoundTimes,
  withShorterFaults,
  withUniformStrategy,
  withUsualKnobs,
} from './simplify.ts';

export interface ShrinkOptions {
  /** Plans to run at most. */
  readonly runsMax: number;
  /** The property is one that must hold at all times, so the end can come soon after the violation. */
  readonly isSafety: boolean;
}

export interface Shrunk {
  readonly plan: Plan;
  readonly violation: FoundViolation;
  readonly runs: number;
}

const isRequest = (entry: TimelineEntry): boolean => entry.do === 'request';
const isOther = (entry: TimelineEntry): boolean => entry.do === 'operate' || entry.do === 'fault';
const isFault = (entry: TimelineEntry): boolean => entry.do === 'fault';

/** Promises of a scenario speak of its steps: without one of them something else is broken. */
const ofScenarios: ReadonlySet<string> = new Set(['S1', 'S2']);

/** Clients whose requests the violation names. */
function witnessClients({ timeline }: Plan, witnesses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    timeline.map((entry) => (entry.do === 'request' && witnesses.has(entry.id) ? entry.client : '')),
  );
}

/** Big cuts, the biggest first. */
function leaps(plan: Plan, violation: FoundViolation, isSafety: boolean): readonly Plan[] {
  const witnesses = new Set(violation.witnesses);
  const clients = witnessClients(plan, witnesses);
  const cut = isSafety ? cutAfter(plan, violation.atUs) : plan;
  const keeps = (requests: 'witnesses' | 'clients', operations: boolean, faults: boolean): Plan =>
    keepEntries(cut, (entry) => {
      if (entry.do === 'operate' || entry.do === 'expect') return operations;
      if (entry.do === 'fault') return faults;
      return requests === 'witnesses' ? witnesses.has(entry.id) : clients.has(entry.client);
    });
  const simple = (made: Plan): Plan => withUsualKnobs(inSmallWorld(made));
  return [
    simple(keeps('witnesses', false, false)),
    simple(keeps('witnesses', false, true)),
    simple(keeps('witnesses', true, true)),
    keeps('witnesses', true, true),
    keeps('clients', true, true),
    cut,
  ];
}

/** All steps, and only the requests that the violation names, or those of their clients. */
function fewerRequests(plan: Plan, { witnesses }: FoundViolation): readonly Plan[] {
  const named = new Set(witnesses);
  const clients = witnessClients(plan, named);
  return [
    keepEntries(plan, (entry) => entry.do !== 'request' || named.has(entry.id)),
    keepEntries(plan, (entry) => entry.do !== 'request' || clients.has(entry.client)),
  ];
}

function* shrinkTimeline(best: Best): Search<void> {
  for (const isChosen of [isRequest, isOther])
    yield* minimize(best, (plan) => plan.timeline.filter(isChosen), keepChosen(isChosen));
}

function* shrinkObjects(best: Best): Search<void> {
  yield* minimize(best, applicationsOf, (plan, kept) => {
    const ids = new Set(kept.flat().map(({ id }) => id));
    const gone = applicationsOf(plan).flat();
    return withoutObjects(plan, new Set(gone.map(({ id }) => id).filter((id) => !ids.has(id))));
  });
  yield* tryAll(best, [
    withoutPlugins(withoutTls(best.plan)),
    withoutPlugins(best.plan),
    withoutTls(best.plan),
  ]);
}

function* shrinkFigures(best: Best): Search<void> {
  yield* tryAll(best, [withUsualKnobs(inSmallWorld(best.plan)), inSmallWorld(best.plan)]);
  while (yield* tryAll(best, smallerWorlds(best.plan)));
  yield* tryAll(best, [withUniformStrategy(best.plan)]);
  yield* minimize(best, unusualKnobs, keepKnobs);
  yield* tryAll(best, [withPlainRequests(withPlainClients(best.plan))]);
  yield* tryAll(best, [withPlainClients(best.plan)]);
  yield* tryAll(best, [withPlainRequests(best.plan)]);
  for (let tries = 0; tries < 3 && (yield* tryAll(best, [withShorterFaults(best.plan)])); tries++);
  yield* tryAll(best, [
    withRoundTimes(best.plan, 1_000),
    withRoundTimes(best.plan, 100),
    withRoundTimes(best.plan, 10),
  ]);
}

/** `violation` is how `plan` fails. The generator's value is the smallest plan found within the budget. */
export function* shrink(plan: Plan, violation: FoundViolation, options: ShrinkOptions): Search<Shrunk> {
  const best: Best = { plan, violation, runs: 0, runsMax: options.runsMax, rejected: new Set() };
  if (ofScenarios.has(violation.property)) {
    yield* tryAll(best, fewerRequests(plan, violation));
    for (const isChosen of [isFault, isRequest])
      yield* minimize(best, (from) => from.timeline.filter(isChosen), keepChosen(isChosen));
    return { plan: best.plan, violation: best.violation, runs: best.runs };
  }
  yield* tryAll(best, leaps(plan, violation, options.isSafety));
  yield* shrinkTimeline(best);
  yield* shrinkObjects(best);
  yield* shrinkFigures(best);
  // What the figures made superfluous.
  yield* shrinkTimeline(best);
  return { plan: best.plan, violation: best.violation, runs: best.runs };
}
