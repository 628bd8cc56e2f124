// Annotations of an object that becomes routes: each one read into a field, or reported and left out.
import type { Filled } from '../kong/schema/field.ts';
import {
  annotation,
  annotationList,
  forceRedirectAnnotation,
  hasAnnotation,
  headerAnnotations,
  type KongAnnotation,
  unsupportedIngressAnnotations,
} from '../kube/annotations.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { Problem } from '../kube/problem.ts';
import { isTag } from './names.ts';
import * as problems from './problems.ts';

export interface RouteFields {
  /** Fields of Kong's route. */
  readonly fields: Filled;
  readonly hostAliases: readonly string[];
  readonly problems: readonly Problem[];
}

const routeProtocols: readonly string[] = ['http', 'https', 'grpc', 'grpcs'];
const redirectCodes: readonly string[] = ['426', '301', '302', '307', '308'];

export class AnnotationReader {
  readonly fields: Record<string, unknown> = {};
  readonly problems: Problem[] = [];
  readonly #object: DecodedObject;

  constructor(object: DecodedObject) {
    this.#object = object;
  }

  bad(name: string, value: string, expected: string): void {
    this.problems.push(problems.badAnnotation(this.#object, name, value, expected));
  }

  boolean(name: KongAnnotation, field: string): void {
    const value = annotation(this.#object, name);
    if (value === null) return;
    const lower = value.trim().toLowerCase();
    if (lower === 'true' || lower === 'false') this.fields[field] = lower === 'true';
    else this.bad(name, value, 'true or false');
  }

  integer(name: KongAnnotation, field: string, from: number, to: number): void {
    const value = annotation(this.#object, name);
    if (value === null) return;
    const number = Number(value);
    if (/^-?\d+$/.test(value.trim()) && number >= from && number <= to) this.fields[field] = number;
    else this.bad(name, value, `a whole number from ${from} to ${to}`);
  }

  /** All items must pass, else none is taken. */
  list(name: KongAnnotation, expected: string, isGood: (item: string) => boolean): readonly string[] | null {
    const items = annotationList(this.#object, name);
    if (items === null || items.length === 0) return null;
    const bad = items.find((item) => !isGood(item));
    if (bad === undefined) return [...new Set(items)];
    this.bad(name, bad, expected);
    return null;
  }
}

function isPlainHost(host: string): boolean {
  return (
    host.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host)
  );
}

function isAlias(host: string): boolean {
  return isPlainHost(host.startsWith('*.') ? host.slice(2) : host.endsWith('.*') ? host.slice(0, -2) : host);
}

function readProtocols(object: DecodedObject, reader: AnnotationReader): void {
  if (object.metadata.annotations[forceRedirectAnnotation] === 'true') {
    reader.fields['https_redirect_status_code'] = 302;
    reader.fields['protocols'] = ['https'];
  }
  const listed = reader.list('protocols', `one of ${routeProtocols.join(', ')}`, (item) =>
    routeProtocols.includes(item),
  );
  if (listed !== null) {
    const isGrpc = (item: string): boolean => item.startsWith('grpc');
    if (listed.some(isGrpc) && !listed.every(isGrpc))
      reader.bad('protocols', listed.join(','), 'one family (http and https, or grpc and grpcs)');
    else reader.fields['protocols'] = listed;
  }
  const code = annotation(object, 'https-redirect-status-code');
  if (code === null) return;
  if (redirectCodes.includes(code.trim())) reader.fields['https_redirect_status_code'] = Number(code);
  else reader.bad('https-redirect-status-code', code, `one of ${redirectCodes.join(', ')}`);
}

export function readRouteAnnotations(object: DecodedObject): RouteFields {
  const reader = new AnnotationReader(object);
  readProtocols(object, reader);
  reader.boolean('strip-path', 'strip_path');
  reader.boolean('preserve-host', 'preserve_host');
  reader.boolean('request-buffering', 'request_buffering');
  reader.boolean('response-buffering', 'response_buffering');
  reader.integer('regex-priority', 'regex_priority', -2_147_483_648, 2_147_483_647);
  const handling = annotation(object, 'path-handling');
  if (handling !== null) {
    if (handling === 'v0' || handling === 'v1') reader.fields['path_handling'] = handling;
    else reader.bad('path-handling', handling, 'v0 or v1');
  }
  const methods = reader.list('methods', 'a method such as GET or POST', (item) =>
    /^[A-Z]+$/.test(item.toUpperCase()),
  );
  if (methods !== null) reader.fields['methods'] = [...new Set(methods.map((item) => item.toUpperCase()))];
  const snis = reader.list('snis', 'a host name without wildcard', isPlainHost);
  if (snis !== null) reader.fields['snis'] = snis;
  const hostAliases = reader.list('host-aliases', 'a host name, *.name or name.*', isAlias) ?? [];
  const headers = headerAnnotations(object);
  if (headers !== null) reader.fields['headers'] = headers;
  reader.list('tags', "free of '/' and control characters", isTag);
  for (const name of unsupportedIngressAnnotations)
    if (hasAnnotation(object, name)) reader.problems.push(problems.unsupportedAnnotation(object, name));
  return { fields: reader.fields, hostAliases, problems: reader.problems };
}
