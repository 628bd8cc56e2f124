// Every sentence about a user's mistake: which object, which field, what is wrong, what to do.
import { pointsPerTarget, ringTargetsMax, slotsMax } from '../kong/hash-ring.ts';
import { annotationField } from '../kube/annotations.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import { referenceTo } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';

const shownLengthMax = 120;

/** A value that a user wrote, quoted and kept short. */
export function quote(value: string): string {
  const shown = value.length > shownLengthMax ? `${value.slice(0, shownLengthMax)}…` : value;
  return `'${shown.replace(/\p{Cc}/gu, '?')}'`;
}

function problem(object: DecodedObject, field: string, reason: string, message: string): Problem {
  return { object: referenceTo(object), field, reason, message };
}

export function missingService(object: DecodedObject, field: string, name: string): Problem {
  return problem(
    object,
    field,
    'ServiceNotFound',
    `Service ${quote(name)} does not exist in namespace ${quote(object.metadata.namespace)}; its paths answer 503. Create it, or correct the name.`,
  );
}

export function missingPort(
  object: DecodedObject,
  field: string,
  service: string,
  port: string,
  has: string,
): Problem {
  return problem(
    object,
    field,
    'PortNotFound',
    `Service ${quote(service)} has no port ${quote(port)} (it has ${has}); its paths answer 503. Correct the port of the backend or of the Service.`,
  );
}

export function ambiguousPort(object: DecodedObject, field: string, service: string, has: string): Problem {
  return problem(
    object,
    field,
    'PortMissing',
    `The backend names no port and Service ${quote(service)} has ${has}; its paths answer 503. Give port.number or port.name.`,
  );
}

export function externalNamePort(object: DecodedObject, field: string, service: string): Problem {
  return problem(
    object,
    field,
    'PortNotFound',
    `Service ${quote(service)} is of type ExternalName and needs a port number. Write port.number instead of port.name.`,
  );
}

export function ownHostExternalName(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    'spec.externalName',
    'ForbiddenExternalName',
    `External name ${quote(name)} stands for the gateway's own host or its link, where its Admin API and other things that trust it listen; the service's routes answer 503. Name another host.`,
  );
}

export function resourceBackend(object: DecodedObject, field: string, kind: string): Problem {
  return problem(
    object,
    field,
    'UnsupportedBackend',
    kind === ''
      ? 'The backend names no Service; this path is not served. Give backend.service.'
      : `A backend of kind ${quote(kind)} is not supported; this path is not served. Use backend.service.`,
  );
}

export function unknownPathType(object: DecodedObject, field: string, type: string): Problem {
  return problem(
    object,
    field,
    'InvalidPathType',
    `Path type ${quote(type)} is unknown; this path is not served. Use Prefix, Exact or ImplementationSpecific.`,
  );
}

export function collapsedPath(object: DecodedObject, field: string, path: string, served: string): Problem {
  return problem(
    object,
    field,
    'InvalidPath',
    `Path ${quote(path)} contains '//'; it is served as ${quote(served)}. Write it that way.`,
  );
}

export function relativePath(object: DecodedObject, field: string, path: string): Problem {
  return problem(
    object,
    field,
    'InvalidPath',
    `Path ${quote(path)} does not start with '/'; this path is not served. Put a '/' in front.`,
  );
}

export function refusedPath(object: DecodedObject, field: string, path: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidPath',
    `Path ${quote(path)} cannot be served: ${why}. Correct it; the other paths are served.`,
  );
}

export function refusedHost(object: DecodedObject, field: string, host: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidHost',
    `Host ${quote(host)} cannot be served: ${why}. Correct it; other hosts are served.`,
  );
}

export function refusedRoute(object: DecodedObject, field: string, what: string): Problem {
  return problem(object, field, 'InvalidRoute', `The route cannot be served: ${what}. Correct the object.`);
}

export function conflictingPath(
  object: DecodedObject,
  field: string,
  host: string,
  path: string,
  owner: DecodedObject,
): Problem {
  const where = host === '' ? `Path ${quote(path)}` : `Path ${quote(path)} of host ${quote(host)}`;
  const who =
    owner === object
      ? 'an earlier path of the same Ingress'
      : `the older Ingress ${quote(`${owner.metadata.namespace}/${owner.metadata.name}`)}`;
  return problem(
    object,
    field,
    'PathConflict',
    `${where} is already served for ${who}, which keeps it. Remove one of the two.`,
  );
}

export function secondDefaultBackend(object: DecodedObject, owner: DecodedObject): Problem {
  return problem(
    object,
    'spec.defaultBackend',
    'DefaultBackendConflict',
    `The older Ingress ${quote(`${owner.metadata.namespace}/${owner.metadata.name}`)} already has a default backend, which is the one used. Remove one of the two.`,
  );
}

export function badAnnotation(object: DecodedObject, name: string, value: string, expected: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; the annotation is ignored. Correct or remove it.`,
  );
}

export function idleSlowStart(object: DecodedObject, name: string, algorithm: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Slow start has no meaning with the algorithm ${quote(algorithm)}, which chooses by what a request is; the annotation is ignored. Remove it, or choose round-robin, least-connections or latency.`,
  );
}

/** One value of several: the others count. */
export function badAnnotationValue(
  object: DecodedObject,
  name: string,
  value: string,
  expected: string,
): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; it is left out. Correct or remove it.`,
  );
}

/** A condition of which nothing is left: without it the routes would match requests that nobody asked for. */
export function badCondition(object: DecodedObject, name: string, value: string, expected: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; the object's routes are not served, because without this condition they would match more requests. Correct or remove it.`,
  );
}

