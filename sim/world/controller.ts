// Our controller manager as a host: the product's own loop, with the cluster and the gateways behind the network. With
// several replicas they elect a leader by a Lease, and it alone pushes.
import { type Controller, createController } from '../../src/control/control.ts';
import type { LeaderOptions } from '../../src/control/leader.ts';
import { createHost, type Host, type HostEnv, type HostWorld } from '../hosts/host.ts';
import { apiPlace } from './cluster.ts';
import { gatewayPorts } from './gateway.ts';

export interface ControllerPlace {
  readonly name: string;
  readonly address: string;
  /** Addresses of the gateways it configures. */
  readonly gateways: readonly string[];
  readonly elects: boolean;
}

export interface WorldController {
  readonly host: Host;
  /** The controller of the current life; null until it started. */
  controller(): Controller | null;
}

export const controllerLease = { namespace: 'default', name: 'tidegate-controller' } as const;

/** A restarted process is another candidate, as a pod with a new name would be. */
function candidate(env: HostEnv, elects: boolean): LeaderOptions | null {
  return elects ? { lease: controllerLease, identity: `${env.host.name}-${env.host.lives}` } : null;
}

export function startController(world: HostWorld, place: ControllerPlace): WorldController {
  const { name, elects } = place;
  const host = createHost(world, { name, addresses: [place.address] });
  let controller: Controller | null = null;
  host.start((env) => {
    const gateways = place.gateways.map((address) => ({
      name: `http://${address}:${gatewayPorts.admin}`,
      http: env.httpClient({ host: address, port: gatewayPorts.admin }),
    }));
    const { clock, random, log } = env;
    const api = env.httpClient({ host: apiPlace.address, port: apiPlace.port });
    const options = { leader: candidate(env, elects), onlyLeaderPushes: elects };
    controller = createController({ clock, random, log, api, gateways }, options);
    controller.start();
  });
  return { host, controller: () => (host.alive ? controller : null) };
}
