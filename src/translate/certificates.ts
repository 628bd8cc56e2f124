// TLS entries of Ingresses to certificates and server names. For one host the oldest Ingress with a usable pair wins.

import { oncePerObject } from '../base/once-per-object.ts';
import type { Result } from '../base/result.ts';
import type { Certificate, Sni } from '../kong/entity.ts';
import { idOfName } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import type { Ingress } from '../kube/ingress.ts';
import type { Problem } from '../kube/problem.ts';
import { type Secret, secretText } from '../kube/secret.ts';
import type { ConfigBuilder } from './builder.ts';
import { checked, describeErrors } from './check-entity.ts';
import { certificateId, objectTags } from './names.ts';
import * as problems from './problems.ts';

type Pair = { readonly certificate: Certificate } | { readonly why: string };

/** Parsing a pair costs more than everything else here. */
export const readPair = oncePerObject((secret: Secret): Pair => {
  for (const name of ['tls.crt', 'tls.key'])
    if (secretText(secret, name) === null) return { why: `it has no value '${name}'` };
  const result = checked('certificates', {
    id: certificateId(secret),
    cert: secretText(secret, 'tls.crt')!.trim(),
    key: secretText(secret, 'tls.key')!.trim(),
    tags: objectTags(secret),
  });
  return result.ok ? { certificate: result.value } : { why: describeErrors(result.error) };
});

type SniResult = Result<Sni, readonly FieldError[]>;

const checkedSnis = oncePerObject((_certificate: Certificate) => new Map<string, SniResult>());

function checkSni(name: string, certificate: Certificate): SniResult {
  const known = checkedSnis(certificate);
  let result = known.get(name);
  if (result === undefined) {
    const { id, tags } = certificate;
    result = checked('snis', { id: idOfName('snis', name), name, certificate: id, tags });
    known.set(name, result);
  }
  return result;
}

interface Owner {
  readonly secret: Secret;
  readonly certificate: Certificate;
}

export function addCertificates(
  ingresses: readonly Ingress[],
  secrets: ReadonlyMap<string, Secret>,
  builder: ConfigBuilder,
): readonly Problem[] {
  const found: Problem[] = [];
  const owners = new Map<string, Owner>();
  const byContent = new Map<string, Owner>();
  for (const ingress of ingresses) {
    ingress.spec.tls.forEach((entry, i) => {
      if (entry.secretName === '' || entry.hosts.length === 0) return;
      const field = `spec.tls[${i}]`;
      const secret = secrets.get(`${ingress.metadata.namespace}/${entry.secretName}`);
      if (secret === undefined) {
        const effect = 'its hosts have no certificate of their own';
        found.push(problems.missingSecret(ingress, `${field}.secretName`, entry.secretName, effect));
        return;
      }
      const pair = readPair(secret);
      if ('why' in pair) {
        found.push(problems.badCertificate(ingress, `${field}.secretName`, entry.secretName, pair.why));
        return;
      }
      const content = `${pair.certificate.cert}\n${pair.certificate.key}`;
      const owner = byContent.get(content) ?? { secret, certificate: pair.certificate };
      byContent.set(content, owner);
      entry.hosts.forEach((host, h) => {
        const problem = addHost(host, `${field}.hosts[${h}]`, ingress, owner, owners, builder);
        if (problem !== null) found.push(problem);
      });
    });
  }
  return found;
}

function addHost(
  host: string,
  field: string,
  ingress: Ingress,
  owner: Owner,
  owners: Map<string, Owner>,
  builder: ConfigBuilder,
): Problem | null {
  const name = host.toLowerCase();
  const holder = owners.get(name);
  if (holder !== undefined) {
    if (holder.certificate.id === owner.certificate.id) return null;
    const { namespace, name: secretName } = holder.secret.metadata;
    return problems.conflictingSni(ingress, field, host, `${namespace}/${secretName}`);
  }
  const sni = checkSni(name, owner.certificate);
  if (!sni.ok) return problems.refusedSni(ingress, field, host, describeErrors(sni.error));
  owners.set(name, owner);
  builder.add('certificates', owner.certificate, [owner.secret, ingress]);
  if (builder.has('certificates', owner.certificate.id))
    builder.add('snis', sni.value, [ingress, owner.secret]);
  return null;
}
