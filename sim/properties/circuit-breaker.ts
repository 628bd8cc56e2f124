// P71: where a policy has a threshold and no more of the pods than it says are well, nobody is asked.
import type { Property, Violation } from './property.ts';
import { allSeen, fallenOf, hasRestarted, targetOf } from './told-failures.ts';

export const circuitBreaker: Property = {
  id: 'P71',
  name: 'the few that are left are spared',
  promise:
    'When no more of the pods are well than the threshold of their policy says, requests are refused instead of sent to those that are left.',
  type: 'safety',
  judge(evidence, { recoverAfterUs }) {
    const all = allSeen(evidence);
    const fallen = fallenOf(all, recoverAfterUs);
    let premises = 0;
    const violations: Violation[] = [];
    for (const { receipt, term, gateway, upstream, sentUs, threshold, limit } of all) {
      if (threshold === 0) continue;
      const out = fallen.filter(
        (each) =>
          each.gateway === gateway &&
          each.upstream === upstream &&
          each.limit === limit &&
          each.outUs < sentUs &&
          each.outUntilUs > receipt.atUs &&
          !hasRestarted(evidence, gateway, each.firstFailedUs, receipt.atUs),
      );
      if (out.length === 0) continue;
      premises++;
      const { targets, upstreams } = term.config!.config.entities;
      const weights = { all: 0, well: 0 };
      for (const { target, upstream: id, weight } of targets.values()) {
        if (upstreams.get(id)?.name !== upstream) continue;
        weights.all += weight;
        if (!out.some((each) => each.target === target)) weights.well += weight;
      }
      if (weights.well * 100 > threshold * weights.all) continue;
      violations.push({
        atUs: receipt.atUs,
        message: `${term.host} sent ${receipt.nonce} to ${receipt.pod} (${targetOf(receipt)}) of ${upstream}, though ${out.map(({ pod }) => pod).join(' and ')} had failed and ${threshold} % of it must be left`,
        witnesses: [receipt.nonce, gateway],
      });
    }
    return { premises, violations };
  },
};
