// Thresholds of latency, judged where time is real.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import type { FoundViolation } from '../../../sim/history/report.ts';
import { signatureOf } from '../../../sim/history/signature.ts';
import type { LatencyPromise } from '../../language/promises.ts';
import { latenciesOf, percentile } from '../figures.ts';

/** Under which a broken threshold is reported: no property, as nothing of the kind holds in general. */
const latencyId = 'latency';

export function brokenLatencies(
  evidence: Evidence,
  promises: readonly LatencyPromise[],
): readonly FoundViolation[] {
  return promises.flatMap(({ text, latency: { percent, groups, belowMs } }) => {
    const measured = percentile(
      latenciesOf(evidence, (group) => groups.includes(group)),
      percent,
    );
    if (measured < belowMs) return [];
    const message = `${text}: it is ${measured.toFixed(1)} ms`;
    return [
      { property: latencyId, message, atUs: 0, witnesses: [], signature: signatureOf(latencyId, text) },
    ];
  });
}
