// P31: replicas agree. All workers of all gateways end with the same config.
import type { Property, Violation } from './property.ts';
import { lastSwaps } from './reading/hosts.ts';
import { endsSettled } from './reading/quiet.ts';

export const sameEverywhere: Property = {
  id: 'P31',
  name: 'all workers end with the same config',
  promise: 'Once things are quiet, every worker of every gateway serves the same config.',
  type: 'liveness',
  judge(evidence, circumstances) {
    const ends = [...lastSwaps(evidence, circumstances)];
    if (ends.length < 2 || !endsSettled(evidence, circumstances)) return { premises: 0, violations: [] };
    const [first, ...others] = ends;
    const idOf = (swap: (typeof first & {})[1]): string => swap?.configId ?? 'none';
    const violations: Violation[] = others
      .filter(([, swap]) => idOf(swap) !== idOf(first![1]))
      .map(([worker, swap]) => ({
        atUs: circumstances.endUs,
        message: `${worker} serves config ${idOf(swap)}, but ${first![0]} serves ${idOf(first![1])}`,
        witnesses: [worker, first![0]],
      }));
    return { premises: 1, violations };
  },
};
