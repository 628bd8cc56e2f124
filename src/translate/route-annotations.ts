// Annotations of an object that becomes routes: each one read into a field, or reported and left out.
import type { FieldError, Filled } from '../kong/schema/field.ts';
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
import { checked } from './check-entity.ts';
import { isTag } from './names.ts';
import * as problems from './problems.ts';
import { rewriteTemplate } from './rewrite.ts';

export interface RouteFields {
  /** Fields of Kong's route. */
  readonly fields: Filled;
  readonly hostAliases: readonly string[];
  /** Path towards the upstream, as request-transformer takes it. */
  readonly rewrite: string | null;
  /** True: the rewrite cannot be understood, so the routes answer 503. */
  readonly isClosed: boolean;
  /** True: a condition cannot be understood, so there may be no routes: they would match more than was asked for. */
  readonly hasLostCondition: boolean;
  readonly problems: readonly Problem[];
}

const routeProtocols: readonly string[] = ['http', 'https', 'grpc', 'grpcs'];
const redirectCodes: readonly string[] = ['426', '301', '302', '307', '308'];

export class AnnotationReader {
  readonly fields: Record<string, unknown> = {};
  readonly problems: Problem[] = [];
  hasLostCondition = false;
  readonly #object: DecodedObject;

  constructor(object: DecodedObject) {
    this.#object = object;
  }

