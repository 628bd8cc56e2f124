// The routing that a cluster's objects ask for, in the obvious way: every path of every Ingress of ours, the best one that
// matches. Written from Kubernetes' and Kong's documents alone, so that a mistake of the product is not repeated here.
// Where something is used that this reference does not know it has no opinion.
import { expectedBalancing } from './balancing.ts';
import type { ExpectedBackend } from './endpoints.ts';
import {
  all,
  annotationOf,
  type ClusterObjects,
  find,
  isOurs,
  keyOf,
  oldestFirst,
  type PlainBackend,
  type PlainIngress,
  type PlainService,
} from './objects.ts';
import { matchersOf, type PathMatcher } from './paths.ts';
import { passesKeyAuth, pluginsInForce } from './plugins.ts';

export interface AskedRequest {
  readonly scheme: 'http' | 'https';
  /** As in the Host header. */
  readonly host: string;
  /** With query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Resolution {
  /** 0: the backend answers, or 503 while it has no endpoint. Else the gateway does: 404, 426 and other redirects, 401, 503. */
  readonly status: number;
  /** Of the path that matched, whatever the status; null: none did. */
  readonly backend: ExpectedBackend | null;
  /** 'namespace/name' */
  readonly ingress: string;
  /** Kinds of the plugins in force: 'rate-limiting' may answer 429, 'cors' preflights. */
  readonly plugins: readonly string[];
  /** 'name:value' of headers that a request-transformer adds for the pods. */
  readonly added: readonly string[];
}

/** One path of one Ingress. */
export interface ExpectedRule {
  readonly ingress: PlainIngress;
  /** '' = any */
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly backend: ExpectedBackend;
  readonly matchers: readonly PathMatcher[];
  /** It uses nothing that this reference does not know. */
  readonly isKnown: boolean;
  /** Who may answer follows from the objects alone: no health checks that take pods out, no names that lead to others. */
  readonly isFixed: boolean;
}

/** No path of any Ingress matches. */
export const noRoute: Resolution = { status: 404, backend: null, ingress: '', plugins: [], added: [] };

export interface Routing {
  /** The oldest Ingress first, in the order of its spec; a default backend last. */
  readonly rules: readonly ExpectedRule[];
  /** null: no opinion. */
  resolve(request: AskedRequest): Resolution | null;
  /** What the config must say of it, also where more than the config decides who answers. */
  resolveConfig(request: AskedRequest): Resolution | null;
}

const understood: ReadonlySet<string> = new Set(
  [
    'plugins',
    'strip-path',
    'preserve-host',
    'request-buffering',
    'response-buffering',
    'tags',
    'protocols',
  ].concat([
    'https-redirect-status-code',
    'connect-timeout',
    'read-timeout',
    'write-timeout',
    'retries',
    'path',
    'upstream-policy',
  ]),
);

/** Annotations that change where requests go in a way that is not written here. */
function isUnderstood({ metadata }: PlainIngress | NonNullable<ReturnType<typeof find>>): boolean {
  return Object.keys(metadata.annotations ?? {}).every(
    (name) => !name.startsWith('konghq.com/') || understood.has(name.slice('konghq.com/'.length)),
  );
}

function portOf({ spec }: PlainService, asked: NonNullable<PlainBackend['service']>['port']) {
  const ports = spec?.ports ?? [];
  if (asked?.number !== undefined) return ports.find((entry) => entry.port === asked.number);
  if (asked?.name === undefined) return ports.length === 1 ? ports[0] : undefined;
  return (
    ports.find((entry) => entry.name === asked.name) ?? ports.find((entry) => entry.targetPort === asked.name)
  );
}

function backendOf(
  objects: ClusterObjects,
  namespace: string,
  { name, port: asked }: NonNullable<PlainBackend['service']>,
): Pick<ExpectedRule, 'backend' | 'isKnown' | 'isFixed'> {
  const written = String(asked?.number ?? asked?.name ?? '');
  const none: ExpectedBackend = { namespace, service: name, written, port: null, outside: null };
  const service = find(objects, 'services', namespace, name);
  if (service === null) return { backend: none, isKnown: true, isFixed: true };
  const isKnown =
    isUnderstood(service) && annotationOf(service, 'ingress.kubernetes.io/service-upstream') === null;
  if (service.spec?.type === 'ExternalName') {
    const outside = asked?.number === undefined ? null : `${service.spec.externalName}:${asked.number}`;
    return { backend: { ...none, outside }, isKnown, isFixed: false };
  }
  const isFixed = !expectedBalancing(objects, none).checksHealth;
  const port = portOf(service, asked);
  if (port === undefined) return { backend: none, isKnown, isFixed };
  const { name: portName = '', protocol = 'TCP' } = port;
  return { backend: { ...none, port: { name: portName, protocol } }, isKnown, isFixed };
}

