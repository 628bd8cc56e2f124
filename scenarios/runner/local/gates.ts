// The ways of a controller: to the Kubernetes API over HTTPS, and in split mode to the Admin API of each gateway.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../../sim/hosts/host.ts';
import type { CallSeams } from '../../../sim/world/calls.ts';
import { gatewayPlace, gatewayPorts } from '../../../sim/world/places.ts';
import type { WorldSeams } from '../../../sim/world/seams.ts';
import { type CertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { type ClosableHttpClient, createHttpClient } from '../../../src/io/http-client.ts';
import { kubeconfigOf } from '../../../src/io/kubeconfig-text.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HttpClient, HttpServer } from '../../../src/ports/http.ts';
import type { LocalCluster } from './cluster.ts';
import { type Gate, openGate } from './gate.ts';
import type { Identities } from './identities.ts';
import type { Slot } from './slot.ts';
import { Way } from './ways.ts';

export interface GateSeams extends WorldSeams {
  readonly clock: Clock;
  readonly httpServer: HttpServer;
  readonly slot: Slot;
  readonly cluster: LocalCluster;
  readonly authority: CertificateAuthority;
  readonly identities: Identities;
  readonly folder: string;
}

/** The process behind it, which is there only after its gates are. */
export interface Caller {
  readonly name: string;
  host(): (Pick<Host, 'lives'> & { throwInside(): void }) | null;
}

export interface Gates {
  /** A file with the way to the API. */
  readonly kubeconfig: string;
  /** To the API. */
  readonly way: Way;
  /** Of the Admin API of each gateway; none where the caller is a gateway itself. */
  readonly adminUrls: readonly string[];
  close(): Promise<void>;
}

const apiPort = 6443;
const token = 'of-this-run';

function seamsOf(world: GateSeams, caller: Caller, server: string, leads: boolean): CallSeams {
  const { clock, disturbances, evidence, scheduler, version } = world;
  return {
    clock,
    host: caller.name,
    life: caller.host()?.lives ?? 0,
    server,
    disturbances,
    calls: server === 'api' ? evidence.calls : null,
    pushes: evidence.pushes,
    nowUs: () => scheduler.nowUs,
    version,
    leading: () => leads,
  };
}

async function openOne(
  world: GateSeams,
  caller: Caller,
  gate: Pick<Parameters<typeof openGate>[0], 'host' | 'port' | 'inner' | 'way'> & { readonly server: string },
  tls?: { readonly cert: string; readonly key: string },
): Promise<Gate> {
  const { server, ...place } = gate;
  return openGate({
    httpServer: world.httpServer,
    ...place,
    ...(tls === undefined ? {} : { tls }),
    seams: (leads) => seamsOf(world, caller, server, leads),
    onThrown: () => caller.host()?.throwInside(),
  });
}

/** `index` is that of the caller among all that have gates. */
export async function openGates(
  world: GateSeams,
  caller: Caller,
  index: number,
  isSplit: boolean,
): Promise<Gates> {
  const { slot, cluster, authority, identities, shape, folder } = world;
  const host = slot.gate(index);
  const tls = await issueCertificate(authority, { commonName: 'kube-apiserver', ipAddresses: [host] });
  const api = cluster.client();
  const inner: HttpClient = {
    request(request, handler) {
      identities.hear(caller.name, caller.host()?.lives ?? 0, request);
      return api.request(request, handler);
    },
  };
  const way = new Way(world.scheduler);
  const apiGate = await openOne(world, caller, { server: 'api', host, port: apiPort, inner, way }, tls);
  const clients: ClosableHttpClient[] = [];
  const gates: Gate[] = [apiGate];
  const adminUrls: string[] = [];
  for (let gateway = 0; isSplit && gateway < shape.gateways; gateway++) {
    const client = createHttpClient({ url: `http://${slot.gateway(gateway)}:${gatewayPorts.admin}` });
    clients.push(client);
    const { name } = gatewayPlace(gateway);
    const gate = await openOne(world, caller, {
      server: name,
      host,
      port: gatewayPorts.admin + gateway,
      inner: client,
      way: new Way(world.scheduler),
    });
    gates.push(gate);
    adminUrls.push(gate.url);
  }
  const kubeconfig = join(folder, `${caller.name}.kubeconfig`);
  writeFileSync(kubeconfig, kubeconfigOf(apiGate.url, authority.cert, token), { mode: 0o600 });
  return {
    kubeconfig,
    way,
    adminUrls,
    async close() {
      await Promise.all(gates.map((gate) => gate.close()));
      for (const client of clients) client.close();
    },
  };
}
