// The way of each proxy of a run to the Kubernetes API, through a server where the scenario runs. It holds no credentials:
// what a proxy shows goes on to the API as it is, so a proxy may do there what it always may.

import { gatewayPlace } from '../../../sim/world/places.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { createHttpServer } from '../../../src/io/http-server.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HttpClient } from '../../../src/ports/http.ts';
import { type Gate, openGate } from '../local/gate.ts';
import type { GatedWorld } from './gated-world.ts';

/** Where a proxy finds the API, as the kubelet would tell it. */
export interface ApiWay {
  readonly host: string;
  readonly port: number;
}

export interface ApiGates {
  /** By the index of the proxy. */
  readonly ways: readonly ApiWay[];
  /** PEM, of the certificates that the gates show. */
  readonly authority: string;
  /** Calls that have come through. */
  heard(): number;
  close(): Promise<void>;
}

/** What gates are made of in a cluster. */
export interface GateSide {
  /** An address of this machine that pods of the cluster can reach. */
  readonly host: string;
  /** The API, without credentials. */
  readonly api: HttpClient;
}

export interface ApiGatesOptions extends GateSide {
  readonly gated: GatedWorld;
  readonly clock: Clock;
}

async function openOne(
  { gated, clock, host, api }: ApiGatesOptions,
  authority: CertificateAuthority,
  index: number,
  onCall: () => void,
): Promise<Gate> {
  const { world, ways } = gated;
  const tls = await issueCertificate(authority, { commonName: 'kube-apiserver', ipAddresses: [host] });
  return openGate({
    httpServer: createHttpServer(),
    host,
    port: 0,
    tls,
    inner: api,
    way: ways[index]!,
    seams() {
      onCall();
      return {
        clock,
        host: gatewayPlace(index).name,
        life: 0,
        server: 'api',
        disturbances: world.disturbances,
        calls: null,
        nowUs: () => world.scheduler.nowUs,
        version: world.version,
        leading: () => false,
      };
    },
    onThrown: () => undefined,
  });
}

export async function openApiGates(options: ApiGatesOptions): Promise<ApiGates> {
  const authority = await createCertificateAuthority('tidegate scenario');
  let calls = 0;
  const gates: Gate[] = [];
  for (const index of options.gated.ways.keys())
    gates.push(await openOne(options, authority, index, () => calls++));
  return {
    ways: gates.map(({ url }) => ({ host: options.host, port: Number(new URL(url).port) })),
    authority: authority.cert,
    heard: () => calls,
    async close() {
      await Promise.all(gates.map((gate) => gate.close()));
    },
  };
}
