// What a Service's annotations ask of TLS towards its pods: a certificate of our own to show, and authorities to believe.
// Fails closed: traffic that was to be verified never goes out unverified.
import { X509Certificate } from 'node:crypto';
import { sha256Hex } from '../base/hash.ts';
import { oncePerObject } from '../base/once-per-object.ts';
import type { CaCertificate, Certificate } from '../kong/entity.ts';
import { idOfName } from '../kong/ids.ts';
import { annotation, annotationList } from '../kube/annotations.ts';
import type { Problem } from '../kube/problem.ts';
import { type Secret, secretText } from '../kube/secret.ts';
import type { KubeService } from '../kube/service.ts';
import { readPair } from './certificates.ts';
import { checked, describeErrors } from './check-entity.ts';
import { objectTags } from './names.ts';
import * as problems from './problems.ts';
import type { ServiceNeeds } from './service-needs.ts';

export type TlsEntity =
  | { readonly type: 'certificates'; readonly entity: Certificate; readonly secret: Secret }
  | { readonly type: 'ca_certificates'; readonly entity: CaCertificate; readonly secret: Secret };

export interface UpstreamTls {
  /** Of Kong's service. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly entities: readonly TlsEntity[];
  readonly problems: readonly Problem[];
}

type Authority = { readonly entity: CaCertificate } | { readonly why: string };

const readAuthority = oncePerObject((secret: Secret): Authority => {
  const text = secretText(secret, 'ca.crt') ?? secretText(secret, 'cert');
  if (text === null) return { why: "it has no value 'ca.crt' or 'cert'" };
  const cert = text.trim();
  let digest: string;
  try {
    digest = sha256Hex(new X509Certificate(cert).raw);
  } catch {
    return { why: 'it is not a PEM X.509 certificate' };
  }
  // From the content: the same authority in two Secrets is one, as the gateway wants it.
  const id = idOfName('ca_certificates', digest);
  const result = checked('ca_certificates', { id, cert, cert_digest: digest, tags: objectTags(secret) });
  return result.ok ? { entity: result.value } : { why: describeErrors(result.error) };
});

/** `protocol`: of the Kong service, with annotations applied. */
export function readUpstreamTls(source: KubeService, needs: ServiceNeeds, protocol: string): UpstreamTls {
  const fields: Record<string, unknown> = {};
  const entities: TlsEntity[] = [];
  const found: Problem[] = [];
  const names = annotationList(source, 'ca-certificates-secrets') ?? [];
  const isTls = protocol === 'https' || protocol === 'tls';
  const verify = annotation(source, 'tls-verify');
  const verifies = verify?.trim().toLowerCase() === 'true';
  if (verify !== null && !verifies && verify.trim().toLowerCase() !== 'false')
    found.push(problems.badTlsVerify(source, verify));
  if (needs.clientCertificate !== null) {
    const name = annotation(source, 'client-cert') ?? '';
    const secret = needs.clientCertificate;
    const pair = secret === undefined ? null : readPair(secret);
    if (!isTls) found.push(problems.tlsWithoutTls(source, 'client-cert', protocol));
    else if (secret === undefined || pair === null)
      found.push(problems.missingTlsSecret(source, 'client-cert', name));
    else if ('why' in pair) found.push(problems.badTlsSecret(source, 'client-cert', name, pair.why));
    else {
      fields['client_certificate'] = pair.certificate.id;
      entities.push({ type: 'certificates', entity: pair.certificate, secret });
    }
  }
  if (names.length === 0) return { fields, entities, problems: found };
  if (!isTls) found.push(problems.tlsWithoutTls(source, 'ca-certificates-secrets', protocol));
  else if (!verifies) found.push(problems.authoritiesWithoutVerify(source));
  else {
    const ids: string[] = [];
    names.forEach((name, i) => {
      const secret = needs.authorities[i];
      const authority = secret === undefined ? null : readAuthority(secret);
      if (secret === undefined || authority === null)
        found.push(problems.missingTlsSecret(source, 'ca-certificates-secrets', name));
      else if ('why' in authority)
        found.push(problems.badTlsSecret(source, 'ca-certificates-secrets', name, authority.why));
      else {
        ids.push(authority.entity.id);
        entities.push({ type: 'ca_certificates', entity: authority.entity, secret });
      }
    });
    fields['ca_certificates'] = [...new Set(ids)];
  }
  return { fields, entities, problems: found };
}
