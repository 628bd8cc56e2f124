// How a service speaks to its targets, and what that makes of one address: an endpoint and the Host header for it.
import { sha256Hex } from '../../base/hash.ts';
import type { Service, Upstream } from '../../kong/entity.ts';
import { firstReference } from '../../kong/references.ts';
import type { Endpoint, EndpointRegistry, EndpointTls } from '../upstream/endpoint.ts';
import { serverNameOf } from '../upstream/server-name.ts';
import type { Model } from './model.ts';

/** nginx's, so Kong's: one authority between a target's certificate and a trusted one. */
const verifyDepthDefault = 1;

/** Null settings mean plain HTTP. */
export interface Dialect {
  readonly isTls: boolean;
  readonly verify: boolean;
  readonly verifyDepth: number;
  readonly authorities: readonly string[] | null;
  readonly clientCertificate: EndpointTls['clientCertificate'];
}

/** A text says why the service must not be used. */
export function dialectOf(service: Service, upstream: Upstream | null, model: Model): Dialect | string {
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
    const reference = firstReference('certificates', certificate);
    if (reference !== null)
      return `nothing answers to ${reference} in the client certificate of service '${service.name}'`;
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

function hostHeader(host: string, port: number, isTls: boolean): string {
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === (isTls ? 443 : 80) ? shown : `${shown}:${port}`;
}

export interface Reached {
  readonly endpoint: Endpoint;
  readonly hostHeader: string;
}

/**
 * Takes a reference to the endpoint. `name`: what the address is called, itself where it has no name. `header` is the upstream's
 * host_header.
 */
export function reach(
  endpoints: EndpointRegistry,
  dialect: Dialect,
  { host, port }: { readonly host: string; readonly port: number },
  name: string,
  header: string | null,
): Reached {
  const named = header === null ? name : header.replace(/:\d+$/, '');
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
}