  bad(name: string, value: string, expected: string): void {
    this.problems.push(problems.badAnnotation(this.#object, name, value, expected));
  }

  badValue(name: string, value: string, expected: string): void {
    this.problems.push(problems.badAnnotationValue(this.#object, name, value, expected));
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

  /** The good items; the first bad one is reported, and those like it are left out. null: nothing was asked for. */
  list(name: KongAnnotation, expected: string, isGood: (item: string) => boolean): readonly string[] | null {
    const items = annotationList(this.#object, name);
    if (items === null || items.length === 0) return null;
    const bad = items.find((item) => !isGood(item));
    if (bad !== undefined) this.badValue(name, bad, expected);
    return [...new Set(items.filter(isGood))];
  }

  /** The same for a list that narrows what a route matches: with nothing left of it there is no route. */
  condition(
    name: KongAnnotation,
    expected: string,
    isGood: (item: string) => boolean,
  ): readonly string[] | null {
    const items = annotationList(this.#object, name);
    if (items === null || items.length === 0 || items.some(isGood)) return this.list(name, expected, isGood);
    this.lost(name, items[0]!, expected);
    return null;
  }

  lost(name: string, value: string, expected: string): void {
    this.hasLostCondition = true;
    this.problems.push(problems.badCondition(this.#object, name, value, expected));
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

function quoteList(items: readonly string[]): string {
  return items.map((item) => `'${item}'`).join(', ');
}

function readProtocols(object: DecodedObject, reader: AnnotationReader): void {
  if (object.metadata.annotations[forceRedirectAnnotation] === 'true') {
    reader.fields['https_redirect_status_code'] = 302;
    reader.fields['protocols'] = ['https'];
  }
  const listed = reader.condition('protocols', `one of ${routeProtocols.join(', ')}`, (item) =>
    routeProtocols.includes(item),
  );
  if (listed !== null) {
    const isGrpc = (item: string): boolean => item.startsWith('grpc');
    const plain = listed.filter((item) => !isGrpc(item));
    reader.fields['protocols'] = plain.length === 0 ? listed : plain;
    const mixed = plain.length === 0 ? undefined : listed.find(isGrpc);
    if (mixed !== undefined)
      reader.badValue('protocols', mixed, `of the family of ${quoteList(plain)}, and a route has one`);
  }
  const code = annotation(object, 'https-redirect-status-code');
  if (code === null) return;
  if (redirectCodes.includes(code.trim())) reader.fields['https_redirect_status_code'] = Number(code);
  else reader.bad('https-redirect-status-code', code, `one of ${redirectCodes.join(', ')}`);
}

/** What Kong says about one header condition, null when it is fine. */
function headerError(name: string, values: readonly string[]): FieldError | null {
  const result = checked('routes', { paths: ['/'], headers: Object.fromEntries([[name, values]]) });
  return result.ok ? null : (result.error.find((error) => error.path[0] === 'headers') ?? null);
}

/** Values are alternatives: a bad one may go. Headers are conditions that all count: none may. */
function readHeaders(object: DecodedObject, reader: AnnotationReader): void {
  const headers: [string, readonly string[]][] = [];
  for (const [name, values] of headerAnnotations(object)) {
    const annotationName = `headers.${name}`;
    const error = headerError(name, []);
    const good = values.filter((value) => headerError(name, [value]) === null);
    const bad = values.find((value) => !good.includes(value));
    if (error !== null) reader.lost(annotationName, name, `a header to match by (${error.message})`);
    else if (good.length === 0) reader.lost(annotationName, bad ?? '', describeHeader(name, bad));
    else if (bad !== undefined) reader.badValue(annotationName, bad, describeHeader(name, bad));
    headers.push([name, good]);
  }
  if (headers.length > 0) reader.fields['headers'] = Object.fromEntries(headers);
}

function describeHeader(name: string, bad: string | undefined): string {
  const why = bad === undefined ? null : headerError(name, [bad]);
  return why === null ? 'a header value' : `a header value (${why.message})`;
}

function readRewrite(
  object: DecodedObject,
  reader: AnnotationReader,
): { readonly rewrite: string | null; readonly isClosed: boolean } {
  const written = annotation(object, 'rewrite');
  if (written === null) return { rewrite: null, isClosed: false };
  const template = rewriteTemplate(written);
  if (template.ok) return { rewrite: template.value, isClosed: false };
  reader.problems.push(problems.badRewrite(object, written, template.error));
  return { rewrite: null, isClosed: true };
}

export function readRouteAnnotations(object: DecodedObject): RouteFields {
  const reader = new AnnotationReader(object);
  readProtocols(object, reader);
  reader.boolean('strip-path', 'strip_path');
  // The path of a gRPC request names the method; Kong has no route that changes it.
  const used = reader.fields['protocols'];
  if (Array.isArray(used) && used.some((protocol) => String(protocol).startsWith('grpc')))
    delete reader.fields['strip_path'];
  reader.boolean('preserve-host', 'preserve_host');
  reader.boolean('request-buffering', 'request_buffering');
  reader.boolean('response-buffering', 'response_buffering');
  reader.integer('regex-priority', 'regex_priority', -2_147_483_648, 2_147_483_647);
  const handling = annotation(object, 'path-handling');
  if (handling !== null) {
    if (handling === 'v0' || handling === 'v1') reader.fields['path_handling'] = handling;
    else reader.bad('path-handling', handling, 'v0 or v1');
  }
  const methods = reader.condition('methods', 'a method such as GET or POST', (item) =>
    /^[A-Z]+$/.test(item.toUpperCase()),
  );
  if (methods !== null) reader.fields['methods'] = [...new Set(methods.map((item) => item.toUpperCase()))];
  const snis = reader.condition('snis', 'a host name without wildcard', isPlainHost);
  if (snis !== null) reader.fields['snis'] = snis;
  const hostAliases = reader.list('host-aliases', 'a host name, *.name or name.*', isAlias) ?? [];
  readHeaders(object, reader);
  const { rewrite, isClosed } = readRewrite(object, reader);
  reader.list('tags', "free of '/' and control characters", isTag);
  for (const name of unsupportedIngressAnnotations)
    if (hasAnnotation(object, name)) reader.problems.push(problems.unsupportedAnnotation(object, name));
  const { fields, hasLostCondition, problems: found } = reader;
  return { fields, hostAliases, rewrite, isClosed, hasLostCondition, problems: found };
}
