// Faults of whoever leads at that moment: stopped for longer than its lease, or cut off from the lease alone, so that
// another one takes over while it may still believe to lead.
import type { Host } from '../hosts/host.ts';
import { recordLife } from '../world/seams.ts';
import type { World } from '../world/world.ts';
import { type Fault, nothing, pick } from './fault.ts';
import { controllerHosts } from './hosts.ts';
import { failInstead, loseAnswer, standInTheWay } from './in-the-way.ts';

function findLeader(world: World): Host | null {
  const all = world.controllers.length > 0 ? world.controllers : world.gateways;
  const found = all.find((one) => one.controller()?.state().leading === true && one.host.alive);
  return found?.host ?? null;
}

/** Leases longer than this do not run out while faults last. */
const leaseMsMax = 5_000;

const overlap: Fault = {
  id: 'C18',
  name: 'leader-overlap',
  summary:
    'The leader stops for longer than its lease, or only its way to the lease is cut, and another takes over.',
  harms: ['control', 'push'],
  lastsMsMax: 9_000,
  aim: (draw, shape, { knobs }) =>
    controllerHosts(shape).length < 2 || knobs.leaseMs > leaseMsMax
      ? null
      : {
          target: '',
          parameters: { how: pick(['pause', 'refused', 'silence', 'lost-answer'], draw('how', 64)) },
        },
  begin({ world, entry, record }) {
    const { how } = entry.parameters;
    const host = findLeader(world);
    if (host === null) return nothing;
    if (how === 'pause') {
      record.hits++;
      host.pause();
      recordLife(world, host, 'pause');
      return () => {
        host.resume();
        recordLife(world, host, 'resume');
      };
    }
    return standInTheWay(world, {
      matches: (facts) => facts.host === host.name && facts.isLease,
      wrap(facts, next) {
        record.hits++;
        if (how === 'refused') return failInstead(facts, 'ECONNREFUSED');
        return how === 'silence' ? () => ({ cancel() {} }) : loseAnswer(next, 'silence');
      },
    });
  },
};

export const leaderFaults: readonly Fault[] = [overlap];
