// Clients that are asked for certificates: by the name that they want to speak to, as nginx does for Kong's injected
// ssl_verify_client. Who may pass, and what the upstream is told of the certificate (docs/decisions/0008).
import { X509Certificate } from 'node:crypto';
import type { ClientIdentity } from '../../ports/tcp.ts';
import type { ClientTrust } from '../../ports/tls.ts';
import type { RequestEdits } from './context.ts';
import { type Exit, exits } from './exits.ts';
import type { RequestRecord } from './request-record.ts';

/** In the words of nginx: required; believed if there is one; passed on whoever has signed it. */
export type ClientVerify = 'on' | 'optional' | 'optional_no_ca';

/** Plain data. */
export interface ClientCertificateRule {
  /** 'a.example', '*.example' (of any depth), or '' for every name that has no rule of its own. */
  readonly name: string;
  readonly verify: ClientVerify;
  readonly trust: ClientTrust;
}

/** What optional_no_ca lets pass, as in nginx: only that the authority is unknown. */
const unknownAuthority: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Ours to say, whatever a client sends. The names are those of Kong's (Enterprise) tls-metadata-headers. */
const headerNames = {
  verify: 'X-Client-Cert-Verify',
  certificate: 'X-Client-Cert',
  serial: 'X-Client-Cert-Serial',
  issuer: 'X-Client-Cert-Issuer-DN',
  subject: 'X-Client-Cert-Subject-DN',
  fingerprint: 'X-Client-Cert-Fingerprint',
} as const;

const ownedNames: ReadonlySet<string> = new Set(Object.values(headerNames).map((name) => name.toLowerCase()));

/** 'SUCCESS', 'NONE' or 'FAILED:...', as `ssl_client_verify` of nginx. */
export function verdictOf(identity: ClientIdentity | null): string {
  if (identity === null || identity.certificate === '') return 'NONE';
  return identity.problem === null ? 'SUCCESS' : `FAILED:${identity.problem}`;
}

/** RFC 2253: the last name first. node gives a line for each, escaped, and for none at all nothing. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .reverse()
    .join(',');
}

function describe({ certificate: pem }: ClientIdentity): readonly (readonly [name: string, value: string])[] {
  const { serialNumber, issuer, subject, fingerprint } = new X509Certificate(pem);
  return [
    [headerNames.certificate, encodeURIComponent(pem)],
    [headerNames.serial, serialNumber],
    [headerNames.issuer, distinguishedName(issuer)],
    [headerNames.subject, distinguishedName(subject)],
    [headerNames.fingerprint, fingerprint.replaceAll(':', '').toLowerCase()],
  ];
}

export class ClientCertificates {
  private readonly rules: ReadonlyMap<string, ClientCertificateRule>;
  /** By connection. */
  private readonly described = new WeakMap<ClientIdentity, ReturnType<typeof describe>>();

  constructor(rules: readonly ClientCertificateRule[]) {
    this.rules = new Map(rules.map((rule) => [rule.name, rule]));
  }

  /** `name`: lower case, a server name or the host of a request; exact, then the longest '*.' suffix, then everybody's. */
  ruleFor(name: string): ClientCertificateRule | null {
    const { rules } = this;
    // Some resolvers and clients keep the root's dot.
    const plain = name.endsWith('.') ? name.slice(0, -1) : name;
    let rule = plain === '' ? undefined : rules.get(plain);
    for (let dot = plain.indexOf('.'); dot !== -1 && rule === undefined; dot = plain.indexOf('.', dot + 1))
      rule = rules.get(`*${plain.slice(dot)}`);
    return rule ?? rules.get('') ?? null;
  }

  /**
   * Why the request may not pass; null: it may. The handshake went by the server name, the request goes by its host: where a
   * host has a rule, the connection must have been made under the same one.
   */
  refusal({ host, serverName, isTls, clientIdentity }: RequestRecord): Exit | null {
    const rule = this.ruleFor(host);
    if (rule === null) return null;
    // Nobody can show a certificate there.
    if (!isTls) return rule.verify === 'on' ? exits.clientCertificateMissing : null;
    if (this.ruleFor(serverName) !== rule) return exits.misdirectedRequest;
    if (clientIdentity === null || clientIdentity.certificate === '')
      return rule.verify === 'on' ? exits.clientCertificateMissing : null;
    const { problem } = clientIdentity;
    if (problem === null) return null;
    const mayPass = rule.verify === 'optional_no_ca' && unknownAuthority.has(problem);
    return mayPass ? null : exits.clientCertificateRefused;
  }

  /** Tells the upstream; what the client says of itself under these names is removed, also with '_' for '-'. */
  tell(request: RequestRecord, edits: RequestEdits): void {
    for (const [name] of request.headers())
      if (ownedNames.has(name.toLowerCase().replaceAll('_', '-'))) edits.removeHeader(name);
    if (this.ruleFor(request.host) === null) return;
    const { clientIdentity } = request;
    edits.setHeader(headerNames.verify, verdictOf(clientIdentity));
    if (clientIdentity === null || clientIdentity.certificate === '') return;
    let fields = this.described.get(clientIdentity);
    if (fields === undefined) {
      fields = describe(clientIdentity);
      this.described.set(clientIdentity, fields);
    }
    for (const [name, value] of fields) edits.setHeader(name, value);
  }
}
