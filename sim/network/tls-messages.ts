// TLS as the simulator models it: who says what in which order, with which certificate, and what is refused. The bytes
// after the handshake are plain; their lengths never depend on real cryptography.
import { X509Certificate } from 'node:crypto';
import type { ClientIdentity } from '../../src/ports/tcp.ts';
import type { ClientTrust, TlsCertificate, TlsClientOptions } from '../../src/ports/tls.ts';

export interface ClientHello {
  readonly step: 'hello';
  readonly serverName: string;
  readonly alpn: readonly string[];
}

/** Only simulated clients have a load balancer's word to say before the handshake. */
export type AnnouncingOptions = TlsClientOptions & { readonly announces?: Buffer };

export interface Finished {
  readonly step: 'finished';
  /** PEM; '' = none, or nobody has asked. */
  readonly certificate: string;
}

export interface ServerHello {
  readonly step: 'server-hello';
  /** The client is to show a certificate. */
  readonly asks: boolean;
  readonly certificate: TlsCertificate | null;
  readonly protocol: string;
  /** Error code of the alert that refuses the handshake, or null. */
  readonly alert: string | null;
}

/** What a TLS record looks like to a server that expects plain HTTP: content type 22, version 3.1, then noise. */
export const helloBytes: Buffer = Buffer.from('1603010200010001fc0303', 'hex');
/** Alert record: fatal. */
export const alertBytes: Buffer = Buffer.from('15030300020230', 'hex');

const parsed: Map<string, X509Certificate | null> = new Map();
const parsedMax = 1_000;

/** Parsing is pure, so the cache may outlive a run. */
function parseCertificate(pem: string): X509Certificate | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  let certificate: X509Certificate | null = null;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    certificate = null;
  }
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(pem, certificate);
  return certificate;
}

function isTrusted(certificate: X509Certificate, authorities: readonly string[]): boolean {
  return authorities.some((pem) => {
    const authority = parseCertificate(pem);
    if (authority === null) return false;
    if (authority.fingerprint256 === certificate.fingerprint256) return true;
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  });
}

/** What the server makes of what a client has shown, in the words of the real library. */
export function identityOf(pem: string, trust: ClientTrust, wallMs: number): ClientIdentity {
  if (pem === '') return { certificate: '', problem: null };
  const certificate = parseCertificate(pem);
  if (certificate === null) return { certificate: 'unreadable', problem: 'CERT_UNREADABLE' };
  if (Date.parse(certificate.validTo) < wallMs) return { certificate: pem, problem: 'CERT_HAS_EXPIRED' };
  const isBelieved = isTrusted(certificate, trust.certificateAuthorities);
  return { certificate: pem, problem: isBelieved ? null : 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' };
}

/** Why the client refuses the server's certificate, or null. No system authorities exist in the simulator. */
export function verifyServer(
  options: TlsClientOptions,
  offered: TlsCertificate | null,
  wallMs: number,
): string | null {
  if (!options.verify) return null;
  const certificate = offered === null ? null : parseCertificate(offered.cert);
  if (certificate === null) return 'TLS UNTRUSTED CERT_INVALID';
  if (Date.parse(certificate.validTo) < wallMs) return 'TLS UNTRUSTED CERT_HAS_EXPIRED';
  if (Date.parse(certificate.validFrom) > wallMs) return 'TLS UNTRUSTED CERT_NOT_YET_VALID';
  if (!isTrusted(certificate, options.certificateAuthorities ?? []))
    return 'TLS UNTRUSTED UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  if (options.serverName !== '' && certificate.checkHost(options.serverName) === undefined) {
    return 'TLS UNTRUSTED CERT_ALTNAME_INVALID';
  }
  return null;
}
