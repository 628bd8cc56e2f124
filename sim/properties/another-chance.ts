// P70: a pod that only answers to requests can show to be well is given another chance where the operator has asked for it.
import type { Property, Violation } from './property.ts';
import { isPausedDuring } from './reading/hosts.ts';
import { allSeen, fallenOf, hasRestarted } from './told-failures.ts';
import { enoughTurns, isShareOpen } from './turns.ts';

/** The gateway looks once a second, and another one may pass before it first sees that the pod is out. */
const lookUs = 2_200_000;

export const anotherChance: Property = {
  id: 'P70',
  name: 'who failed gets another chance',
  promise:
    'Where gateways are told to, a pod that was left out because it failed gets requests again after the time that they were told.',
  type: 'liveness',
  judge(evidence, { recoverAfterUs, endUs }) {
    if (recoverAfterUs === 0) return { premises: 0, violations: [] };
    const all = allSeen(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const { gateway, upstream, target, pod, firstFailedUs, outUs, seen } of fallenOf(
      all,
      recoverAfterUs,
    )) {
      const fromUs = outUs + recoverAfterUs + lookUs;
      const turns = enoughTurns(all, { gateway, upstream, target, fromUs, untilUs: endUs });
      if (turns === null || hasRestarted(evidence, gateway, firstFailedUs, turns.untilUs)) continue;
      if (isPausedDuring(evidence, gateway, firstFailedUs, turns.untilUs)) continue;
      if (!isShareOpen(evidence, turns, upstream, all, outUs)) continue;
      premises++;
      if (seen.some(({ sentUs }) => sentUs > outUs)) continue;
      violations.push({
        atUs: turns.untilUs,
        message: `${turns.worker} gave the others of ${upstream} ${turns.count} requests, and none to ${pod}, which had failed ${Math.round((fromUs - outUs) / 1e6)} s before`,
        witnesses: [gateway, `pods ${pod}`],
      });
    }
    return { premises, violations };
  },
};
