// Every annotation and label that means something to the controller, and how their values are read.
import type { DecodedObject } from './metadata.ts';

const prefix = 'konghq.com/';

/** Names below konghq.com/. */
export type KongAnnotation =
  | 'ca-certificates-secrets'
  | 'client-cert'
  | 'connect-timeout'
  | 'headers-separator'
  | 'host-aliases'
  | 'host-header'
  | 'https-redirect-status-code'
  | 'methods'
  | 'path'
  | 'path-handling'
  | 'plugins'
  | 'preserve-host'
  | 'protocol'
  | 'protocols'
  | 'read-timeout'
  | 'regex-prefix'
  | 'regex-priority'
  | 'request-buffering'
  | 'response-buffering'
  | 'retries'
  | 'rewrite'
  | 'snis'
  | 'strip-path'
  | 'tags'
  | 'tls-verify'
  | 'tls-verify-depth'
  | 'upstream-policy'
  | 'write-timeout';

export const classAnnotation = 'kubernetes.io/ingress.class';
export const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';
export const forceRedirectAnnotation = 'ingress.kubernetes.io/force-ssl-redirect';
export const serviceUpstreamAnnotation = 'ingress.kubernetes.io/service-upstream';
export const credentialLabel = 'konghq.com/credential';
export const globalLabel = 'global';
const headersPrefix = `${prefix}headers.`;

/** Understood by Kong's ingress controller but not yet here: said aloud, because leaving them out changes what is served. */
export const unsupportedIngressAnnotations: readonly string[] = ['override'];
export const unsupportedServiceAnnotations: readonly string[] = ['ca-certificates-configmaps', 'override'];

/** The value, or null where there is none. */
export function annotation(object: DecodedObject, name: KongAnnotation): string | null {
  return object.metadata.annotations[`${prefix}${name}`] ?? null;
}

export function hasAnnotation(object: DecodedObject, name: string): boolean {
  return Object.hasOwn(object.metadata.annotations, `${prefix}${name}`);
}

/** "metadata.annotations['konghq.com/plugins']" */
export function annotationField(name: string): string {
  return `metadata.annotations['${name.includes('/') ? name : prefix + name}']`;
}

/** Comma-separated, trimmed, empty items dropped. */
export function annotationList(object: DecodedObject, name: KongAnnotation): readonly string[] | null {
  const value = annotation(object, name);
  return value === null ? null : splitList(value, ',');
}

function splitList(value: string, separator: string): readonly string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Header name to its values, of all konghq.com/headers.<Name>; a list may be empty. */
export function headerAnnotations(object: DecodedObject): ReadonlyMap<string, readonly string[]> {
  const separator = annotation(object, 'headers-separator') || ',';
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(object.metadata.annotations)) {
    if (!name.startsWith(headersPrefix) || name === headersPrefix) continue;
    headers.set(name.slice(headersPrefix.length), splitList(value, separator));
  }
  return headers;
}
