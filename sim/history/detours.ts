// Other ways to where a history ended: its final objects created in an empty cluster, and those objects broken and repaired.
// Plans derived from a history, without faults and requests.
import type { KubeObject } from '../../src/kube/object.ts';
import { systemNamespaces } from '../cluster/bootstrap.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import { recoverMs } from './bounds.ts';
import type { OperateEntry, Operation, Plan, PlannedObject } from './plan.ts';
import type { History } from './run.ts';

/** What people create, as far as controllers read it; parents first. */
const wanted: readonly string[] = [
  'namespaces',
  'ingressclasses.networking.k8s.io',
  'deployments.apps',
  'services',
  'secrets',
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumergroups.configuration.konghq.com',
  'kongvaults.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongupstreampolicies.configuration.konghq.com',
  'ingresses.networking.k8s.io',
];

type Fields = Readonly<Record<string, unknown>>;

/** An object as its manifest would be: nothing that servers and controllers put there. */
function manifestOf(object: KubeObject): StoredObject {
  const { status: _status, metadata, ...rest } = object as KubeObject & { readonly status?: unknown };
  const { name, namespace, labels, annotations } = metadata;
  const own = Object.entries(annotations ?? {}).filter(
    ([key]) => !key.startsWith('deployment.kubernetes.io/'),
  );
  const kept = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(own.length === 0 ? {} : { annotations: Object.fromEntries(own) }),
  };
  const { spec } = rest as { readonly spec?: Fields };
  if (object.kind !== 'Service' || spec === undefined) return { ...rest, metadata: kept } as StoredObject;
  const { clusterIP: _ip, clusterIPs: _ips, ...others } = spec;
  return { ...rest, spec: others, metadata: kept } as StoredObject;
}

interface Wanted {
  readonly resource: string;
  readonly object: KubeObject;
}

function isOwn(resource: string, { metadata, kind }: KubeObject): boolean {
  if (metadata.deletionTimestamp !== undefined || metadata.ownerReferences !== undefined) return false;
  if (resource === 'namespaces') return !(systemNamespaces as readonly string[]).includes(metadata.name);
  return !(kind === 'Service' && metadata.namespace === 'default' && metadata.name === 'kubernetes');
}

function finalObjects({ objects }: History): readonly Wanted[] {
  return wanted.flatMap((resource) =>
    (objects.get(resource) ?? [])
      .filter((object) => isOwn(resource, object))
      .map((object) => ({ resource, object })),
  );
}

/** The second of its creation counts: of two claims the older wins. Namespaces and classes come first of all. */
function ageOf({ resource, object }: Wanted): string {
  const isFrame = resource === 'namespaces' || resource.startsWith('ingressclasses.');
  return isFrame ? '' : (object.metadata.creationTimestamp ?? '');
}

const startMs = 6_000;
const restMs = 5_000;
/** Time to notice what was changed, and to be told. */
const pauseMs = 3_000;

function planFrom(
  { plan }: History,
  objects: readonly PlannedObject[],
  timeline: readonly OperateEntry[],
  healMs: number,
): Plan {
  return { ...plan, objects, timeline, clients: [], healMs, endMs: healMs + recoverMs(plan) + restMs };
}

const operate = (id: string, atMs: number, operation: Operation): OperateEntry => ({
  id,
  atMs,
  do: 'operate',
  operation,
});

/** The final objects of a history in an empty cluster, in the order of their age. */
export function scratchPlan(history: History): Plan {
  const all = finalObjects(history);
  const ages = [...new Set(all.map(ageOf))].sort();
  const first: PlannedObject[] = [];
  const later: OperateEntry[] = [];
  for (const entry of all) {
    const { resource } = entry;
    const object = manifestOf(entry.object);
    const { namespace = '', name } = object.metadata;
    const id = `${resource} ${namespace}/${name}`;
    const rank = Math.max(0, ages.indexOf(ageOf(entry)) - (ages[0] === '' ? 1 : 0));
    if (rank === 0) first.push({ id, resource, object });
    else
      later.push(
        operate(id, rank * 1_000 + 100, {
          verb: 'create',
          resource,
          namespace,
          name,
          body: object as unknown as Fields,
        }),
      );
  }
  const lastMs = Math.max(startMs, ...later.map(({ atMs }) => atMs + pauseMs));
  return planFrom(
    history,
    first,
    later.sort((a, b) => a.atMs - b.atMs),
    lastMs,
  );
}

/** What spoils an object, and what repairs it; null where nothing is known that would. */
function spoil({ resource, object }: Wanted): readonly [Fields, Fields] | null {
  const fields = object as unknown as {
    readonly spec?: Fields;
    readonly data?: Fields;
    readonly type?: string;
  };
  if (resource === 'ingresses.networking.k8s.io') {
    const plugins = object.metadata.annotations?.['konghq.com/plugins'] ?? null;
    const path = {
      path: '/~(',
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'nothing', port: { number: 1 } } },
    };
    return [
      {
        metadata: { annotations: { 'konghq.com/plugins': 'nowhere-to-be-found' } },
        spec: { rules: [{ host: 'spoilt.example', http: { paths: [path] } }] },
      },
      {
        metadata: { annotations: { 'konghq.com/plugins': plugins } },
        spec: { rules: fields.spec?.['rules'] ?? null },
      },
    ];
  }
  if (resource === 'secrets' && fields.type === 'kubernetes.io/tls')
    return [{ data: { 'tls.key': Buffer.from('spoilt').toString('base64') } }, { data: fields.data ?? {} }];
  if (resource === 'kongplugins.configuration.konghq.com')
    return [
      { config: { spoilt: true } },
      { config: { spoilt: null, ...(object as { config?: Fields }).config } },
    ];
  if (resource === 'kongconsumers.configuration.konghq.com')
    return [
      { credentials: ['nowhere-to-be-found'] },
      { credentials: (object as { readonly credentials?: unknown }).credentials ?? null },
    ];
  return null;
}

/** The same, but all that can be is spoilt for a while and then set right. */
export function spoiltPlan(history: History): Plan {
  const scratch = scratchPlan(history);
  const atMs = scratch.healMs;
  const changes = finalObjects(history).flatMap((entry, index): readonly OperateEntry[] => {
    const patches = spoil(entry);
    if (patches === null) return [];
    const { namespace = '', name } = entry.object.metadata;
    const merge = (body: Fields): Operation => ({
      verb: 'merge',
      resource: entry.resource,
      namespace,
      name,
      body,
    });
    return [
      operate(`spoil-${index}`, atMs + 10 * index, merge(patches[0])),
      operate(`repair-${index}`, atMs + pauseMs + 10 * index, merge(patches[1])),
    ];
  });
  const healMs = atMs + 2 * pauseMs;
  const timeline = [...(scratch.timeline as readonly OperateEntry[]), ...changes].sort(
    (a, b) => a.atMs - b.atMs,
  );
  return planFrom(history, scratch.objects, timeline, healMs);
}
