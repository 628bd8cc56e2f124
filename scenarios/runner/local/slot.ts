// Loopback addresses of one world. Each world has some networks 127.x to itself, also beside other runs on this machine: it
// holds a port in them for as long as it lives.
import { createServer, type Server } from 'node:net';

export interface Slot {
  /** Of the gates of a controller. */
  gate(index: number): string;
  controller(index: number): string;
  gateway(index: number): string;
  /** First two octets of a node's pods. */
  podNetwork(nodeIndex: number): string;
  release(): Promise<void>;
}

/** 127.1 belongs to `tidegate cluster` and `dev`. */
const firstOctet = 16;
const octetsEach = 8;
const slots = 28;
const lockPort = 20_007;

function tryToLock(host: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen({ host, port: lockPort }, () => resolve(server));
  });
}

export async function takeSlot(): Promise<Slot> {
  for (let index = 0; index < slots; index++) {
    const first = firstOctet + index * octetsEach;
    const lock = await tryToLock(`127.${first}.255.254`);
    if (lock === null) continue;
    return {
      gate: (gate) => `127.${first}.0.${gate + 1}`,
      controller: (controller) => `127.${first}.2.${controller + 1}`,
      gateway: (gateway) => `127.${first}.1.${gateway + 1}`,
      podNetwork: (node) => `127.${first + 1 + node}`,
      release: () => new Promise((resolve) => lock.close(() => resolve())),
    };
  }
  throw new Error(`all ${slots} sets of loopback addresses are in use by other runs`);
}
