// Faults of the way of a config to a gateway: slow, cut off, delivered twice, without an answer, or so late that newer ones
// have overtaken it. In combined mode the same is done to the calls inside the process.
import type { CallFacts, Forward } from '../world/calls.ts';
import { type Fault, pick, type Stage } from './fault.ts';
import { gatewayHosts } from './hosts.ts';
import { createChance, failInstead, loseAnswer, standInTheWay } from './in-the-way.ts';

const ignored = { onHead() {}, onData() {}, onEnd() {} };

/** The fault is over when the last of what it held has arrived. */
function prolong({ record, world }: Stage, delayMs: number): void {
  record.toUs = Math.max(record.toUs, world.scheduler.nowUs + delayMs * 1000);
}

/** All that is on its way has arrived by the heal point, also what other faults have held before. */
function delayOf({ entry, plan, world }: Stage): number {
  const leftMs = plan.healMs - Math.ceil(world.scheduler.nowUs / 1000);
  return Math.max(0, Math.min(Number(entry.parameters['delayMs']), leftMs));
}

function slow(stage: Stage, { clock }: CallFacts, next: Forward): Forward {
  return (request, handler) => {
    const delayMs = delayOf(stage);
    prolong(stage, delayMs);
    let call: { cancel(): void } = clock.after(delayMs, () => {
      call = next(request, handler);
    });
    return { cancel: () => call.cancel() };
  };
}

/** Given up by the caller and delivered nevertheless, when the network gets round to it. */
function late(stage: Stage, facts: CallFacts, next: Forward): Forward {
  const { scheduler } = stage.world;
  const lane = scheduler.lane(`fault ${stage.entry.id}`);
  return (request, handler) => {
    const delayMs = delayOf(stage);
    prolong(stage, delayMs);
    scheduler.after(delayMs * 1000, () => next(request, ignored), lane);
    return failInstead(facts, 'ETIMEDOUT', 20)(request, handler);
  };
}

function twice(next: Forward): Forward {
  return (request, handler) => {
    next(request, ignored);
    return next(request, handler);
  };
}

const hows = ['slow', 'cut', 'twice', 'lost-answer', 'late', 'late'] as const;

const disturbedPush: Fault = {
  id: 'X20',
  name: 'disturbed-push',
  summary:
    'Configs reach a gateway slowly, twice, in another order or not at all, or the gateway is not heard to take them.',
  harms: ['push'],
  lastsMsMax: 8_000,
  aim(draw, shape) {
    const how = pick(hows, draw('how', 64));
    return {
      target: pick(['', ...gatewayHosts(shape)], draw('target', 64)),
      parameters: {
        how,
        // What is late must be overtaken.
        permille: how === 'late' ? 500 : pick([500, 1_000], draw('permille', 2)),
        // Also when a gateway is asked what it runs.
        questions: draw('questions', 2) === 1,
        delayMs: pick(how === 'late' ? [2_000, 4_000] : [100, 700, 3_000], draw('delay', 64)),
      },
    };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { how, permille, questions } = entry.parameters;
    const isHit = createChance(stage, Number(permille));
    return standInTheWay(world, {
      matches: (facts) =>
        facts.server !== 'api' &&
        (entry.target === '' || facts.server === entry.target) &&
        (questions === true || facts.method !== 'GET') &&
        isHit(facts),
      wrap(facts, next) {
        record.hits++;
        switch (how as (typeof hows)[number]) {
          case 'slow':
            return slow(stage, facts, next);
          case 'cut':
            // A server that gets half of a body never acts on it.
            return failInstead(facts, 'ECONNRESET', 5);
          case 'twice':
            return twice(next);
          case 'lost-answer':
            return loseAnswer(next, 'reset');
          case 'late':
            return late(stage, facts, next);
        }
      },
    });
  },
};

export const pushFaults: readonly Fault[] = [disturbedPush];
