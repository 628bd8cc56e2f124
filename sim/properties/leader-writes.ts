// P41: there is one leader at a time, only it writes status and Events, each status write says which object it means, and
// once a new leader has written, the one before writes no more.

import type { Evidence } from '../evidence/evidence.ts';
import type { Judgement, Property, Violation } from './property.ts';
import { countBefore } from './reading/past.ts';
import {
  identityOf,
  isLease,
  isSuccess,
  isWrite,
  leaseStates,
  type StatusWrite,
  statusWrites,
  termAt,
} from './reading/writes.ts';

function judgeBelief({ calls }: Evidence): Judgement {
  const writes = calls.filter((call) => isWrite(call) && !isLease(call));
  const violations = writes
    .filter(({ leading }) => !leading)
    .map(({ host, sentUs, method, path }) => ({
      atUs: sentUs,
      message: `${host} sent ${method} ${path} and did not even believe that it leads`,
      witnesses: [host, path],
    }));
  return { premises: writes.length, violations };
}

/** A clock that goes too fast or too slow may keep a belief longer than the Lease allows. */
const bendsTime = 'clock-rate';

/** Calls of a controller that believes to lead while the Lease names another. */
function judgeLeaders({ calls, faults, store }: Evidence): readonly Violation[] {
  if (faults.some(({ fault }) => fault === bendsTime)) return [];
  const states = leaseStates({ store });
  return calls
    .filter(({ leading }) => leading)
    .flatMap((call) => {
      const state = states[countBefore(states, ({ atUs }) => atUs <= call.sentUs) - 1];
      if (state === undefined || state.holder === identityOf(call)) return [];
      const message = `${call.host} believes to lead, but the Lease is held by '${state.holder}'`;
      return [{ atUs: call.sentUs, message, witnesses: [call.host, state.holder] }];
    });
}

function judgePreconditions(writes: readonly StatusWrite[]): readonly Violation[] {
  return writes
    .filter(({ body }) => (body.metadata?.uid ?? '') === '')
    .map(({ call: { host, sentUs, path } }) => ({
      atUs: sentUs,
      message: `${host} wrote ${path} without saying which object it means`,
      witnesses: [host, path],
    }));
}

/** A successful write of an older term that was sent after one of a newer term was over. */
function judgeOrder(evidence: Evidence, writes: readonly StatusWrite[]): readonly Violation[] {
  const states = leaseStates(evidence);
  const terms = writes
    .filter(({ call }) => isSuccess(call))
    .map((write) => ({ ...write, term: termAt(states, identityOf(write.call), write.call.sentUs) }));
  return terms.flatMap(({ call, key, resource, term }) => {
    const newer = terms.find(
      (other) =>
        other.resource === resource &&
        other.key === key &&
        other.term > term &&
        other.call.endUs !== -1 &&
        other.call.endUs < call.sentUs,
    );
    if (term < 0 || newer === undefined) return [];
    return [
      {
        atUs: call.sentUs,
        message: `${call.host} of term ${term} wrote the status of ${resource} ${key} after ${newer.call.host} of term ${newer.term} had`,
        witnesses: [call.host, newer.call.host, `${resource} ${key}`],
      },
    ];
  });
}

export const leaderWrites: Property = {
  id: 'P41',
  name: 'only the leader writes status',
  promise:
    'Status and Events come from the controller that leads, and a former leader never overwrites the new one.',
  type: 'safety',
  judge(evidence) {
    const writes = statusWrites(evidence);
    const belief = judgeBelief(evidence);
    return {
      premises: belief.premises,
      violations: [
        ...belief.violations,
        ...judgeLeaders(evidence),
        ...judgePreconditions(writes),
        ...judgeOrder(evidence, writes),
      ],
    };
  },
};
