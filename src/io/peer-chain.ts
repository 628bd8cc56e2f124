// How long the chain of a peer's certificate is. The TLS library has a limit for it that node does not let us set, so the chain
// is counted once the library has accepted it.
import type { DetailedPeerCertificate } from 'node:tls';

/** Cross-signed certificates may go round. */
const certificatesMax = 100;

type Link = Pick<DetailedPeerCertificate, 'fingerprint256'> & { readonly issuerCertificate?: Link };

/** Authorities between the certificate and the last of its chain: what `verify_depth` of nginx limits. */
export function authoritiesBetween(certificate: Link): number {
  let count = 1;
  let at = certificate;
  while (count < certificatesMax) {
    const issuer = at.issuerCertificate;
    if (issuer === undefined || issuer === at || issuer.fingerprint256 === at.fingerprint256) break;
    at = issuer;
    count++;
  }
  return Math.max(0, count - 2);
}
