// P48: the API server is not stormed. A Retry-After is obeyed, failures in a row are followed by growing pauses, and no kind
// is listed or watched more than a few times a second.
import type { ApiCall, Evidence } from '../evidence/evidence.ts';
import type { Judgement, Property, Violation } from './property.ts';
import { clockShareMin } from './reading/hosts.ts';

const secondUs = 1_000_000;
/** Attempts of a back-off that starts with a tenth of a second: at 0, 0.05, 0.15, 0.35 and 0.75 s at the earliest. */
const attemptsPerSecondMax = 8;
const backoffFirstUs = 100_000;
const backoffMaxUs = 30_000_000;

/** The collection that a list or watch is about; '' for other calls. */
function collectionOf({ method, path }: ApiCall): string {
  if (method !== 'GET' || path.includes('/leases') || path.includes('continue=')) return '';
  const mark = path.indexOf('?');
  return mark < 0 ? '' : path.slice(0, mark);
}

/** A controller that failed begins anew within the life of its process. */
function bySource({ calls, errors }: Evidence): ReadonlyMap<string, readonly ApiCall[]> {
  const found = new Map<string, ApiCall[]>();
  for (const call of calls) {
    const collection = collectionOf(call);
    if (collection === '') continue;
    const restarts = errors.filter(({ host, atUs }) => host === call.host && atUs < call.sentUs).length;
    const key = `${call.host} ${call.life}.${restarts} ${collection}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [call]);
    else known.push(call);
  }
  return found;
}

/** Refused or lost before it gave anything; a kind that is not installed has pauses of its own. */
const hasFailed = ({ status, error }: ApiCall): boolean =>
  error !== 'cancelled' && status !== 200 && (error !== '' || status >= 500 || status === 429);

function judgeCalls(key: string, calls: readonly ApiCall[]): Judgement {
  let premises = 0;
  let failures = 0;
  // A try is a list and the watch that follows it: each of the two may come as often as tries may.
  const sentUs: Readonly<Record<'list' | 'watch', number[]>> = { list: [], watch: [] };
  const violations: Violation[] = [];
  const blame = (call: ApiCall, what: string): void => {
    violations.push({ atUs: call.sentUs, message: `${key}: ${what}`, witnesses: [call.host] });
  };
  calls.forEach((call, index) => {
    const before = calls[index - 1];
    const alike = sentUs[call.path.includes('watch=true') ? 'watch' : 'list'];
    alike.push(call.sentUs);
    const recentUs = alike.at(-1 - attemptsPerSecondMax);
    if (recentUs !== undefined && call.sentUs - recentUs < secondUs)
      blame(call, `asked for ${attemptsPerSecondMax + 1} times within a second`);
    if (before === undefined || before.endUs === -1) return;
    failures = hasFailed(before) ? failures + 1 : 0;
    const waitedUs = call.sentUs - before.endUs;
    if (before.retryAfterMs > 0 && (before.status === 429 || before.status >= 500)) {
      premises++;
      if (waitedUs < before.retryAfterMs * 1000 * clockShareMin)
        blame(
          call,
          `came back after ${waitedUs / 1000} ms; the server had asked for ${before.retryAfterMs} ms`,
        );
    }
    if (failures < 2) return;
    premises++;
    const leastUs = Math.min(backoffMaxUs, backoffFirstUs * 2 ** (failures - 1)) / 2;
    if (waitedUs < leastUs * clockShareMin - 1000)
      blame(
        call,
        `waited ${waitedUs / 1000} ms after ${failures} failures in a row; at least ${leastUs / 1000} ms are due`,
      );
  });
  return { premises, violations };
}

function judgeAll(evidence: Evidence): Judgement {
  const parts = [...bySource(evidence)].map(([key, own]) => judgeCalls(key, own));
  return {
    premises: parts.reduce((sum, { premises }) => sum + premises, 0),
    violations: parts.flatMap(({ violations }) => violations),
  };
}

export const politeClient: Property = {
  id: 'P48',
  name: 'the API server is not stormed',
  promise: 'Failures of the API server are answered with growing pauses, and its wish to wait is obeyed.',
  type: 'safety',
  judge: judgeAll,
};
