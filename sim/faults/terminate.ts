// A gateway's process ends: it is told to and drains, or dies at once; another one starts in its place.
import type { Fault } from './fault.ts';
import { nothing, pick } from './fault.ts';
import { gatewayHosts } from './hosts.ts';

const drainMsLeast = 300;
const drainMsSpread = 2_000;

const terminateGateway: Fault = {
  id: 'X21',
  name: 'terminate-gateway',
  summary:
    'A gateway gets SIGTERM and drains; at the end of the fault what is left of it is killed, and another starts.',
  harms: ['traffic', 'push', 'control'],
  lastsMsMax: 6_000,
  aim: (draw, shape) => ({
    target: pick(gatewayHosts(shape), draw('target', 64)),
    parameters: { drainMs: drainMsLeast + draw('drainMs', drainMsSpread) },
  }),
  begin({ world, entry, record }) {
    const gateway = world.gateways.find(({ host }) => host.name === entry.target);
    if (gateway?.proxy() == null || !gateway.host.alive) return nothing;
    const { host } = gateway;
    const { lives } = host;
    record.hits++;
    gateway.terminate(Number(entry.parameters['drainMs'] ?? drainMsLeast));
    return () => {
      if (host.alive && host.lives === lives) host.crash();
      if (!host.alive) host.restart();
    };
  },
};

const crashGateway: Fault = {
  id: 'X25',
  name: 'crash-gateway',
  summary:
    'The process of a gateway dies at once with all its workers, and another starts at the end of the fault. Scenarios only.',
  harms: ['traffic', 'push', 'control'],
  lastsMsMax: 6_000,
  // Random histories have crashes of workers and terminations instead; with this one their draws would all be others.
  aim: () => null,
  begin({ world, entry, record }) {
    const host = world.gateways.find((gateway) => gateway.host.name === entry.target)?.host;
    if (host === undefined || !host.alive) return nothing;
    record.hits++;
    host.crash();
    return () => {
      if (!host.alive) host.restart();
    };
  },
};

export const terminationFaults: readonly Fault[] = [terminateGateway, crashGateway];
