// Thresholds of latency, judged where time is real.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import type { Finding } from '../../../sim/history/judge.ts';
import type { LatencyPromise } from '../../language/promises.ts';
import { latenciesOf, percentile } from '../figures.ts';

/** Under which a broken threshold is reported: no property, as nothing of the kind holds in general. */
const latencyId = 'latency';

export function brokenLatencies(evidence: Evidence, promises: readonly LatencyPromise[]): readonly Finding[] {
  return promises.flatMap(({ text, latency: { percent, groups, belowMs } }) => {
    const measured = percentile(
      latenciesOf(evidence, (group) => groups.includes(group)),
      percent,
    );
    if (measured < belowMs) return [];
    const message = `${text}: it is ${measured.toFixed(1)} ms`;
    return [{ property: latencyId, violation: { message, atUs: 0, witnesses: [] } }];
  });
}
