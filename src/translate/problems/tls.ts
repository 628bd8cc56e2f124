// What can be wrong with certificates and the Secrets they are in, in sentences for users.
import { annotationField } from '../../kube/annotations.ts';
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

const tlsClosed = 'what the Service serves answers 503';

export function tlsWithoutTls(object: DecodedObject, annotation: string, protocol: string): Problem {
  return problem(
    object,
    annotationField(annotation),
    'InvalidAnnotation',
    `The annotation needs TLS towards the pods, but the protocol is ${quote(protocol)}; ${tlsClosed}. Set konghq.com/protocol to https, or remove the annotation.`,
  );
}

export function badTlsVerify(object: DecodedObject, value: string): Problem {
  return problem(
    object,
    annotationField('tls-verify'),
    'InvalidAnnotation',
    `Value ${quote(value)} is not true or false; ${tlsClosed}. Correct or remove it.`,
  );
}

export function authoritiesWithoutVerify(object: DecodedObject): Problem {
  return problem(
    object,
    annotationField('ca-certificates-secrets'),
    'InvalidAnnotation',
    `CA certificates are named but nothing is verified; ${tlsClosed}. Set konghq.com/tls-verify to true, or remove the annotation.`,
  );
}

export function missingTlsSecret(object: DecodedObject, annotation: string, name: string): Problem {
  return missingSecret(object, annotationField(annotation), name, tlsClosed);
}

export function badTlsSecret(object: DecodedObject, annotation: string, name: string, why: string): Problem {
  return problem(
    object,
    annotationField(annotation),
    'InvalidCertificate',
    `Secret ${quote(name)} cannot be used: ${why}; ${tlsClosed}. Correct the Secret.`,
  );
}

export function missingSecret(object: DecodedObject, field: string, name: string, effect: string): Problem {
  return problem(
    object,
    field,
    'SecretNotFound',
    `Secret ${quote(name)} does not exist or cannot be read; ${effect}. Create it, or correct the name.`,
  );
}

export function missingSecretKey(
  object: DecodedObject,
  field: string,
  secret: string,
  key: string,
  effect: string,
): Problem {
  return problem(
    object,
    field,
    'SecretKeyNotFound',
    `Secret ${quote(secret)} has no value ${quote(key)}; ${effect}. Add it to the Secret.`,
  );
}

export function badCertificate(object: DecodedObject, field: string, secret: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidCertificate',
    `The certificate in Secret ${quote(secret)} cannot be used: ${why}. Put a matching PEM pair into tls.crt and tls.key.`,
  );
}

export function conflictingSni(object: DecodedObject, field: string, host: string, owner: string): Problem {
  return problem(
    object,
    field,
    'CertificateConflict',
    `Host ${quote(host)} already has the certificate of Secret ${quote(owner)}, which an older Ingress chose. Use one Secret for the host.`,
  );
}

export function refusedSni(object: DecodedObject, field: string, host: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidHost',
    `Host ${quote(host)} cannot have a certificate: ${why}. Correct it.`,
  );
}
