// Clients of a run on real sockets: they talk to a proxy where it is now, over connections of their own.
import { type Client, createClient } from '../../../sim/clients/client.ts';
import type { RequestRecord } from '../../../sim/evidence/evidence.ts';
import type { PlannedClient } from '../../../sim/history/plan.ts';
import { createNetTcp } from '../../../src/io/net-tcp.ts';
import { createClientTls } from '../live/client-tls.ts';
import type { Names } from './names.ts';
import type { RunTime } from './time.ts';

const requestTimeoutMs = 60_000;

/** Where a proxy's ports are reached from here. */
export interface ProxyAddress {
  readonly host: string;
  readonly httpPort: number;
  readonly httpsPort: number;
}

/** Nothing listens there, so that whoever asks is refused and says so. */
const nowhere: ProxyAddress = { host: '127.0.0.1', httpPort: 1, httpsPort: 1 };

export interface Clients {
  add(plan: PlannedClient): Client;
  /** Requests that have not come to their end. */
  open(): number;
  close(): void;
}

export function createClients(
  records: RequestRecord[],
  names: Names,
  time: RunTime,
  addressOf: (gateway: number) => ProxyAddress | null,
): Clients {
  const env = { clock: time.clock, tcp: createNetTcp(), tls: createClientTls() };
  const made: Map<string, Client> = new Map();
  /** Where each proxy was last. */
  const known: Map<number, ProxyAddress> = new Map();
  let open = 0;

  const clientAt = (plan: PlannedClient): Client => {
    const address = addressOf(plan.gateway) ?? known.get(plan.gateway) ?? nowhere;
    known.set(plan.gateway, address);
    const port = plan.tls ? address.httpsPort : address.httpPort;
    const key = `${plan.name} ${address.host}:${port}`;
    const found = made.get(key);
    if (found !== undefined) return found;
    const client = createClient(env, {
      target: { gateway: `gateway-${plan.gateway + 1}`, address: address.host, port },
      plan,
      records,
      timeoutMs: requestTimeoutMs,
      announces: false,
    });
    made.set(key, client);
    return client;
  };

  return {
    open: () => open,
    add: (plan) => ({
      name: plan.name,
      send(nonce, request, done) {
        open++;
        clientAt(plan).send(nonce, request, (record) => {
          open--;
          // Pods say where they live by the cluster's names.
          record.body = names.fromText(record.body);
          done?.(record);
        });
      },
      close() {
        for (const [key, client] of made) if (key.startsWith(`${plan.name} `)) client.close();
      },
      abandon() {
        for (const [key, client] of made) if (key.startsWith(`${plan.name} `)) client.abandon();
      },
    }),
    close() {
      for (const client of made.values()) client.abandon();
    },
  };
}
