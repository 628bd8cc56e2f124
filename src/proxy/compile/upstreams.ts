// Balancers of services: one for each upstream and way of speaking to it, with endpoints counted by reference.
import { sha256Hex } from '../../base/hash.ts';
import type { Service, Target, Upstream } from '../../kong/entity.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import { checksHealth, createRing, type PeerSpec, type Ring, RoundRobin } from '../balance/round-robin.ts';
import type { Endpoint, EndpointRegistry, EndpointTls } from '../upstream/endpoint.ts';
import { serverNameOf } from '../upstream/server-name.ts';
import type { Model } from './model.ts';

/** How a service speaks to its targets; null protocol settings mean plain HTTP. */
interface Dialect {
  readonly isTls: boolean;
  readonly verify: boolean;
  readonly verifyDepth: number;
  readonly authorities: readonly string[] | null;
  readonly clientCertificate: EndpointTls['clientCertificate'];
}

interface Held {
  readonly balancer: RoundRobin;
  readonly service: Service;
  readonly upstreamId: string | null;
  endpoints: readonly Endpoint[];
  users: number;
}

export interface Acquired {
  readonly key: string;
  readonly balancer: RoundRobin;
  /** Why it must not be used, '' when it may. */
  readonly problem: string;
}

/** What takes long with many targets is a generator: one step for some of them. */
export interface UpstreamShelf {
  /** The balancer of a service; one more user. */
  acquire(service: Service): Generator<void, Acquired>;
  release(key: string): void;
  /** Targets or settings of the upstream have changed. */
  refresh(upstreamId: string): Generator<void>;
  /** Makes everything since the last time visible to requests at once. */
  publish(): void;
  /** Lets go of balancers and endpoints that nothing published uses, one a step. */
  tidy(): Generator<void>;
}

export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port: Number(address.slice(colon + 1)),
  };
}

function hostHeader(host: string, port: number, isTls: boolean): string {
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === (isTls ? 443 : 80) ? shown : `${shown}:${port}`;
}

function dialectOf(service: Service, upstream: Upstream | null, model: Model): Dialect | string {
  const isTls = service.protocol === 'https';
  if (!isTls) return { isTls, verify: false, verifyDepth: 0, authorities: null, clientCertificate: null };
  const authorities: string[] = [];
  for (const id of service.ca_certificates ?? []) {
    const authority = model.entities.ca_certificates.get(id);
    if (authority === undefined) return `CA certificate ${id} of service '${service.name}' does not exist`;
    authorities.push(authority.cert);
  }
  const certificateId = service.client_certificate ?? upstream?.client_certificate ?? null;
  let clientCertificate: Dialect['clientCertificate'] = null;
  if (certificateId !== null) {
    const certificate = model.entities.certificates.get(certificateId);
    if (certificate === undefined)
      return `client certificate ${certificateId} of service '${service.name}' does not exist`;
    const id = sha256Hex(`${certificate.cert}\n${certificate.key}`);
    clientCertificate = { id, cert: certificate.cert, key: certificate.key };
  }
  return {
    isTls,
    verify: service.tls_verify === true,
    verifyDepth: service.tls_verify_depth ?? verifyDepthDefault,
    authorities: authorities.length > 0 ? authorities : null,
    clientCertificate,
  };
}

/** nginx's, so Kong's: one authority between a target's certificate and a trusted one. */
const verifyDepthDefault = 1;

/** An upstream may have thousands of targets. */
export const targetsPerStep = 64;

