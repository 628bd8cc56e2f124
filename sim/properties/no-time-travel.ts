// P29: no config made from an older state of the cluster replaces one made from a newer state. Versions are compared by
// what they contain: a revision that only says less about nothing is not older.
import type { ConfigRecord } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { gatewayNames, transitions } from './reading/hosts.ts';
import { createPast, type Past } from './reading/past.ts';
import { versionOf, versionsOf, watchedResources } from './reading/view.ts';

/** A resource of which the later config had seen less; null when there is none. */
function steppedBack(past: Past, before: ConfigRecord, after: ConfigRecord): string | null {
  for (const resource of watchedResources) {
    // A kind that nobody serves is not spoken of: its definition is gone, and with it what there was.
    if (versionsOf(after)?.has(resource) !== true) continue;
    const had = past.lastChange(resource, versionOf(before, resource))?.version ?? 0;
    const has = past.lastChange(resource, versionOf(after, resource))?.version ?? 0;
    if (has < had) return `${resource} from version ${had} back to ${has}`;
  }
  return null;
}

export const noTimeTravel: Property = {
  id: 'P29',
  name: 'a gateway never goes back in time',
  promise:
    'A gateway never replaces what it learned of the cluster by an older state, whichever controller speaks.',
  type: 'safety',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const gateway of gatewayNames(circumstances)) {
      for (const [before, after] of transitions(evidence, gateway)) {
        if (versionsOf(before) === null || versionsOf(after) === null) continue;
        premises++;
        const step = steppedBack(past, before, after);
        if (step !== null)
          violations.push({
            atUs: after.atUs,
            message: `${gateway} went with ${step} (epoch ${before.epoch} to ${after.epoch})`,
            witnesses: [gateway],
          });
      }
    }
    return { premises, violations };
  },
};
