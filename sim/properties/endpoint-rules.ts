// P02, P03, P37, P38: the targets of a config are exactly the endpoints of the slices that it was made from.
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { ClusterView } from '../evidence/store-index.ts';
import { type ExpectedBackend, isDraining, isReady } from '../reference/endpoints.ts';
import type { PlainEndpoint, PlainSlice } from '../reference/objects.ts';
import { backendKey, type Outlook, outlookOf } from './outlook.ts';
import type { Judgement, Property, Violation } from './property.ts';

/** One backend as a config has it and as the slices of that moment have it. */
export interface TargetCheck {
  readonly config: ConfigRecord;
  readonly backend: ExpectedBackend;
  readonly upstream: string;
  /** 'address:port' of targets that get requests. */
  readonly targets: readonly string[];
  /** Endpoints of the port in all slices, with their 'address:port'. */
  readonly endpoints: readonly { readonly target: string; readonly endpoint: PlainEndpoint }[];
  readonly slices: number;
}

const nameOf = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function endpointsOf(
  view: ClusterView,
  { namespace, service, port }: ExpectedBackend,
): Pick<TargetCheck, 'endpoints' | 'slices'> {
  const slices = (view.get('endpointslices.discovery.k8s.io') as readonly PlainSlice[]).filter(
    ({ metadata }) =>
      metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === service,
  );
  const endpoints = slices.flatMap((slice) =>
    (slice.ports ?? [])
      .filter(({ name = '', protocol = 'TCP' }) => name === port?.name && protocol === port.protocol)
      .flatMap(({ port: number }) =>
        (slice.endpoints ?? [])
          .filter(({ addresses }) => addresses.length > 0)
          .map((endpoint) => ({ target: nameOf(endpoint.addresses[0]!, number ?? 0), endpoint })),
      ),
  );
  return { endpoints, slices: slices.length };
}

function targetsByUpstream({ config }: ConfigRecord): ReadonlyMap<string, readonly string[]> {
  const names: Map<string, string[]> = new Map();
  for (const { name } of config.entities.upstreams.values()) names.set(name, []);
  for (const { upstream, target, weight } of config.entities.targets.values()) {
    const name = config.entities.upstreams.get(upstream)?.name;
    if (name === undefined || weight === 0) continue;
    names.get(name)!.push(target);
  }
  return names;
}

/** Each backend of each config, once for each way in which it changes. */
function* allChecks(outlook: Outlook, { configs }: Evidence): Generator<TargetCheck> {
  const judged: Set<string> = new Set();
  for (const config of configs) {
    if (config.revision === null) continue;
    const view = outlook.store.seen(config.revision);
    const targets = targetsByUpstream(config);
    const done: Set<string> = new Set();
    for (const { backend, isKnown } of outlook.routing(view).rules) {
      const upstream = `${backend.service}.${backend.namespace}.${backend.written}.svc`;
      // None of its paths may be served, because older Ingresses have them.
      const own = targets.get(upstream);
      if (!isKnown || backend.outside !== null || own === undefined || done.has(upstream)) continue;
      done.add(upstream);
      const key = `${backendKey(backend)} ${view.stamp('endpointslices.discovery.k8s.io')} ${[...own].sort().join()}`;
      if (judged.has(key)) continue;
      judged.add(key);
      yield { config, backend, upstream, targets: own, ...endpointsOf(view, backend) };
    }
  }
}

const checks = new WeakMap<Evidence, readonly TargetCheck[]>();

function checksOf(evidence: Evidence): readonly TargetCheck[] {
  let made = checks.get(evidence);
  if (made === undefined) {
    made = [...allChecks(outlookOf(evidence), evidence)];
    checks.set(evidence, made);
  }
  return made;
}

