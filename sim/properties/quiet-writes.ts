// P47: a quiet cluster is left in peace. Once nothing changes any more, nothing is written twice (renewals of the Lease
// apart): no write brings about the next.
import type { Evidence } from '../evidence/evidence.ts';
import type { Circumstances, Property } from './property.ts';
import { settledUs } from './reading/quiet.ts';
import { isLease, isSuccess, isWrite, leaseStates } from './reading/writes.ts';

/** When the last change came that was not our own writing. */
function quietSinceUs(evidence: Evidence, circumstances: Circumstances): number {
  const changes = leaseStates(evidence);
  const newLeader = changes.findLast(({ holder }, index) => holder !== changes[index - 1]?.holder);
  return Math.max(settledUs(evidence, circumstances), (newLeader?.atUs ?? 0) + circumstances.freshUs);
}

export const quietWrites: Property = {
  id: 'P47',
  name: 'a quiet cluster is not written to',
  promise: 'When nothing changes, the controller writes nothing again and again.',
  type: 'liveness',
  judge(evidence, circumstances) {
    const sinceUs = quietSinceUs(evidence, circumstances);
    if (sinceUs + circumstances.freshUs > circumstances.endUs) return { premises: 0, violations: [] };
    const counts = new Map<string, number>();
    for (const call of evidence.calls) {
      if (!isWrite(call) || isLease(call) || !isSuccess(call) || call.sentUs < sinceUs) continue;
      const key = `${call.method} ${call.path}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const violations = [...counts]
      .filter(([, count]) => count > 1)
      .map(([key, count]) => ({
        atUs: circumstances.endUs,
        message: `${key} was sent ${count} times although nothing had changed`,
        witnesses: [key],
      }));
    return { premises: 1, violations };
  },
};
