// What every part of a world is given: time, network, what is taken down, what stands in the way of calls.
import type { Evidence, LifeRecord } from '../evidence/evidence.ts';
import type { Knobs, WorldShape } from '../history/plan.ts';
import type { Host, HostWorld } from '../hosts/host.ts';
import type { Disturbances } from './calls.ts';

export interface WorldSeams extends HostWorld {
  readonly shape: WorldShape;
  readonly knobs: Knobs;
  readonly evidence: Evidence;
  readonly disturbances: Disturbances;
  /** Version of the store now. */
  version(): number;
}

/** Takes down when a host lives. */
export function recordLife(seams: WorldSeams, host: Host, what: LifeRecord['what']): void {
  seams.evidence.lives.push({ host: host.name, life: host.lives, atUs: seams.scheduler.nowUs, what });
}
