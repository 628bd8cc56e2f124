// `expect` of a scenario as an expectation of a plan.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import { type Expectation, type ExpectEntry, plainRequest } from '../../sim/history/plan.ts';
import type { ExpectSpec } from '../language/expect-shape.ts';
import { type ObjectName, parseObjectName } from '../language/kinds.ts';
import type { RequestLine } from '../language/request-line.ts';
import { formatDuration } from '../language/units.ts';

export type CompiledExpectation = Pick<ExpectEntry, 'expectation' | 'how' | 'forMs' | 'text'>;

/** What the cluster has, as far as expectations need to know. */
export interface Cluster {
  list(resource: string): readonly StoredObject[];
  /** Number of proxies. */
  readonly proxies: number;
  /** The Deployment that was rolled out last; null before the first. */
  readonly rolledOut: ObjectName | null;
}

const subjects = ['request', 'event', 'object', 'only', 'config'] as const;
const usualMs = 2_000;

const lineText = ({ method, host, path, tls, websocket }: RequestLine): string =>
  `${method} ${websocket ? 'ws' : 'http'}${tls ? 's' : ''}://${host}${path}`;

function mannerOf(
  spec: ExpectSpec,
): Pick<ExpectEntry, 'how' | 'forMs'> & { readonly statuses: readonly number[] } {
  const { always, never, within = usualMs } = spec;
  const { for: forMs = usualMs } = spec;
  const statusesOf = (manner: true | readonly number[]): readonly number[] => (manner === true ? [] : manner);
  if (never !== undefined) return { how: 'never', forMs, statuses: statusesOf(never) };
  if (always !== undefined) return { how: 'always', forMs, statuses: statusesOf(always) };
  return { how: 'within', forMs: within, statuses: spec.status ?? [] };
}

interface Path {
  readonly path?: string;
  readonly backend?: { readonly service?: { readonly name?: string } };
}
interface Rule {
  readonly host?: string;
  readonly http?: { readonly paths?: readonly Path[] };
}

/** A request that leads to the pods of a Deployment: the first that an Ingress has for a Service of theirs. */
function wayTo({ namespace, name }: ObjectName, cluster: Cluster): { host: string; path: string } | null {
  const isOwn = ({ metadata }: StoredObject): boolean => metadata.namespace === namespace;
  const deployment = cluster.list('deployments.apps').find((one) => isOwn(one) && one.metadata.name === name);
  const template = deployment?.spec?.['template'] as
    | { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
    | undefined;
  const labels = template?.metadata?.labels ?? {};
  const services = cluster.list('services').filter((service) => {
    const selector = Object.entries((service.spec?.['selector'] ?? {}) as Readonly<Record<string, string>>);
    return isOwn(service) && selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  });
  const names = new Set(services.map(({ metadata }) => metadata.name));
  for (const ingress of cluster.list('ingresses.networking.k8s.io').filter(isOwn))
    for (const { host, http } of (ingress.spec?.['rules'] ?? []) as readonly Rule[])
      for (const { path = '/', backend } of http?.paths ?? [])
        if (names.has(backend?.service?.name ?? '')) return { host: host ?? 'any.example', path };
  return null;
}

function gatewaysOf({ through }: ExpectSpec, { proxies }: Cluster): readonly number[] | string {
  if (through === undefined) return Array.from({ length: proxies }, (_, index) => index);
  const indices = through.map((name) => Number(name.slice('proxy-'.length)) - 1);
  const missing = through.find((_, position) => indices[position]! >= proxies);
  return missing === undefined ? indices : `there is no ${missing}: the world has ${proxies}`;
}

function expectationOf(
  spec: ExpectSpec,
  statuses: readonly number[],
  cluster: Cluster,
): readonly (readonly [Expectation, string])[] | string {
  const gateways = gatewaysOf(spec, cluster);
  if (typeof gateways === 'string') return gateways;
  const { request, event, object, only, from } = spec;
  if (request !== undefined) {
    const { method, host, path, tls } = request;
    const asked = { ...plainRequest, method, host, path };
    const source = from === undefined ? '' : `${from.namespace}/${from.name}`;
    const text = `${lineText(request)}${source === '' ? '' : ` from ${source}`}`;
    return [[{ kind: 'request', request: asked, tls, gateways, statuses, from: source }, text]];
  }
  if (event !== undefined) {
    const { on, type = '', reason = '' } = event;
    const text = ['an Event', type, reason, 'on', `${on.kind} ${on.name}`]
      .filter((part) => part !== '')
      .join(' ');
    return [[{ kind: 'event', on, type, reason }, text]];
  }
  if (only !== undefined) {
    const deployment = spec.of ?? cluster.rolledOut;
    if (deployment === null)
      return 'nothing has been rolled out before, so `only` needs `of: deployment/NAME`';
    const way = wayTo(deployment, cluster);
    if (way === null) return `no Ingress leads to the pods of ${deployment.name}`;
    return [
      [
        { kind: 'only', request: { ...plainRequest, ...way }, tls: false, gateways, version: only },
        `only ${only}`,
      ],
    ];
  }
  if (spec.config !== undefined) return [[{ kind: 'config' }, `config ${spec.config}`]];
  return (object ?? []).map(({ key, value }) => {
    const { resource, namespace, name } = parseObjectName(key.value) as ObjectName;
    const like = value === 'absent' ? null : value;
    return [
      { kind: 'object', resource, namespace, name, like },
      `${key.value}${like === null ? ' absent' : ''}`,
    ];
  });
}

/** Complains and answers null where it cannot be understood. */
export function compileExpectation(
  spec: ExpectSpec,
  at: number,
  cluster: Cluster,
  complain: (at: number, message: string) => void,
): readonly CompiledExpectation[] | null {
  const named = subjects.filter((subject) => spec[subject] !== undefined);
  if (named.length !== 1) {
    complain(at, `expect has exactly one of ${subjects.join(', ')}`);
    return null;
  }
  const { how, forMs, statuses } = mannerOf(spec);
  const made = expectationOf(spec, statuses, cluster);
  if (typeof made === 'string') {
    complain(at, made);
    return null;
  }
  const answers = statuses.length === 0 ? '' : ` ${statuses.join(' or ')}`;
  const time = formatDuration(forMs);
  return made.map(([expectation, text]) => ({
    expectation,
    how,
    forMs,
    text: how === 'within' ? `${text}${answers} within ${time}` : `${text} ${how}${answers} for ${time}`,
  }));
}
