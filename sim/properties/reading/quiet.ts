// When nothing is in the way, and when everything must have come to rest.
import type { Evidence, FaultRecord, Harm } from '../../evidence/evidence.ts';
import type { Circumstances } from '../property.ts';
import { watchedResources } from './view.ts';

/** Whether a fault that does one of these harms was under way within a stretch of time. */
export function isDisturbed(
  { faults }: Evidence,
  harms: readonly Harm[],
  fromUs: number,
  toUs: number,
): boolean {
  return faults.some(
    (fault) =>
      fault.fromUs <= toUs && fault.toUs >= fromUs && fault.harms.some((harm) => harms.includes(harm)),
  );
}

/** When an object that controllers follow changed last. */
export function lastChangeUs({ store }: Evidence): number {
  for (let at = store.length - 1; at >= 0; at--)
    if (watchedResources.includes(store[at]!.resource)) return store[at]!.atUs;
  return 0;
}

/**
 * From when on gateways must serve what is in the store: faults have had time to be got over, and the last change has had
 * time to arrive. Without faults that touch the control path only the latter counts.
 */
export function settledUs(
  evidence: Evidence,
  { healUs, startedUs, freshUs, recoverUs }: Circumstances,
): number {
  const fresh = Math.max(startedUs, lastChangeUs(evidence)) + freshUs;
  return evidence.faults.length === 0 ? fresh : Math.max(fresh, healUs + recoverUs);
}

/** Whether the end of the run shows a system at rest. A run that was ended early had been found to be so. */
export function endsSettled(evidence: Evidence, circumstances: Circumstances): boolean {
  return circumstances.endedEarly || settledUs(evidence, circumstances) <= circumstances.endUs;
}

/** A fault that keeps controllers neither from reading the cluster nor from reaching gateways. */
export type IsHarmless = (fault: FaultRecord) => boolean;

/**
 * Moments at which nothing that controllers follow had changed for the fresh time, and nothing was in the way of hearing and
 * telling it for as long as recovering may take: one for each pause between changes.
 */
export function quietMoments(
  evidence: Evidence,
  circumstances: Circumstances,
  isHarmless: IsHarmless = () => false,
): readonly number[] {
  const { startedUs, freshUs, recoverUs, endUs } = circumstances;
  const harmful = { ...evidence, faults: evidence.faults.filter((fault) => !isHarmless(fault)) };
  const found: number[] = [];
  const changes = evidence.store.filter(({ resource }) => watchedResources.includes(resource));
  changes.forEach(({ atUs }, index) => {
    const nextUs = changes[index + 1]?.atUs ?? endUs;
    const momentUs = Math.max(atUs, startedUs) + freshUs;
    if (momentUs >= nextUs || momentUs > endUs) return;
    if (!isDisturbed(harmful, ['control', 'push', 'traffic'], momentUs - recoverUs, momentUs))
      found.push(momentUs);
  });
  return found;
}
