// What can be done on purpose to the ways between processes here: to those of controllers to the API, at their gates, and to
// those of gateways to pods, at the pods' end. Nothing else can (capabilities.ts).
import type { Faults } from '../../../sim/network/faults.ts';
import { absent } from './absent.ts';
import type { Cables } from './cables.ts';
import type { Way } from './ways.ts';

const ofApi = ':6443';

/** `wayOf`: of a controller by the name of its host. */
export function createLocalFaults(wayOf: (host: string) => Way | undefined, cables: Cables): Faults {
  const links = absent<Faults>('network whose links can be broken');
  return {
    partition: (a, b, direction) => links.partition(a, b, direction),
    clog: (a, b, direction) => links.clog(a, b, direction),
    blackhole: (machine) => links.blackhole(machine),
    deafen: (machine) => links.deafen(machine),
    traffic: (a, b) => links.traffic(a, b),
    reset({ client = '', destination }) {
      return destination === ofApi ? (wayOf(client)?.cut() ?? 0) : links.reset({ client });
    },
    openCalls: (caller) => wayOf(caller)?.openCalls ?? 0,
    shape(caller, server, profile) {
      const way = typeof caller === 'string' ? wayOf(caller) : undefined;
      if (way === undefined) return links.shape(caller, server, profile);
      way.bytesPerSecond = profile.bytesPerSecond ?? 0;
      return () => {
        way.bytesPerSecond = 0;
      };
    },
    cutAt(cut) {
      // Clients are cut at the gateway's end, which is not here.
      return cut.client('gateway-1') ? cables.cutAt(cut) : links.cutAt(cut);
    },
  };
}
