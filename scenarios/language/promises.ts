// What stands under `expect`: figures that always hold, and conditions that some run has to have met.
import type { CountPromise, MeasureName } from '../../sim/evidence/promises.ts';
import { comparisons, measureNames } from '../../sim/evidence/promises.ts';
import { conditions } from '../../sim/properties/conditions.ts';
import { hint } from './nearest.ts';
import { parseDuration } from './units.ts';

/** A threshold of latency: understood everywhere, judged where time is real. */
export interface LatencyPromise {
  readonly text: string;
  readonly latency: {
    readonly percent: number;
    readonly groups: readonly string[];
    readonly belowMs: number;
  };
}

export type Promised = CountPromise | LatencyPromise;

export const isCount = (promise: Promised): promise is CountPromise => 'measure' in promise;

const latencyNames: Readonly<Record<string, number>> = { p50: 50, p90: 90, p99: 99 };
const pattern = new RegExp(`^([a-z_0-9]+)(?:\\(([^)]*)\\))?\\s*(${comparisons.join('|')})\\s*(\\S+)$`);

function argumentsOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A sentence where it cannot be read. `groups`: the names of all clients. */
export function parsePromise(text: string, groups: readonly string[]): Promised | string {
  const match = pattern.exec(text.trim());
  const known = [...measureNames, ...Object.keys(latencyNames)];
  if (match === null)
    return `'${text}' is not written as a figure, a comparison and a number, such as failed_requests == 0${hint(text.split(/[\s(]/)[0]!, known)}`;
  const [, name, given, comparison, right] = match;
  if (!known.includes(name!)) return `there is no figure '${name}'${hint(name!, known)}`;
  const words = argumentsOf(given);
  const status = name === 'answers' ? Number(words[0]) : 0;
  if (name === 'answers' && !(status >= 100 && status <= 599))
    return 'answers takes a status, such as answers(503) == 0';
  const clients = name === 'answers' ? words.slice(1) : words;
  for (const client of clients)
    if (!groups.includes(client)) return `there are no clients '${client}'${hint(client, groups)}`;
  const own = clients.length === 0 ? groups : clients;
  const percent = latencyNames[name!];
  if (percent !== undefined) {
    const belowMs = parseDuration(right);
    if (belowMs === null || comparison !== '<') return `${name} is compared as in ${name} < 300ms`;
    return { text, latency: { percent, groups: own, belowMs } };
  }
  const value = Number(right);
  if (!/^\d{1,9}$/.test(right!)) return `'${right}' is not a whole number`;
  return {
    text,
    measure: name as MeasureName,
    status,
    groups: own,
    comparison: comparison as CountPromise['comparison'],
    value,
  };
}

/** The name of a condition, or a figure with its comparison. */
export type Sometimes = { readonly text: string; readonly count: CountPromise | null };

export function parseSometimes(text: string, groups: readonly string[]): Sometimes | string {
  if (conditions.some(({ name }) => name === text)) return { text, count: null };
  if (!comparisons.some((sign) => text.includes(sign)))
    return `there is no condition '${text}'${hint(
      text,
      conditions.map(({ name }) => name),
    )}`;
  const promise = parsePromise(text, groups);
  if (typeof promise === 'string') return promise;
  return isCount(promise) ? { text, count: promise } : `'${text}' cannot be a condition`;
}