function rulesOf(objects: ClusterObjects): readonly ExpectedRule[] {
  const rules: ExpectedRule[] = [];
  let fallback: ExpectedRule | null = null;
  for (const ingress of oldestFirst(all(objects, 'ingresses.networking.k8s.io'))) {
    const { spec } = ingress;
    if (!isOurs(objects, ingress, spec?.ingressClassName)) continue;
    const namespace = ingress.metadata.namespace ?? '';
    const add = (
      host: string,
      path: string,
      pathType: string,
      { service }: PlainBackend,
    ): ExpectedRule | null => {
      if (service === undefined) return null;
      const matchers = matchersOf(path, pathType);
      const found = backendOf(objects, namespace, service);
      const isKnown = found.isKnown && isUnderstood(ingress);
      return { ingress, host, path, pathType, matchers, ...found, isKnown };
    };
    for (const { host = '', http } of spec?.rules ?? [])
      for (const { path = '', pathType = 'ImplementationSpecific', backend } of http?.paths ?? []) {
        const rule = add(host, path, pathType, backend);
        if (rule !== null) rules.push(rule);
      }
    if (spec?.defaultBackend !== undefined) fallback ??= add('', '/', 'Prefix', spec.defaultBackend);
  }
  return fallback === null ? rules : [...rules, fallback];
}

function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === host) return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
}

/** Kubernetes lets '*' stand for one label, Kong for several. */
const isDisputed = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') && host.split('.').length !== pattern.split('.').length;

interface Candidate {
  readonly rule: ExpectedRule;
  readonly matcher: PathMatcher;
}

/** Negative: `a` goes first. A host before none, a plain host before a wildcard, then whole paths, then long ones. */
function compareCandidates(a: Candidate, b: Candidate): number {
  const hostRank = ({ rule: { host } }: Candidate): number =>
    host === '' ? 0 : host.startsWith('*') ? 1 : 2;
  return (
    hostRank(b) - hostRank(a) ||
    Number(b.matcher.isWhole) - Number(a.matcher.isWhole) ||
    (a.matcher.isWhole ? 0 : b.matcher.length - a.matcher.length) ||
    Number(a.matcher.isAlias) - Number(b.matcher.isAlias)
  );
}

function redirectOf({ ingress }: ExpectedRule, scheme: string): number {
  const forced = annotationOf(ingress, 'ingress.kubernetes.io/force-ssl-redirect') === 'true';
  const written = annotationOf(ingress, 'konghq.com/protocols');
  const protocols =
    written === null ? (forced ? ['https'] : []) : written.split(',').map((item) => item.trim());
  if (scheme === 'https' || protocols.length === 0 || protocols.includes('http')) return 0;
  return Number(annotationOf(ingress, 'konghq.com/https-redirect-status-code') ?? (forced ? 302 : 426));
}

function answerOf(objects: ClusterObjects, rule: ExpectedRule, asked: AskedRequest): Resolution | null {
  const { ingress, backend } = rule;
  const service = find(objects, 'services', backend.namespace, backend.service);
  const { plugins, isClosed, isKnown } = pluginsInForce(objects, ingress, service);
  const { add } = (plugins.get('request-transformer')?.config ?? {}) as {
    readonly add?: { readonly headers?: readonly string[] };
  };
  const added = add?.headers ?? [];
  const result = { backend, ingress: keyOf(ingress), plugins: [...plugins.keys()], added };
  const redirect = redirectOf(rule, asked.scheme);
  if (redirect !== 0) return { ...result, status: redirect };
  if (!isKnown || (asked.method === 'OPTIONS' && plugins.has('cors'))) return null;
  const keyAuth = plugins.get('key-auth');
  if (isClosed) return keyAuth === undefined ? { ...result, status: 503 } : null;
  if (keyAuth === undefined) return { ...result, status: 0 };
  const query = asked.path.split('?')[1] ?? '';
  const passes = passesKeyAuth(objects, keyAuth, asked.headers, query);
  return passes === null ? null : { ...result, status: passes ? 0 : 401 };
}

/** null: no opinion. */
function resolveAmong(
  objects: ClusterObjects,
  rules: readonly ExpectedRule[],
  asked: AskedRequest,
  isCertain: (rule: ExpectedRule) => boolean,
): Resolution | null {
  const host = asked.host.replace(/:\d+$/, '').toLowerCase();
  const path = asked.path.split('?')[0]!;
  // Paths that are rewritten before they are matched.
  if (/%|\/\/|\/\./.test(path)) return null;
  const candidates: Candidate[] = [];
  for (const rule of rules) {
    if (!hostMatches(rule.host, host)) continue;
    if (!isCertain(rule) || isDisputed(rule.host, host)) return null;
    for (const matcher of rule.matchers) if (matcher.matches(path)) candidates.push({ rule, matcher });
  }
  // Stable: of equals the first stays first, which is the oldest.
  const [best, second] = candidates.sort(compareCandidates);
  if (best === undefined) return noRoute;
  const isRegex = best.matcher.isWhole && best.matcher.length === 0;
  if (isRegex && second?.matcher.isWhole === true) return null;
  return answerOf(objects, best.rule, asked);
}

export function expectedRouting(objects: ClusterObjects): Routing {
  const rules = rulesOf(objects);
  return {
    rules,
    resolve: (asked) => resolveAmong(objects, rules, asked, ({ isKnown, isFixed }) => isKnown && isFixed),
    resolveConfig: (asked) => resolveAmong(objects, rules, asked, ({ isKnown }) => isKnown),
  };
}
