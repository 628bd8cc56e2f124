// Within which time things must be right: `freshMs` while nothing is in the way, `recoverMs` after all faults have ended. Both
// are derived from the product's own limits and the plan's knobs, so that a property can be exact about what is late.
import { defaultPusherLimits } from '../../src/push/pusher.ts';
import { defaultReflectorLimits } from '../../src/watch/reflector-limits.ts';
import type { Knobs, Plan } from './plan.ts';

/**
 * Hops from a change in the store to a worker's swap, at most: the watch is just being opened again (connect, request, head,
 * event: 5), a push to the gateway is under way whose answer comes first (4), then our own (connect, request: 3), the
 * message to the worker and the swap (2).
 */
const hopsMax = 14;
/** Events in a row on that way; under PCT each is put off to the grid. */
const eventsMax = 80;
/** The first step of the reflector's back-off, after a watch that ended in order. */
const reopenMs = defaultReflectorLimits.retryFirstMs;

export function freshMs({ knobs, strategy }: Pick<Plan, 'knobs' | 'strategy'>): number {
  const hopMs = (knobs.linkLatencyUs + knobs.linkJitterUs) / 1000;
  const gridMs = strategy.name === 'pct' ? strategy.gridUs / 1000 : 0;
  const waysMs = hopsMax * hopMs + eventsMax * gridMs;
  return Math.ceil(knobs.watchLagMsMax + reopenMs + knobs.paceDelayMsMax + waysMs + 100);
}

/** src/control/ownership.ts: how long a new leader lets a gateway refuse it before it takes the next epoch, and how often it tries. */
const catchUpMs = 30_000 + 3_000;
/** src/control/tell.ts: what was given up is asked for again after so long. */
const tellAgainMs = 60_000;

/** A Lease whose holder died runs out (in whole seconds), after a candidate's lost call timed out and its next attempt came. */
function electionMs({ leaseMs, leaseRetryMs, renewDeadlineMs }: Knobs): number {
  return leaseMs + 1_000 + Math.ceil(2.4 * leaseRetryMs) + renewDeadlineMs / 2;
}

/** A request that was swallowed is given up, and the longest pause of the back-off follows. */
function viewMs({ watchIdleTimeoutMs }: Knobs): number {
  const { headTimeoutMs, retryMaxMs, absentRetryMs } = defaultReflectorLimits;
  return Math.max(watchIdleTimeoutMs, headTimeoutMs) + Math.max(retryMaxMs, absentRetryMs);
}

const deliveryMs = defaultPusherLimits.timeoutMs + defaultPusherLimits.retryMaxMs;

export function recoverMs(plan: Pick<Plan, 'knobs' | 'strategy'>): number {
  const { knobs } = plan;
  const slowestMs = Math.max(electionMs(knobs), viewMs(knobs), deliveryMs, tellAgainMs);
  return slowestMs + catchUpMs + 2 * freshMs(plan);
}
