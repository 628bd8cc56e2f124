// What our side of TLS speaks: Mozilla's intermediate level (versions, suites, groups), certificates of both kinds in one
// context, tickets under the keys of the moment. Contexts are made on first use.
import { constants, createHash } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ClientTrust, TicketKeys, TlsCertificate, TlsClientOptions, TlsSpoken } from '../ports/tls.ts';

const contextsMax = 10_000;

/** https://wiki.mozilla.org/Security/Server_Side_TLS; its finite-field suites need parameters that nobody misses. */
const intermediate = {
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  ecdhCurve: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
  sessionTimeout: 86_400,
  // A client that begins a second handshake on a connection only costs: TLS 1.3 has none, browsers never did.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const;

/**
 * Where clients are asked for certificates each of them shows it anew: a session would remember that it was believed, but
 * neither by whom nor through how many authorities nor until when.
 */
const withoutSessions = intermediate.secureOptions | constants.SSL_OP_NO_TICKET;

const spokenDefault: TlsSpoken = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', hasTickets: true };

function contextId({ id }: TlsCertificate, trust: ClientTrust | null): string {
  return trust === null ? id : `${id} ${trust.id}`;
}

/** Of a server with this certificate. Throws at use where the certificate cannot be used. */
export function serverContextOptions(
  certificate: TlsCertificate,
  ticketKeys: TicketKeys | null,
  trust: ClientTrust | null,
  { minVersion, maxVersion, hasTickets }: TlsSpoken = spokenDefault,
): SecureContextOptions & { readonly ticketKeys?: Buffer } {
  const { cert, key, alternative = null } = certificate;
  return {
    ...intermediate,
    minVersion,
    maxVersion,
    ...(hasTickets ? {} : { secureOptions: withoutSessions }),
    ...(trust === null ? {} : { ca: [...trust.certificateAuthorities], secureOptions: withoutSessions }),
    cert: alternative === null ? cert : [cert, alternative.cert],
    key: alternative === null ? key : [key, alternative.key],
    // A session is taken up again only under the certificate that it began with, and never where clients have to show theirs.
    sessionIdContext: createHash('sha256').update(contextId(certificate, trust)).digest('hex').slice(0, 32),
    ...(ticketKeys === null ? {} : { ticketKeys: Buffer.from(ticketKeys) }),
  };
}

type ByCertificate<Made> = (
  certificate: TlsCertificate,
  ticketKeys: TicketKeys | null,
  trust: ClientTrust | null,
) => Made;

/** `make` once per certificate and trust, and again when the keys of tickets have become others. */
export function createByCertificate<Made>(make: ByCertificate<Made>): ByCertificate<Made> {
  const made = new Map<string, Made>();
  let madeWith: TicketKeys | null = null;
  return (certificate, ticketKeys, trust) => {
    const id = contextId(certificate, trust);
    if (ticketKeys !== madeWith) {
      made.clear();
      madeWith = ticketKeys;
    }
    let found = made.get(id);
    if (found === undefined) {
      found = make(certificate, ticketKeys, trust);
      if (made.size >= contextsMax) made.delete(made.keys().next().value!);
      made.set(id, found);
    }
    return found;
  };
}

/** Of outgoing connections: authorities are parsed once for all that trust the same list. */
export function createClientContexts(): (options: TlsClientOptions) => SecureContext {
  const ofSystem: readonly string[] = [];
  const byTrust = new WeakMap<readonly string[], Map<string, SecureContext>>();
  return ({ certificateAuthorities, clientCertificate }) => {
    const trust = certificateAuthorities ?? ofSystem;
    let byClient = byTrust.get(trust);
    if (byClient === undefined) {
      byClient = new Map();
      byTrust.set(trust, byClient);
    }
    const id = clientCertificate?.id ?? '';
    let context = byClient.get(id);
    if (context === undefined) {
      context = createSecureContext({
        ...(certificateAuthorities === null ? {} : { ca: [...certificateAuthorities] }),
        ...(clientCertificate === null ? {} : { cert: clientCertificate.cert, key: clientCertificate.key }),
      });
      if (byClient.size >= contextsMax) byClient.delete(byClient.keys().next().value!);
      byClient.set(id, context);
    }
    return context;
  };
}
