// P68, P69: where a policy has gateways probe, a pod that fails its probes gets no requests, and one that is well again does.
import type { Evidence } from '../evidence/evidence.ts';
import { type Probed, probedOf, type Verdict, verdictsOf } from './probes.ts';
import type { Property, Violation } from './property.ts';
import { isPausedDuring } from './reading/hosts.ts';
import { allSeen, targetOf } from './told-failures.ts';
import { enoughTurns, isShareOpen } from './turns.ts';

/** When the gateway must first have taken the pod out; undefined: it need not. */
function outOf(evidence: Evidence, probed: Probed, endUs: number): Verdict | undefined {
  return verdictsOf(evidence, probed, 'failed', endUs)[0] ?? verdictsOf(evidence, probed, 'silent', endUs)[0];
}

export const failedProbes: Property = {
  id: 'P68',
  name: 'a pod that fails its probes gets no requests',
  promise:
    'A pod that has failed as many probes of a gateway as its policy says gets no request from it until a probe has found it well, from none of its workers, and whatever else changes.',
  type: 'safety',
  judge(evidence, { endUs }) {
    const all = allSeen(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const probed of probedOf(evidence)) {
      const { gateway, target, pod, upstream } = probed;
      const first = outOf(evidence, probed, endUs);
      if (first === undefined) continue;
      const { fromUs, toUs } = first;
      const asked = all.filter(
        (seen) =>
          seen.probes &&
          seen.gateway === gateway &&
          seen.upstream === upstream &&
          seen.sentUs >= fromUs &&
          seen.receipt.atUs < toUs &&
          !isPausedDuring(evidence, gateway, first.sinceUs, seen.receipt.atUs),
      );
      premises += asked.length;
      for (const { receipt } of asked) {
        if (targetOf(receipt) !== target) continue;
        violations.push({
          atUs: receipt.atUs,
          message: `${gateway} sent ${receipt.nonce} to ${pod}, which had failed its probes since ${Math.round(first.sinceUs / 1000)} ms`,
          witnesses: [receipt.nonce, gateway, `pods ${pod}`],
        });
      }
    }
    return { premises, violations };
  },
};

export const passedProbes: Property = {
  id: 'P69',
  name: 'a pod that is well again gets requests again',
  promise:
    'A pod that had failed its probes gets its share of the requests again once it has passed as many as its policy says.',
  type: 'liveness',
  judge(evidence, { endUs }) {
    const all = allSeen(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const probed of probedOf(evidence)) {
      const { gateway, target, pod, upstream } = probed;
      const failed = outOf(evidence, probed, endUs);
      const well = verdictsOf(evidence, probed, 'well', endUs).find(
        ({ sinceUs }) => failed !== undefined && sinceUs >= failed.toUs,
      );
      if (failed === undefined || well === undefined) continue;
      const { fromUs, toUs: untilUs } = well;
      const turns = enoughTurns(all, { gateway, upstream, target, fromUs, untilUs });
      if (turns === null || !isShareOpen(evidence, turns, upstream, all, failed.sinceUs)) continue;
      if (isPausedDuring(evidence, gateway, failed.sinceUs, turns.untilUs)) continue;
      premises++;
      const hasTurn = all.some(
        ({ receipt, sentUs, gateway: by }) =>
          by === gateway && targetOf(receipt) === target && sentUs >= well.sinceUs,
      );
      if (hasTurn) continue;
      violations.push({
        atUs: turns.untilUs,
        message: `${turns.worker} gave the others of ${upstream} ${turns.count} requests, and none to ${pod}, which had passed its probes`,
        witnesses: [gateway, `pods ${pod}`],
      });
    }
    return { premises, violations };
  },
};
