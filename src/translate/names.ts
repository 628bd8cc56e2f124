// Names, ids and tags of entities: those of Kong's ingress controller, so that either can follow the other.
import { idOfName } from '../kong/ids.ts';
import { annotationList } from '../kube/annotations.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { PortReference } from './translation.ts';

function portText(port: PortReference): string {
  if (port.number !== null) return String(port.number);
  return port.name === '' ? 'implicitPort' : port.name;
}

export function serviceName(namespace: string, service: string, port: PortReference): string {
  return `${namespace}.${service}.${portText(port)}`;
}

export function upstreamName(namespace: string, service: string, port: PortReference): string {
  return `${service}.${namespace}.${portText(port)}.svc`;
}

export function routeName(
  namespace: string,
  ingress: string,
  service: string,
  host: string,
  port: PortReference,
): string {
  return `${namespace}.${ingress}.${service}.${host.replaceAll('*', '_')}.${portText(port)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The uid where there is one, as in a cluster; manifests have none. */
export function certificateId(secret: DecodedObject): string {
  const { uid, namespace, name } = secret.metadata;
  return uuidPattern.test(uid) ? uid.toLowerCase() : idOfName('certificates', `${namespace}/${name}`);
}

/** Kong's tags allow neither ',' nor '/' nor control characters; such tags are reported by checkTags. */
export function isTag(text: string): boolean {
  return /^[^\p{Cc},/]+$/u.test(text);
}

/** In the order of Kong's controller; parts without a value are left out. */
export function objectTags(object: DecodedObject): readonly string[] {
  const { name, namespace, uid } = object.metadata;
  const slash = object.apiVersion.indexOf('/');
  const parts: readonly (readonly [string, string])[] = [
    ['k8s-name', name],
    ['k8s-namespace', namespace],
    ['k8s-kind', object.kind],
    ['k8s-uid', uid],
    ['k8s-group', slash < 0 ? '' : object.apiVersion.slice(0, slash)],
    ['k8s-version', object.apiVersion.slice(slash + 1)],
  ];
  const tags = parts.filter(([, value]) => value !== '').map(([key, value]) => `${key}:${value}`);
  const own = (annotationList(object, 'tags') ?? []).filter(isTag);
  return [...new Set([...tags, ...own])];
}

/** Tags of the entities of a Service that does not exist. */
export const unknownServiceTags: readonly string[] = [
  'k8s-name:UNKNOWN',
  'k8s-namespace:UNKNOWN',
  'k8s-kind:Service',
  'k8s-uid:00000000-0000-0000-0000-000000000000',
  'k8s-group:core',
  'k8s-version:v1',
];
