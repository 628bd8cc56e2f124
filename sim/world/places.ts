// Names and addresses of the hosts of a world, in one place so that plans and faults can name them.
import { fnv1a } from '../../src/base/hash.ts';
import type { HostWorld } from '../hosts/host.ts';

export interface Place {
  readonly name: string;
  readonly address: string;
}

export const apiPort = 6443;
export const gatewayPorts = { http: 8000, https: 8443, admin: 8001 } as const;
/** Where a load balancer takes what it hands to those. */
export const publicPorts = { http: 80, https: 443 } as const;

/** Replicas of the API server, by index from 0. */
export function apiPlace(index: number): Place {
  return { name: `api-${index + 1}`, address: `10.96.0.${index + 1}` };
}

/** Where the objects are kept, behind all replicas of the API server; nobody connects to it. */
export const storePlace: Place = { name: 'store', address: '10.96.2.1' };

export const managerPlace: Place = { name: 'cluster-controllers', address: '10.96.1.1' };

export function controllerPlace(index: number): Place {
  return { name: `controller-${index + 1}`, address: `10.0.0.${index + 1}` };
}

export function gatewayPlace(index: number): Place {
  return { name: `gateway-${index + 1}`, address: `10.0.1.${index + 1}` };
}

export function nodePlace(index: number): Place {
  return { name: `node-${index + 1}`, address: `10.1.0.${index + 1}` };
}

/** Senders of PROXY protocol headers that are believed: about half of the clients. */
export const trustedSenders = '192.168.0.0/17';

/** First two octets of the addresses of a node's pods. */
export function podNetwork(nodeIndex: number): string {
  return `10.${244 + nodeIndex}`;
}

export const kubeletName = (node: string): string => `kubelet ${node}`;

/** Follows from the name alone, so that one client less changes no other's; the next free one where two names meet. */
export function clientAddress({ network }: HostWorld, name: string): string {
  const own = network.machine(name);
  for (let number = fnv1a(name) & 0xffff; ; number = (number + 1) & 0xffff) {
    const address = `192.168.${number >> 8}.${number & 255}`;
    if (network.machineAt(address, own) === null) return address;
  }
}
