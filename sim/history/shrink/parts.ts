// Plans with parts left out: entries of the timeline, objects with what depends on them, clients that nobody needs.
import type { StoredObject } from '../../cluster/store-api.ts';
import type { Plan, PlannedObject, TimelineEntry } from '../plan.ts';

/** Clients without requests do nothing. */
function withoutIdleClients(plan: Plan): Plan {
  const used = new Set(plan.timeline.map((entry) => (entry.do === 'request' ? entry.client : '')));
  const clients = plan.clients.filter(({ name }) => used.has(name));
  return clients.length === plan.clients.length ? plan : { ...plan, clients };
}

export function keepEntries(plan: Plan, keeps: (entry: TimelineEntry) => boolean): Plan {
  return withoutIdleClients({ ...plan, timeline: plan.timeline.filter(keeps) });
}

/** Of the kinds that `isChosen` names, only `entries`; all of the others. */
export function keepChosen(
  isChosen: (entry: TimelineEntry) => boolean,
): (plan: Plan, entries: readonly TimelineEntry[]) => Plan {
  return (plan, entries) => {
    const kept = new Set(entries.map(({ id }) => id));
    return keepEntries(plan, (entry) => !isChosen(entry) || kept.has(entry.id));
  };
}

interface Parts {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

function partsOf({ kind, metadata }: StoredObject): Parts {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

const namingFields = ['name', 'secretName', 'credentials', 'app', 'konghq.com/plugins'];

/** Names that an object mentions: of its own application, of Secrets, Services, plugins. */
function mentions(object: unknown, found: Set<string>, key = ''): void {
  if (typeof object === 'string') {
    if (namingFields.includes(key)) for (const name of object.split(',')) found.add(name.trim());
  } else if (Array.isArray(object)) for (const item of object) mentions(item, found, key);
  else if (typeof object === 'object' && object !== null)
    for (const [name, value] of Object.entries(object)) mentions(value, found, name);
}

/** What each kind may depend on; a Service without its Deployment has no pods, an Ingress without its Service no target. */
const dependsOn: Readonly<Record<string, readonly string[]>> = {
  Service: ['Deployment'],
  Ingress: ['Service', 'Secret', 'KongPlugin'],
  KongConsumer: ['Secret'],
};

function depends(object: StoredObject, other: StoredObject): boolean {
  const [mine, its] = [partsOf(object), partsOf(other)];
  if (its.kind === 'Namespace') return mine.namespace === its.name;
  if (mine.namespace !== its.namespace || !(dependsOn[mine.kind] ?? []).includes(its.kind)) return false;
  const found = new Set<string>();
  mentions(object, found);
  return found.has(its.name);
}

/** Without these objects, what depends on them, and the operations on any of them. */
export function withoutObjects(plan: Plan, ids: ReadonlySet<string>): Plan {
  const gone = new Set(ids);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    const lost = plan.objects.filter(({ id }) => gone.has(id));
    for (const { id, object } of plan.objects)
      if (lost.some((other) => other.id !== id && depends(object, other.object))) gone.add(id);
  }
  const objects = plan.objects.filter(({ id }) => !gone.has(id));
  const isOfGone = (entry: TimelineEntry): boolean => {
    if (entry.do !== 'operate') return false;
    const { resource, namespace, name } = entry.operation;
    return gone.has(namespace === '' ? `${resource} ${name}` : `${resource} ${namespace}/${name}`);
  };
  return keepEntries({ ...plan, objects }, (entry) => !isOfGone(entry));
}

/** The applications of a plan, each with all its objects: those whose names begin with its Deployment's. */
export function applicationsOf(plan: Plan): readonly (readonly PlannedObject[])[] {
  const deployments = plan.objects.filter(({ object }) => object.kind === 'Deployment');
  return deployments.map(({ object }) => {
    const { namespace, name } = partsOf(object);
    return plan.objects.filter(({ object: other }) => {
      const its = partsOf(other);
      return its.namespace === namespace && (its.name === name || its.name.startsWith(`${name}-`));
    });
  });
}

const pluginKinds = ['KongPlugin', 'KongConsumer'];

/** Ingresses ask for no plugins, and what only plugins need is gone. */
export function withoutPlugins(plan: Plan): Plan {
  const bare = plan.objects.map((planned) => {
    const { object } = planned;
    const { 'konghq.com/plugins': plugins, ...annotations } = object.metadata.annotations ?? {};
    return plugins === undefined
      ? planned
      : { ...planned, object: { ...object, metadata: { ...object.metadata, annotations } } };
  });
  const gone = plan.objects.filter(
    ({ object }) =>
      pluginKinds.includes(object.kind) || object.metadata.labels?.['konghq.com/credential'] !== undefined,
  );
  return withoutObjects({ ...plan, objects: bare }, new Set(gone.map(({ id }) => id)));
}

/** Ingresses name no certificates, and there are none. */
export function withoutTls(plan: Plan): Plan {
  const bare = plan.objects.map((planned) => {
    const { tls, ...spec } = (planned.object['spec'] ?? {}) as Readonly<Record<string, unknown>>;
    return planned.object.kind !== 'Ingress' || tls === undefined
      ? planned
      : { ...planned, object: { ...planned.object, spec } };
  });
  const gone = plan.objects.filter(({ object }) => object['type'] === 'kubernetes.io/tls');
  return withoutObjects({ ...plan, objects: bare }, new Set(gone.map(({ id }) => id)));
}
