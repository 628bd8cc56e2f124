// Faults of whoever leads at that moment: stopped for longer than its lease, or cut off from the lease alone, so that
// another one takes over while it may still believe to lead; or it goes, and its successor knows less than it did.
import type { Host } from '../hosts/host.ts';
import { recordLife } from '../world/seams.ts';
import type { World } from '../world/world.ts';
import { type Fault, nothing, pick } from './fault.ts';
import { controllerHosts } from './hosts.ts';
import { failInstead, loseAnswer, standInTheWay } from './in-the-way.ts';
import { mergeEvents } from './watch-lines.ts';

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

const behind: Fault = {
  id: 'C03',
  name: 'successor-is-behind',
  summary: 'The leader goes in an orderly way, and whoever takes over sees everything seconds late.',
  harms: ['control', 'push'],
  lastsMsMax: 9_000,
  aim: (draw, shape) =>
    shape.mode === 'combined' || shape.controllers < 2
      ? null
      : {
          target: '',
          parameters: {
            windowMs: pick([2_500, 5_000], draw('window', 64)),
            goesAfterMs: pick([1_000, 2_000, 3_500], draw('goes', 64)),
          },
        },
  begin(stage) {
    const { world, entry } = stage;
    const leader = world.controllers.find(({ controller }) => controller()?.state().leading === true);
    if (leader === undefined) return nothing;
    const { host, controller } = leader;
    const { lives } = host;
    const end = mergeEvents(stage, (facts) => facts.server === 'api' && facts.host !== host.name);
    let isTold = false;
    const leave = (): void => {
      if (isTold && host.alive && host.lives === lives) host.crash();
    };
    const { scheduler } = world;
    const lane = scheduler.lane(`fault ${entry.id} leader`);
    const going = scheduler.after(
      Number(entry.parameters['goesAfterMs']) * 1000,
      () => {
        if (!host.alive || host.lives !== lives) return;
        isTold = true;
        controller()?.stop(leave);
      },
      lane,
    );
    return () => {
      going.cancel();
      end();
      // Its last words may be on their way still; and not earlier, as it would be the first to take the lease again.
      leave();
      if (!host.alive) host.restart();
    };
  },
};

export const leaderFaults: readonly Fault[] = [overlap, behind];
