// Faults of the Kubernetes API as the controllers of a run meet it: the simulator's own where they need no more than what passes
// a gate, and two that else would ask an API server to forget.

import { failures } from '../../../sim/cluster/failure.ts';
import type { FaultRecord } from '../../../sim/evidence/evidence.ts';
import { findFault } from '../../../sim/faults/catalogue.ts';
import { nothing, type Stage } from '../../../sim/faults/fault.ts';
import { answerInstead, endWatches, standInTheWay } from '../../../sim/faults/in-the-way.ts';
import type { FaultEntry, Plan } from '../../../sim/history/plan.ts';
import type { CallFacts, Forward } from '../../../sim/world/calls.ts';
import type { World } from '../../../sim/world/world.ts';
import { goneLine, resourceOfPath } from './gated-watches.ts';

type Begin = (stage: Stage) => () => void;

/** In the stream of a watch that was opened well. */
function goneInStream({ clock }: CallFacts): Forward {
  return (_request, handler) =>
    clock.after(1, () => {
      handler.onHead(200, { 'content-type': 'application/json' });
      handler.onData(goneLine());
      handler.onEnd(null);
    });
}

const goesOn = ({ path, isWatch }: CallFacts): boolean =>
  isWatch && /[?&]resourceVersion=[1-9]/.test(path) && !path.includes('sendInitialEvents=true');

/** Each watch is told once that what it wants to go on from is forgotten; nobody really forgets. */
const watchGone: Begin = (stage) => {
  const { world, entry, record } = stage;
  const { how } = entry.parameters;
  if (how === 'open') {
    record.hits += endWatches(world, 'gone', entry.target);
    return nothing;
  }
  const told: Set<string> = new Set();
  const end = standInTheWay(world, {
    matches: (facts) =>
      goesOn(facts) &&
      (entry.target === '' || resourceOfPath(facts.path) === entry.target) &&
      !told.has(`${facts.host} ${facts.path.split('?')[0]}`),
    wrap(facts) {
      told.add(`${facts.host} ${facts.path.split('?')[0]}`);
      record.hits++;
      return how === 'event' ? goneInStream(facts) : answerInstead(facts, failures.listExpired(), {});
    },
  });
  endWatches(world, 'close', entry.target);
  return end;
};

const continueGone: Begin = ({ world, entry, record }) => {
  let left = Number(entry.parameters['times']);
  const end = standInTheWay(world, {
    matches: ({ path }) => path.includes('continue=') && left > 0,
    wrap(facts) {
      left--;
      record.hits++;
      return answerInstead(facts, failures.listExpired(), {});
    },
  });
  endWatches(world, 'gone');
  return end;
};

const own: Readonly<Record<string, Begin>> = { 'watch-gone': watchGone, 'continue-gone': continueGone };

const simulated: ReadonlySet<string> = new Set([
  'version-too-large',
  'too-many-requests',
  'api-errors',
  'lost-answer',
  'slow-answers',
  'watch-close',
  'watch-reset',
  'watch-half-open',
  'unseen-events',
  'doubled-events',
  'late-kind',
  'api-restart',
]);

export const isApiFault = (name: string): boolean => Object.hasOwn(own, name) || simulated.has(name);

/** What it returns ends it. */
export function beginApiFault(world: World, plan: Plan, entry: FaultEntry, record: FaultRecord): () => void {
  const stage: Stage = { world, plan, entry, record, evidence: world.evidence };
  return own[entry.fault]?.(stage) ?? findFault(entry.fault)!.begin(stage);
}
