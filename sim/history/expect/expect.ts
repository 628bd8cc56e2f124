// Looks for what an entry expects while a history runs: again and again, until it is decided, and takes down what came of it.
import type { ExpectationRecord } from '../../evidence/evidence.ts';
import type { World } from '../../world/world.ts';
import type { ExpectEntry } from '../plan.ts';
import { type Look, lookAtConfig, lookForEvent, lookForObject, type Surveyed } from './looks.ts';
import { startProbes } from './probes.ts';

/** From one look to the next. */
const lookEveryMs = 20;

/** Looks that only read; what asks the gateways has a life of its own. */
interface Lookout {
  look(): Look;
  stop(): void;
  /** Longer than said, so that what was asked at the very end is heard. */
  readonly afterMs: number;
}

function lookoutOf(world: Surveyed, { id, expectation, how }: ExpectEntry, atConfig: () => Look): Lookout {
  const stop = (): void => undefined;
  switch (expectation.kind) {
    case 'event':
      return { look: () => lookForEvent(world, expectation), stop, afterMs: 0 };
    case 'object':
      return { look: () => lookForObject(world, expectation), stop, afterMs: 0 };
    case 'config':
      return { look: atConfig, stop, afterMs: 0 };
    case 'request':
    case 'only':
      return startProbes(world, id, expectation, how);
  }
}

/** How long something has gone on: by the clock, or less where processes had to wait for the machine meanwhile. */
export type Passed = (sinceUs: number) => number;

export function beginExpectation(
  world: World,
  entry: ExpectEntry,
  done: (record: ExpectationRecord) => void,
  passedUs?: Passed,
): void {
  beginExpectationIn(world, entry, () => lookAtConfig(world), done, passedUs);
}

/** `done` is called once it is decided; everything also stands in the evidence. `atConfig`: whether all serve what is asked for. */
export function beginExpectationIn(
  world: Surveyed,
  entry: ExpectEntry,
  atConfig: () => Look,
  done: (record: ExpectationRecord) => void,
  passedUs: Passed = (sinceUs) => world.scheduler.nowUs - sinceUs,
): void {
  const { id, how, forMs, text } = entry;
  const { scheduler, evidence } = world;
  const lane = scheduler.lane(`plan ${id} looks`);
  const record: ExpectationRecord = { id, text, atUs: scheduler.nowUs, doneUs: -1, met: false, seen: '' };
  evidence.expectations.push(record);
  const lookout = lookoutOf(world, entry, atConfig);
  const budgetUs = (forMs + lookout.afterMs) * 1000;
  const decide = (met: boolean, seen: string): void => {
    lookout.stop();
    const { nowUs } = scheduler;
    Object.assign(record, { doneUs: nowUs, met, seen } satisfies Partial<ExpectationRecord>);
    const lateUs = nowUs - record.atUs - budgetUs;
    if (how === 'within' && met && lateUs > lookEveryMs * 1000) record.lateUs = lateUs;
    done(record);
  };
  const step = (): void => {
    const { answer, seen } = lookout.look();
    const isOver = passedUs(record.atUs) >= budgetUs;
    if (how === 'within') {
      if (answer === 'yes') {
        decide(true, seen);
        return;
      }
      if (isOver) {
        decide(false, seen);
        return;
      }
    } else {
      const wanted = how === 'always' ? 'yes' : 'no';
      if (answer !== 'open' && answer !== wanted) {
        decide(false, seen);
        return;
      }
      // What nobody ever answered was not kept either.
      if (isOver) {
        decide(answer === wanted, seen);
        return;
      }
    }
    scheduler.after(lookEveryMs * 1000, step, lane);
  };
  step();
}
