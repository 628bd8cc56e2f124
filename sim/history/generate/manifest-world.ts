// A user's own manifests, read for histories around them: the objects as they are, and what there is to ask for, to scale
// and to roll. Ports, probes, grace periods and preStop come from the manifests; what an application does when it is asked
// or told to end comes from an annotation of its pods.
import type { Result } from '../../../src/base/result.ts';
import { fail, ok } from '../../../src/base/result.ts';
import type { StoredObject } from '../../cluster/store-api.ts';
import type { PlannedObject } from '../plan.ts';

/** 'drain=serves, latency-ms=5-50': each name is a variable of the pod server, sim/pod/personality.ts. */
export const behaviourAnnotation = 'tidegate.dev/pod-behaviour';

export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
}

interface Target {
  readonly host: string;
  readonly path: string;
}

export interface ManifestWorld {
  readonly objects: readonly PlannedObject[];
  readonly deployments: readonly Deployment[];
  readonly ingresses: readonly { readonly namespace: string; readonly name: string }[];
  readonly targets: readonly Target[];
  /** When the slowest of the pods should be ready. */
  readonly startMs: number;
}

export interface KindNames {
  /** 'deployments.apps', and whether it lives in a namespace; null where nobody knows the kind. */
  resourceOf(
    apiVersion: string,
    kind: string,
  ): { readonly resource: string; readonly namespaced: boolean } | null;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const whole = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** The pod server's default is kind; an application that says nothing closes its listener on SIGTERM, as most do. */
const usualBehaviour: Readonly<Record<string, string>> = {
  POD_DRAIN: 'closes-listener',
  POD_LATENCY_MS: '1-20',
};
const behaviourNames: readonly string[] = [
  'latency-ms',
  'error-rate',
  'status',
  'ready-after-ms',
  'crash-after-ms',
  'exit-after-ms',
  'exit-code',
  'drain',
  'drain-ms',
  'drain-unready',
];

function behaviourOf(text: string | undefined, where: string): Result<Readonly<Record<string, string>>> {
  const found: Record<string, string> = { ...usualBehaviour };
  for (const part of (text ?? '').split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [name, value] = part.split('=').map((one) => one.trim());
    if (value === undefined || !behaviourNames.includes(name!))
      return fail(
        `${where}: annotation ${behaviourAnnotation} has '${part}'; it takes name=value with a name of ${behaviourNames.join(', ')}`,
      );
    found[`POD_${name!.toUpperCase().replaceAll('-', '_')}`] = value;
  }
  return ok(found);
}

/** The same template with what its application does as environment variables, below those that it sets itself. */
export function withBehaviour(template: Fields, where: string): Result<Fields> {
  const metadata = fields(template['metadata']);
  const text = fields(metadata['annotations'])[behaviourAnnotation];
  const behaviour = behaviourOf(typeof text === 'string' ? text : undefined, where);
  if (!behaviour.ok) return behaviour;
  const spec = fields(template['spec']);
  const containers = list(spec['containers']).map((container) => {
    const own = list(container['env']);
    const added = Object.entries(behaviour.value)
      .filter(([name]) => !own.some((variable) => variable['name'] === name))
      .map(([name, value]) => ({ name, value }));
    return { ...container, env: [...own, ...added] };
  });
  return ok({ ...template, spec: { ...spec, containers } });
}

/** Initial delay and as many periods as it takes, of the slowest probe. */
function readyAfterMs(template: Fields): number {
  let slowestMs = 0;
  for (const container of list(fields(template['spec'])['containers']))
    for (const name of ['startupProbe', 'readinessProbe']) {
      const probe = fields(container[name]);
      if (container[name] === undefined) continue;
      const delay = whole(probe['initialDelaySeconds'], 0);
      const period = whole(probe['periodSeconds'], 10) * whole(probe['successThreshold'], 1);
      slowestMs = Math.max(slowestMs, (delay + period) * 1000);
    }
  return slowestMs;
}

function targetsOf(ingress: StoredObject): readonly Target[] {
  return list(fields(ingress.spec)['rules']).flatMap((rule) =>
    list(fields(rule['http'])['paths']).map((path) => ({
      // A wildcard stands for one label.
      host: String(rule['host'] ?? 'any.example').replace(/^\*/, 'any'),
      path: String(path['path'] ?? '/').startsWith('/~') ? '/' : String(path['path'] ?? '/'),
    })),
  );
}

const startUpMs = 6_000;
export const templated: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);

/** Objects in the order in which kubectl would send them, with what a generator needs to know of them. */
export function readManifestWorld(objects: readonly StoredObject[], kinds: KindNames): Result<ManifestWorld> {
  const planned: PlannedObject[] = [];
  const deployments: Deployment[] = [];
  const ingresses: { namespace: string; name: string }[] = [];
  const targets: Target[] = [];
  let slowestMs = 0;
  for (const given of objects) {
    const { apiVersion, kind } = given;
    const where = `${kind} ${given.metadata.name}`;
    const found = kinds.resourceOf(String(apiVersion), String(kind));
    if (found === null) return fail(`${where}: the simulated cluster has no kind ${apiVersion}/${kind}`);
    const namespace = found.namespaced ? (given.metadata.namespace ?? 'default') : '';
    let object: StoredObject = found.namespaced
      ? { ...given, metadata: { ...given.metadata, namespace } }
      : given;
    if (templated.has(String(kind))) {
      const template = withBehaviour(fields(fields(object.spec)['template']), where);
      if (!template.ok) return template;
      object = { ...object, spec: { ...object.spec, template: template.value } };
      slowestMs = Math.max(slowestMs, readyAfterMs(template.value));
    }
    const { name } = object.metadata;
    if (kind === 'Deployment')
      deployments.push({ namespace, name, replicas: whole(fields(object.spec)['replicas'], 1) });
    if (kind === 'Ingress') {
      ingresses.push({ namespace, name });
      targets.push(...targetsOf(object));
    }
    planned.push({ id: `${found.resource} ${namespace}/${name}`, resource: found.resource, object });
  }
  if (targets.length === 0)
    return fail(
      'no Ingress with a rule is among the manifests, so there is nothing that clients could ask for',
    );
  return ok({ objects: planned, deployments, ingresses, targets, startMs: startUpMs + slowestMs });
}
