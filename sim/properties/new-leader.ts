// P42: leadership does not stay vacant. Between two renewals of the Lease there is never more than its duration and two
// attempts, counted from when the last fault on the control path ended.
import type { ErrorRecord, Evidence } from '../evidence/evidence.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { leaseStates } from './reading/writes.ts';

const secondUs = 1_000_000;

/** A call that was lost hangs for half a renewal deadline; a candidate spreads its attempts by a fifth of their distance. */
function vacancyUsMax({ leaseUs, leaseRetryUs, renewDeadlineUs, freshUs }: Circumstances): number {
  return leaseUs + secondUs + 3 * leaseRetryUs + renewDeadlineUs + freshUs;
}

/** When a controller that failed begins again, by its own word. */
function restartUs({ atUs, fields }: ErrorRecord): number {
  const { delayMs } = JSON.parse(fields) as { readonly delayMs?: number };
  return atUs + (delayMs ?? 0) * 1000;
}

/** The latest end of a fault that kept controllers from the Lease within a stretch of time, or of a pause after a failure. */
function excusedUntilUs({ faults, errors }: Evidence, fromUs: number, toUs: number): number {
  let untilUs = fromUs;
  for (const error of errors)
    if (error.atUs <= toUs && restartUs(error) >= fromUs)
      untilUs = Math.max(untilUs, Math.min(restartUs(error), toUs));
  for (const fault of faults)
    if (fault.harms.includes('control') && fault.fromUs <= toUs && fault.toUs >= fromUs)
      untilUs = Math.max(untilUs, Math.min(fault.toUs, toUs));
  return untilUs;
}

export const newLeader: Property = {
  id: 'P42',
  name: 'a lost leader is replaced',
  promise:
    'When the leading controller is lost, another leads within the time of the Lease and two attempts.',
  type: 'liveness',
  judge(evidence, circumstances) {
    const states = leaseStates(evidence);
    const marksUs = [0, ...states.map(({ atUs }) => atUs), circumstances.endUs];
    const longestUs = vacancyUsMax(circumstances);
    const changes = states.filter(({ holder }, index) => index > 0 && holder !== states[index - 1]!.holder);
    const violations: Violation[] = [];
    for (let at = 1; at < marksUs.length; at++) {
      const [fromUs, toUs] = [marksUs[at - 1]!, marksUs[at]!];
      // Nobody can be the first before the processes have started.
      const startUs = at === 1 ? circumstances.bootUs : 0;
      if (toUs - excusedUntilUs(evidence, fromUs, toUs) <= longestUs + startUs) continue;
      violations.push({
        atUs: toUs,
        message: `nobody renewed the Lease from ${fromUs / secondUs} s to ${toUs / secondUs} s`,
        witnesses: [states[at - 2]?.holder ?? ''],
      });
    }
    return { premises: changes.length, violations };
  },
};