export function badRewrite(object: DecodedObject, value: string, why: string): Problem {
  return problem(
    object,
    annotationField('rewrite'),
    'InvalidAnnotation',
    `Value ${quote(value)} cannot be used: ${why}; what the object serves answers 503. Correct or remove it.`,
  );
}

export function conflictingRewrite(object: DecodedObject, plugin: string): Problem {
  return problem(
    object,
    annotationField('rewrite'),
    'PluginConflict',
    `The rewrite needs a request-transformer of its own, but ${quote(plugin)} is one too; what the object serves answers 503. Set replace.uri in ${quote(plugin)} and remove the annotation.`,
  );
}

export function unsupportedAnnotation(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField(name),
    'UnsupportedAnnotation',
    `The annotation konghq.com/${name} is not supported; it is ignored. Remove it.`,
  );
}

export function refusedChoice(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidUpstreamPolicy',
    `It is refused: ${why}; requests are spread by round-robin. Correct it.`,
  );
}

export function crowdedRing(object: DecodedObject, upstream: string, slots: number, count: number): Problem {
  const wanted = count * pointsPerTarget;
  const remedy =
    wanted <= slotsMax
      ? `Set it to ${wanted} or more.`
      : `No setting is large enough; use another algorithm where Kong serves them too.`;
  return problem(
    object,
    'spec.slots',
    'CrowdedRing',
    `Upstream ${quote(upstream)} has ${count} endpoints, and a ring of ${slots} slots takes ${ringTargetsMax(slots)}; a larger one is used than Kong would use. ${remedy}`,
  );
}

export function refusedPolicyField(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidUpstreamPolicy',
    `It is refused: ${why}; ${field.split('.').slice(0, 2).join('.')} is not used. Correct it.`,
  );
}

export function missingPolicy(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('upstream-policy'),
    'UpstreamPolicyNotFound',
    `KongUpstreamPolicy ${quote(name)} does not exist in namespace ${quote(object.metadata.namespace)}; the Service is served without it. Create it, or correct the name.`,
  );
}

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

const closed = 'What uses it answers 503 until this is corrected.';

export function unreadableSettings(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The Secret's value is neither JSON nor YAML of the settings: ${why}. ${closed}`,
  );
}

/** What the gateway says about a value quotes it, and this one is a secret. */
export function badSecretConfig(object: DecodedObject, field: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The plugin's settings are refused at this field. They come from a Secret, so no more is shown here. ${closed}`,
  );
}

export function badPatch(object: DecodedObject, field: string, why: string): Problem {
  return problem(object, field, 'InvalidPluginConfig', `The patch cannot be applied: ${why}. ${closed}`);
}

export function unknownPlugin(object: DecodedObject, name: string, isOpen: boolean): Problem {
  return problem(
    object,
    'plugin',
    'UnknownPlugin',
    isOpen
      ? `Plugin ${quote(name)} is not known here; it only observes, so traffic goes on without it. Remove it, or choose a known plugin.`
      : `Plugin ${quote(name)} is not known here. ${closed} Remove it, or choose a known plugin.`,
  );
}

export function badPluginConfig(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The plugin's settings are refused: ${why}. ${closed}`,
  );
}

export function missingPlugin(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginNotFound',
    `There is no KongPlugin or KongClusterPlugin ${quote(name)} that can be used; what the object serves answers 503. Create or correct it, or correct the name.`,
  );
}

export function foreignPlugin(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginNotPermitted',
    `Plugin ${quote(name)} is in another namespace, which is not supported; what the object serves answers 503. Create a KongPlugin in this namespace, or a KongClusterPlugin.`,
  );
}

export function duplicatePlugin(object: DecodedObject, name: string, other: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginConflict',
    `${quote(name)} and ${quote(other)} are the same kind of plugin; only ${quote(other)} is used. Name one of them.`,
  );
}

export function duplicateGlobalPlugin(object: DecodedObject, name: string, owner: string): Problem {
  return problem(
    object,
    "metadata.labels['global']",
    'PluginConflict',
    `The older KongClusterPlugin ${quote(owner)} is already the global plugin ${quote(name)}; this one is not used. Remove one of the two.`,
  );
}

export function duplicateConsumer(
  object: DecodedObject,
  field: string,
  value: string,
  owner: string,
): Problem {
  return problem(
    object,
    field,
    'ConsumerConflict',
    `${quote(value)} already belongs to the older KongConsumer ${quote(owner)}; this consumer is left out. Choose another value.`,
  );
}

export function refusedConsumer(object: DecodedObject, field: string, why: string): Problem {
  return problem(object, field, 'InvalidConsumer', `The consumer is left out: ${why}. Correct it.`);
}

export function unlabelledCredential(object: DecodedObject, field: string, secret: string): Problem {
  return problem(
    object,
    field,
    'InvalidCredential',
    `Secret ${quote(secret)} has no label konghq.com/credential; the credential is left out. Set the label to key-auth, basic-auth or acl.`,
  );
}

export function unsupportedCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  type: string,
): Problem {
  return problem(
    object,
    field,
    'UnsupportedCredential',
    `Secret ${quote(secret)} is a credential of type ${quote(type)}, which is not supported; it is left out. Use key-auth, basic-auth or acl.`,
  );
}

export function duplicateCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  owner: string,
): Problem {
  return problem(
    object,
    field,
    'CredentialConflict',
    `The credential in Secret ${quote(secret)} is the same as one of the older KongConsumer ${quote(owner)}; it is left out. Give each consumer its own.`,
  );
}

export function refusedCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  why: string,
): Problem {
  return problem(
    object,
    field,
    'InvalidCredential',
    `The credential in Secret ${quote(secret)} is refused: ${why}; it is left out. Correct the Secret.`,
  );
}
