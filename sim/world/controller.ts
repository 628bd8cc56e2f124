// Our controller manager as a host: the product's own loop, with the cluster and the gateways behind the network.
import { type Controller, createController } from '../../src/control/control.ts';
import { createHost, type Host, type HostWorld } from '../hosts/host.ts';
import { apiPlace } from './cluster.ts';
import { gatewayPorts } from './gateway.ts';

export interface WorldController {
  readonly host: Host;
  /** The controller of the current life; null until it started. */
  controller(): Controller | null;
}

export function startController(
  world: HostWorld,
  place: { readonly name: string; readonly address: string },
  gatewayAddresses: readonly string[],
): WorldController {
  const host = createHost(world, { name: place.name, addresses: [place.address] });
  let controller: Controller | null = null;
  host.start((env) => {
    const gateways = gatewayAddresses.map((address) => ({
      name: `http://${address}:${gatewayPorts.admin}`,
      http: env.httpClient({ host: address, port: gatewayPorts.admin }),
    }));
    const { clock, random, log } = env;
    const api = env.httpClient({ host: apiPlace.address, port: apiPlace.port });
    controller = createController({ clock, random, log, api, gateways }, { leader: null });
    controller.start();
  });
  return { host, controller: () => controller };
}
