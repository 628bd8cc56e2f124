// P43: telling never holds up serving. Configs are as fresh as ever while writes of status, Events and Leases fail, hang or
// meet conflicts.
import type { Evidence, FaultRecord } from '../evidence/evidence.ts';
import { wrongAt } from './converges.ts';
import type { Circumstances, Property } from './property.ts';
import { createPast } from './reading/past.ts';
import { quietMoments } from './reading/quiet.ts';

/**
 * Faults that meet writes only. In split mode a controller that loses the Lease may not push any more, so there those of the
 * Lease count as harm.
 */
function meetsWritesOnly({ fault, parameters }: FaultRecord, mode: Circumstances['mode']): boolean {
  if (fault === 'leader-overlap') return mode === 'combined' && parameters['how'] !== 'pause';
  const isOfWrites = fault === 'second-writer' || fault === 'lost-answer';
  return isOfWrites && (mode === 'combined' || parameters['leases'] === false);
}

/** It met a write shortly before the moment. */
function wasMet({ faults }: Evidence, { mode, freshUs }: Circumstances, atUs: number): boolean {
  return faults.some(
    (fault) =>
      meetsWritesOnly(fault, mode) &&
      fault.hits > 0 &&
      fault.fromUs <= atUs &&
      fault.toUs >= atUs - 2 * freshUs,
  );
}

export const statusApart: Property = {
  id: 'P43',
  name: 'telling never holds up serving',
  promise: 'Configs reach the gateways as fast as ever while status, Events or the Lease cannot be written.',
  type: 'liveness',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    const moments = quietMoments(evidence, circumstances, (fault) =>
      meetsWritesOnly(fault, circumstances.mode),
    ).filter((atUs) => wasMet(evidence, circumstances, atUs));
    return {
      premises: moments.length,
      violations: moments.flatMap((atUs) => wrongAt(evidence, circumstances, past, atUs)),
    };
  },
};