/** `find` gives what is wrong, or null; undefined where the promise has nothing to say. */
function judgeTargets(
  evidence: Evidence,
  find: (check: TargetCheck) => string | null | undefined,
): Judgement {
  let premises = 0;
  const violations: Violation[] = [];
  for (const check of checksOf(evidence)) {
    const wrong = find(check);
    if (wrong === undefined) continue;
    premises++;
    if (wrong === null) continue;
    const { config, upstream, backend } = check;
    violations.push({
      atUs: config.atUs,
      message: `${config.gateway} was given upstream '${upstream}' ${wrong}`,
      witnesses: [config.gateway, `services ${backend.namespace}/${backend.service}`],
    });
  }
  return { premises, violations };
}

const listed = (targets: readonly string[]): string => targets.join(' and ');

export const readyTargets: Property = {
  id: 'P02',
  name: 'only endpoints that may be used are targets',
  promise: 'No request is sent to a pod that is not ready, unless only pods that drain are left.',
  type: 'safety',
  judge: (evidence) =>
    judgeTargets(evidence, ({ targets, endpoints }) => {
      if (targets.length === 0) return undefined;
      const wrong = targets.filter(
        (target) =>
          !endpoints.some(
            ({ target: own, endpoint }) => own === target && (isReady(endpoint) || isDraining(endpoint)),
          ),
      );
      return wrong.length === 0 ? null : `with ${listed(wrong)}, which its slices do not have as usable`;
    }),
};

export const drainingTargets: Property = {
  id: 'P03',
  name: 'draining endpoints are used only where no other is left',
  promise:
    'While one pod of a service is ready only ready pods get requests; then those that drain and still serve; never those that serve no more.',
  type: 'safety',
  judge: (evidence) =>
    judgeTargets(evidence, ({ targets, endpoints }) => {
      const ready = endpoints.filter(({ endpoint }) => isReady(endpoint)).map(({ target }) => target);
      const draining = endpoints.filter(({ endpoint }) => isDraining(endpoint)).map(({ target }) => target);
      if (endpoints.length === ready.length) return undefined;
      if (ready.length > 0) {
        const wrong = targets.filter((target) => !ready.includes(target));
        return wrong.length === 0 ? null : `with ${listed(wrong)}, though ${listed(ready)} is ready`;
      }
      const over = targets.filter((target) => !draining.includes(target));
      if (over.length > 0) return `with ${listed(over)}, which serves no more`;
      const left = draining.filter((target) => !targets.includes(target));
      return left.length === 0 ? null : `without ${listed(left)}, which still serves when nothing is ready`;
    }),
};

export const wholeServices: Property = {
  id: 'P37',
  name: 'a service is the union of its slices',
  promise: 'Every ready pod of a service gets requests, in whichever of its endpoint slices it stands.',
  type: 'safety',
  judge: (evidence) =>
    judgeTargets(evidence, ({ targets, endpoints, slices }) => {
      // Who is meant for other zones may be left out: that all comes to what is asked for is P30.
      const ready = endpoints
        .filter(({ endpoint }) => isReady(endpoint) && (endpoint.hints?.forZones ?? []).length === 0)
        .map(({ target }) => target);
      if (ready.length === 0 || slices < 2) return undefined;
      const missing = ready.filter((target) => !targets.includes(target));
      if (missing.length > 0)
        return `without ${listed(missing)}, though it is ready in one of ${slices} slices`;
      const isTwice = targets.length !== new Set(targets).size;
      return isTwice ? `with ${listed(targets)}: one of them twice` : null;
    }),
};

export const absentConditions: Property = {
  id: 'P38',
  name: 'a condition that is not set has its default',
  promise: 'An endpoint whose slice says nothing about readiness counts as ready.',
  type: 'safety',
  judge: (evidence) =>
    judgeTargets(evidence, ({ targets, endpoints }) => {
      const silent = endpoints.filter(({ endpoint }) => (endpoint.conditions?.ready ?? null) === null);
      if (silent.length === 0) return undefined;
      const missing = silent.map(({ target }) => target).filter((target) => !targets.includes(target));
      return missing.length === 0 ? null : `without ${listed(missing)}, whose readiness is not told`;
    }),
};
