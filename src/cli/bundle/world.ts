// The objects of a bundle as the beginning of a simulated world: pods where endpoints were, key pairs of the simulator where
// certificates were, numbers that a simulator can carry.
import type { KubeObject } from '../../kube/object.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const specOf = (object: KubeObject): Fields => fieldsOf((object as unknown as Fields)['spec']);

/** Pods of the whole world; a cluster with more is scaled down. */
const podsMax = 60;
const podsOfWorkloadMax = 20;
const keyPairs = ['first', 'second', 'third', 'fourth'] as const;

export interface BundleWorld {
  readonly objects: readonly Fields[];
  /** What is not as it was, each a sentence. */
  readonly changed: readonly string[];
}

const placeOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? 'default'}/${metadata.name}`;

function bare({ apiVersion, kind, metadata }: KubeObject): Fields {
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

function serviceOf(object: KubeObject): Fields {
  const { type, externalName, selector, ports } = specOf(object);
  const kept = type === 'ExternalName' ? { type, externalName } : {};
  const plain = listOf(ports).map(({ nodePort: _, ...port }) => port);
  return {
    ...bare(object),
    spec: {
      ...kept,
      ...(selector === undefined ? {} : { selector }),
      ...(plain.length > 0 ? { ports: plain } : {}),
    },
  };
}

/** Equal certificates stay equal; their names are lost with their keys. */
function secretsOf(secrets: readonly KubeObject[]): readonly Fields[] {
  const pairs = new Map<string, string>();
  return secrets.map((object) => {
    const { type, data } = object as unknown as { type?: string; data?: Fields };
    const base = bare(object);
    if (type !== 'kubernetes.io/tls') return { ...base, type, data };
    const content = JSON.stringify(data ?? {});
    if (!pairs.has(content)) pairs.set(content, keyPairs[pairs.size % keyPairs.length]!);
    const metadata = fieldsOf(base['metadata']);
    const annotations = { ...fieldsOf(metadata['annotations']), 'tidegate.dev/key-pair': pairs.get(content) };
    return { ...base, metadata: { ...metadata, annotations }, type };
  });
}

/** Endpoints that were ready, by Service. */
function readyEndpoints(slices: readonly KubeObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const slice of slices) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const place = `${slice.metadata.namespace ?? 'default'}/${service}`;
    const ready = listOf((slice as unknown as Fields)['endpoints']).filter(
      (endpoint) => fieldsOf(endpoint['conditions'])['ready'] !== false,
    );
    counts.set(place, (counts.get(place) ?? 0) + ready.length);
  }
  return counts;
}

function isChosenBy(selector: Fields, workload: KubeObject): boolean {
  const labels = fieldsOf(fieldsOf(fieldsOf(specOf(workload)['template'])['metadata'])['labels']);
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

/** Pods for a Service whose own were made by something that is not in the bundle. */
function deploymentFor(service: KubeObject, replicas: number): Fields {
  const { name, namespace } = service.metadata;
  const { selector, ports } = specOf(service);
  const containerPorts = listOf(ports).map((port, index) => {
    const { targetPort, port: number } = port;
    if (typeof targetPort === 'string') return { name: targetPort, containerPort: 8080 + index };
    return { containerPort: typeof targetPort === 'number' ? targetPort : number };
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector },
        spec: { containers: [{ name: 'app', image: `example.com/${name}:v1`, ports: containerPorts }] },
      },
    },
  };
}

/** The same workload with so many pods at most. */
function scaled(object: KubeObject, most: number): Fields {
  const spec = specOf(object);
  const replicas = Number(spec['replicas'] ?? 1);
  return { ...bare(object), spec: { ...spec, replicas: Math.min(replicas, most) } };
}

function workloadsOf(of: (kind: string) => readonly KubeObject[], changed: string[]): readonly Fields[] {
  const own = [...of('Deployment'), ...of('StatefulSet')];
  const daemons = of('DaemonSet').filter((daemon) =>
    of('Service').some((service) => isChosenBy(fieldsOf(specOf(service)['selector']), daemon)),
  );
  const used = own.filter((workload) =>
    of('Service').some((service) => isChosenBy(fieldsOf(specOf(service)['selector']), workload)),
  );
  const ready = readyEndpoints(of('EndpointSlice'));
  const made: (readonly [KubeObject, number])[] = [];
  for (const service of of('Service')) {
    const selector = fieldsOf(specOf(service)['selector']);
    if (Object.keys(selector).length === 0) continue;
    if ([...used, ...daemons].some((workload) => isChosenBy(selector, workload))) continue;
    made.push([service, Math.min(podsOfWorkloadMax, ready.get(placeOf(service)) ?? 0)]);
  }
  if (made.length > 0)
    changed.push(`pods of ${made.map(([service]) => placeOf(service)).join(', ')} are made from endpoints`);
  const count = used.length + made.length + daemons.length;
  const most = Math.max(1, Math.min(podsOfWorkloadMax, Math.floor(podsMax / Math.max(1, count))));
  const cut = used.filter((workload) => Number(specOf(workload)['replicas'] ?? 1) > most);
  if (cut.length > 0) changed.push(`${cut.map(placeOf).join(', ')} have at most ${most} replicas`);
  return [
    ...used.map((workload) => scaled(workload, most)),
    ...daemons.map((daemon) => ({ ...bare(daemon), spec: specOf(daemon) })),
    ...made.map(([service, replicas]) => deploymentFor(service, Math.min(replicas, most))),
  ];
}

/** In the order in which they can be created. */
export function worldOf(objects: readonly KubeObject[]): BundleWorld {
  const changed: string[] = [];
  // Older objects win conflicts; the simulator's are all of the same moment, created in this order.
  const ordered = objects.toSorted((a, b) => {
    const [left, right] = [a, b].map(
      ({ metadata }) => `${metadata.creationTimestamp ?? ''} ${placeOf({ metadata } as KubeObject)}`,
    );
    return left! < right! ? -1 : 1;
  });
  const of = (kind: string): readonly KubeObject[] => ordered.filter((object) => object.kind === kind);
  const whole = (kind: string): readonly Fields[] =>
    of(kind).map((object) => {
      const { apiVersion: _, kind: __, metadata: ___, ...rest } = object as unknown as Fields;
      return { ...bare(object), ...rest };
    });
  const orphans = of('EndpointSlice').filter(
    ({ metadata }) =>
      (metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '') !==
      'endpointslice-controller.k8s.io',
  );
  if (orphans.length > 0) changed.push(`${orphans.length} EndpointSlices of other writers are left out`);
  return {
    objects: [
      ...whole('IngressClass'),
      ...secretsOf(of('Secret')),
      ...workloadsOf(of, changed),
      ...of('Service').map(serviceOf),
      ...whole('KongUpstreamPolicy'),
      ...whole('KongClusterPlugin'),
      ...whole('KongPlugin'),
      ...whole('KongConsumerGroup'),
      ...whole('KongVault'),
      ...whole('KongConsumer'),
      ...whole('Ingress'),
    ],
    changed,
  };
}
