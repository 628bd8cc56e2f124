// What can be wrong with backends, paths and hosts, in sentences for users.
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

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
