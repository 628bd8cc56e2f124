// Clocks that are wrong: a wall clock that jumps, and clocks that go too fast or too slow.
import type { Host } from '../hosts/host.ts';
import type { World } from '../world/world.ts';
import { type Fault, pick } from './fault.ts';
import { controllerHosts, findHost, gatewayHosts } from './hosts.ts';

/** All hosts of one machine share its clock: a gateway's workers go with it. */
function hostsOfMachine(world: World, name: string): readonly Host[] {
  const gateway = world.gateways.find(({ host }) => host.name === name);
  if (gateway !== undefined) return [gateway.host, ...gateway.workers.values()];
  const host = findHost(world, name);
  return host === null ? [] : [host];
}

const ours: Fault['aim'] = (draw, shape) => ({
  target: pick([...new Set([...controllerHosts(shape), ...gatewayHosts(shape)])], draw('target', 64)),
  parameters: {},
});

const jump: Fault = {
  id: 'C19',
  name: 'clock-jump',
  summary: 'The wall clock of a machine jumps by seconds or an hour, and later back.',
  harms: ['control', 'push'],
  lastsMsMax: 10_000,
  aim: (draw, shape, plan) => ({
    target: ours(draw, shape, plan)!.target,
    parameters: { seconds: pick([-3_600, -30, 1, 3_600, 3_600, 3_600], draw('seconds', 64)) },
  }),
  begin({ world, entry, record }) {
    const byUs = Number(entry.parameters['seconds']) * 1_000_000;
    const hosts = hostsOfMachine(world, entry.target);
    for (const host of hosts) host.jumpClock(byUs);
    record.hits += hosts.length;
    return () => {
      for (const host of hosts) host.jumpClock(-byUs);
    };
  },
};

/**
 * Leader election holds while the fastest clock is less than lease : renew deadline (1.5) times as fast as the slowest;
 * with these it is 1.36 even when one machine of a history is slow and another one fast.
 */
const ratesPpm = [-150_000, -200, 200, 150_000] as const;

const rate: Fault = {
  id: 'C19',
  name: 'clock-rate',
  summary: 'The clocks of a machine go too fast or too slow, by what quartz does or by a seventh.',
  harms: ['control', 'push'],
  lastsMsMax: 10_000,
  aim: (draw, shape, plan) => ({
    target: ours(draw, shape, plan)!.target,
    parameters: { ppm: pick(ratesPpm, draw('ppm', 64)) },
  }),
  begin({ world, entry, record }) {
    const hosts = hostsOfMachine(world, entry.target);
    for (const host of hosts) host.setClockRate(Number(entry.parameters['ppm']));
    record.hits += hosts.length;
    return () => {
      for (const host of hosts) host.setClockRate(0);
    };
  },
};

export const clockFaults: readonly Fault[] = [jump, rate];