export function createUpstreamShelf(
  model: Model,
  endpoints: EndpointRegistry,
  shared: SharedMemory,
  slotOf: (key: string) => number | null,
): UpstreamShelf {
  const shelf = new Map<string, Held>();
  const keysOfUpstream = new Map<string, Set<string>>();
  /** New rings of balancers that requests may be using already. */
  const rings = new Map<RoundRobin, Ring>();
  const unused = new Set<string>();
  const dropped: Endpoint[] = [];

  const upstreamOf = (service: Service): Upstream | null => {
    for (const id of model.upstreamsOfName.of(service.host)) return model.entities.upstreams.get(id)!;
    return null;
  };

  const peer = (
    dialect: Dialect,
    host: string,
    port: number,
    header: string | null,
  ): { readonly endpoint: Endpoint; readonly hostHeader: string } => {
    const named = header === null ? host : header.replace(/:\d+$/, '');
    const tls: EndpointTls | null = dialect.isTls
      ? {
          serverName: serverNameOf(named),
          verify: dialect.verify,
          verifyDepth: dialect.verifyDepth,
          certificateAuthorities: dialect.authorities,
          clientCertificate: dialect.clientCertificate,
        }
      : null;
    const endpoint = endpoints.acquire(host, port, tls);
    // A configured header that names a port keeps it.
    const hasPort = header !== null && /:\d+$/.test(header);
    return { endpoint, hostHeader: hasPort ? header : hostHeader(named, port, dialect.isTls) };
  };

  function* specsOf(upstream: Upstream, dialect: Dialect): Generator<void, PeerSpec[]> {
    const targets: Target[] = [];
    for (const id of model.targetsOfUpstream.of(upstream.id)) targets.push(model.entities.targets.get(id)!);
    targets.sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : a.id < b.id ? -1 : 1));
    const specs: PeerSpec[] = [];
    for (const { target, weight } of targets) {
      if (weight === 0) continue;
      const { host, port } = splitAddress(target);
      const slot = slotOf(`${upstream.id} ${target}`);
      specs.push({ ...peer(dialect, host, port, upstream.host_header), weight, slot });
      if (specs.length % targetsPerStep === 0) yield;
    }
    return specs;
  }

  function* rebuild(held: Held): Generator<void, Ring> {
    const upstream =
      held.upstreamId === null ? null : (model.entities.upstreams.get(held.upstreamId) ?? null);
    const dialect = dialectOf(held.service, upstream, model);
    let specs: PeerSpec[] = [];
    if (typeof dialect !== 'string') {
      if (upstream !== null) specs = yield* specsOf(upstream, dialect);
      else if (held.upstreamId === null) {
        const { host, port } = held.service;
        specs = [{ ...peer(dialect, host.replace(/^\[|\]$/g, ''), port, null), weight: 1, slot: null }];
      }
    }
    const checks = upstream !== null && checksHealth(upstream) ? upstream.healthchecks : null;
    dropped.push(...held.endpoints);
    held.endpoints = specs.map(({ endpoint }) => endpoint);
    return createRing(specs, checks, shared.health);
  }

  return {
    *acquire(service) {
      const upstream = upstreamOf(service);
      const dialect = dialectOf(service, upstream, model);
      const place = upstream === null ? `${service.host}:${service.port}` : upstream.id;
      const way = typeof dialect === 'string' ? dialect : sha256Hex(JSON.stringify(dialect));
      const key = `${place} ${way}`;
      let held = shelf.get(key);
      if (held === undefined) {
        const upstreamId = upstream?.id ?? null;
        held = { balancer: new RoundRobin(shared.health), service, upstreamId, endpoints: [], users: 0 };
        shelf.set(key, held);
        if (upstreamId !== null) {
          const keys = keysOfUpstream.get(upstreamId) ?? new Set();
          keysOfUpstream.set(upstreamId, keys.add(key));
        }
        held.balancer.replace(yield* rebuild(held));
      }
      held.users++;
      return { key, balancer: held.balancer, problem: typeof dialect === 'string' ? dialect : '' };
    },
    release(key) {
      const held = shelf.get(key);
      if (held === undefined) return;
      held.users--;
      if (held.users === 0) unused.add(key);
    },
    *refresh(upstreamId) {
      for (const key of keysOfUpstream.get(upstreamId) ?? []) {
        const held = shelf.get(key)!;
        rings.set(held.balancer, yield* rebuild(held));
        yield;
      }
    },
    publish() {
      for (const [balancer, ring] of rings) balancer.replace(ring);
      rings.clear();
    },
    *tidy() {
      for (const key of unused) {
        unused.delete(key);
        const held = shelf.get(key);
        if (held === undefined || held.users > 0) continue;
        shelf.delete(key);
        dropped.push(...held.endpoints);
        yield;
        if (held.upstreamId === null) continue;
        const keys = keysOfUpstream.get(held.upstreamId);
        keys?.delete(key);
        if (keys?.size === 0) keysOfUpstream.delete(held.upstreamId);
      }
      for (;;) {
        const endpoint = dropped.pop();
        if (endpoint === undefined) return;
        endpoints.release(endpoint);
        yield;
      }
    },
  };
}
