// What a run left behind, told in the time in which the machine let processes run: the same things in the same order, without
// the time that went by while they waited for a core. What is late only by the clock on the wall is in time there.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import type { CountPromise } from '../../../sim/evidence/promises.ts';
import type { Collected } from '../backend.ts';

/** Fields of the evidence that are moments; -1 in them is none. What else ends in Us is a length. */
const moments: ReadonlySet<string> = new Set([
  'sentUs',
  'doneUs',
  'connectedUs',
  'atUs',
  'headUs',
  'endUs',
  'heardUs',
  'wholeUs',
  'goneUs',
  'askedUs',
  'toldUs',
  'fromUs',
  'toUs',
]);

type Told = (us: number) => number;

/** A length whose moments nobody has taken down. */
const lengths: ReadonlySet<string> = new Set(['silentUsMax']);

function inTime<R extends object>(record: R, told: Told, slowness: number): R {
  const changed: Record<string, number> = {};
  for (const [name, value] of Object.entries(record))
    if (moments.has(name) && value > 0) changed[name] = told(value as number);
    else if (lengths.has(name)) changed[name] = (value as number) / slowness;
  return { ...record, ...changed };
}

const windowUs = 1_000_000;
const stepUs = 250_000;

/** How many times as slow as the clock on the wall the machine was in the slowest second of a stretch. */
export function slowestIn(fromUs: number, toUs: number, told: Told): number {
  let most = 1;
  for (let us = Math.max(0, fromUs); us + windowUs <= toUs; us += stepUs)
    most = Math.max(most, windowUs / (told(us + windowUs) - told(us)));
  return most;
}

/** What happens for a moment happens to more requests while the moment is longer, as clients do not wait. */
function allowing(promise: CountPromise, slowness: number): CountPromise {
  const isMost = promise.comparison === '<' || promise.comparison === '<=';
  return isMost ? { ...promise, value: Math.ceil(promise.value * slowness) } : promise;
}

/** When all had started stays as it was, which is later there: starting is what takes cores most. */
export function onMachineTime(collected: Collected, told: Told): Collected {
  const { evidence, plan, endUs } = collected;
  const { sometimes, ...lists } = evidence;
  const slowness = slowestIn(0, endUs, told);
  const parts = Object.entries(lists).map(([part, records]) => [
    part,
    (records as readonly object[]).map((record) => inTime(record, told, slowness)),
  ]);
  return {
    ...collected,
    evidence: { ...Object.fromEntries(parts), sometimes } as Evidence,
    plan: {
      ...plan,
      healMs: told(plan.healMs * 1000) / 1000,
      ...(plan.promises === undefined
        ? {}
        : { promises: plan.promises.map((promise) => allowing(promise, slowness)) }),
    },
    endUs: told(endUs),
  };
}
