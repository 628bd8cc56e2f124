// What a client has shown of itself once the handshake is over, out of what node tells of its certificate and of what the
// library thought of it.
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import type { ClientIdentity } from '../ports/tcp.ts';
import type { ClientTrust } from '../ports/tls.ts';
import { authoritiesBetween } from './peer-chain.ts';

const nobody: ClientIdentity = { certificate: '', problem: null };

/** It travels in a header. */
const charactersMax = 16_384;

function textOf(raw: Buffer): string | null {
  try {
    return new X509Certificate(raw).toString();
  } catch {
    return null;
  }
}

/** `shown`: with its issuers; empty or absent: none was. `failure`: code of the library's verdict, null where it has none. */
export function clientIdentityOf(
  shown: Partial<DetailedPeerCertificate> | null | undefined,
  failure: string | null,
  trust: ClientTrust,
): ClientIdentity {
  // Without a certificate the library's verdict says nothing.
  if (!shown?.raw) return nobody;
  const certificate = textOf(shown.raw);
  if (certificate === null) return { certificate: 'unreadable', problem: 'CERT_UNREADABLE' };
  if (certificate.length > charactersMax) return { certificate, problem: 'CERT_TOO_LARGE' };
  if (failure !== null) return { certificate, problem: failure };
  const isTooLong = authoritiesBetween(shown as DetailedPeerCertificate) > trust.verifyDepth;
  return { certificate, problem: isTooLong ? 'CERT_CHAIN_TOO_LONG' : null };
}
