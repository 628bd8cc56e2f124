// P61: where a policy watches answers, a gateway leaves a pod alone that has failed as often as the policy says, in all of
// its workers and under every config that still has the pod.
import type { Property, Violation } from './property.ts';
import { allSeen, fallenOf, hasRestarted } from './told-failures.ts';

export const leftAlone: Property = {
  id: 'P61',
  name: 'a failing pod is left alone',
  promise:
    'A pod that has failed as often as its policy says gets no more requests from that gateway: from none of its workers, and whatever else changes.',
  type: 'safety',
  judge(evidence, { recoverAfterUs }) {
    const fallen = fallenOf(allSeen(evidence), recoverAfterUs);
    const violations: Violation[] = [];
    for (const { gateway, pod, limit, firstFailedUs, outUs, outUntilUs, seen } of fallen)
      for (const { receipt, sentUs, limit: own } of seen) {
        if (sentUs <= outUs || receipt.atUs >= outUntilUs || own !== limit) continue;
        if (hasRestarted(evidence, gateway, firstFailedUs, receipt.atUs)) continue;
        violations.push({
          atUs: receipt.atUs,
          message: `${gateway} sent ${receipt.nonce} to ${pod}, which had failed ${limit} times for it`,
          witnesses: [receipt.nonce, gateway, `pods ${receipt.pod}`],
        });
      }
    return { premises: fallen.length, violations };
  },
};
