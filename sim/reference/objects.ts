// Kubernetes objects as their JSON says it, only the fields that routing needs, and the order in which the older one wins.
import type { KubeObject } from '../../src/kube/object.ts';

/** All objects at one moment, by resource: 'ingresses.networking.k8s.io'. A Map is one. */
export type ClusterObjects = Pick<ReadonlyMap<string, readonly KubeObject[]>, 'get'>;

export interface PlainBackend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
}

export interface PlainPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend: PlainBackend;
}

export interface PlainIngress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: PlainBackend;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths?: readonly PlainPath[] };
    }[];
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
  };
}

export interface PlainServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

export interface PlainService extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly externalName?: string;
    readonly ports?: readonly PlainServicePort[];
  };
}

/** On the class that we serve: the zone in which the gateways of a simulated world are; none: they do not care. */
export const zoneAnnotation = 'simulated.tidegate.dev/zone';

export interface PlainEndpoint {
  readonly hints?: { readonly forZones?: readonly { readonly name: string }[] };
  readonly addresses: readonly string[];
  readonly conditions?: {
    readonly ready?: boolean | null;
    readonly serving?: boolean | null;
    readonly terminating?: boolean | null;
  };
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

export interface PlainSlice extends KubeObject {
  readonly ports?:
    | readonly { readonly name?: string; readonly protocol?: string; readonly port?: number }[]
    | null;
  readonly endpoints?: readonly PlainEndpoint[] | null;
}

export interface PlainSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface PlainPlugin extends KubeObject {
  readonly plugin: string;
  readonly disabled?: boolean;
  readonly protocols?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly configFrom?: unknown;
  readonly configPatches?: readonly unknown[];
}

export interface PlainConsumer extends KubeObject {
  readonly username?: string;
  readonly credentials?: readonly string[];
}

export interface PlainUpstreamPolicy extends KubeObject {
  readonly spec?: {
    readonly algorithm?: string;
    readonly hashOn?: { readonly header?: string };
    readonly stickySessions?: { readonly cookie?: string };
    readonly slots?: number;
    readonly healthchecks?: {
      readonly threshold?: number;
      readonly active?: {
        readonly httpPath?: string;
        readonly healthy?: { readonly successes?: number };
        readonly unhealthy?: { readonly httpFailures?: number };
      };
      readonly passive?: {
        readonly healthy?: { readonly successes?: number };
        readonly unhealthy?: { readonly httpFailures?: number; readonly httpStatuses?: readonly number[] };
      };
    };
  };
}

interface Kinds {
  'ingresses.networking.k8s.io': PlainIngress;
  'ingressclasses.networking.k8s.io': KubeObject;
  services: PlainService;
  'endpointslices.discovery.k8s.io': PlainSlice;
  secrets: PlainSecret;
  'kongplugins.configuration.konghq.com': PlainPlugin;
  'kongclusterplugins.configuration.konghq.com': PlainPlugin;
  'kongconsumers.configuration.konghq.com': PlainConsumer;
  'kongupstreampolicies.configuration.konghq.com': PlainUpstreamPolicy;
}

export function all<R extends keyof Kinds>(objects: ClusterObjects, resource: R): readonly Kinds[R][] {
  return (objects.get(resource) ?? []) as unknown as readonly Kinds[R][];
}

export function find<R extends keyof Kinds>(
  objects: ClusterObjects,
  resource: R,
  namespace: string,
  name: string,
): Kinds[R] | null {
  for (const object of all(objects, resource))
    if ((object.metadata.namespace ?? '') === namespace && object.metadata.name === name) return object;
  return null;
}

export function annotationOf({ metadata }: KubeObject, name: string): string | null {
  return metadata.annotations?.[name] ?? null;
}

export function secretValue({ data }: PlainSecret, name: string): string | null {
  const encoded = data?.[name];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of two claims to one thing the older wins; created in the same second, namespace and name decide. */
export function oldestFirst<T extends KubeObject>(objects: readonly T[]): readonly T[] {
  return [...objects].sort(
    (a, b) =>
      compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
      compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
      compare(a.metadata.name, b.metadata.name),
  );
}

const ourClass = 'kong';

/** The annotation, else the class given otherwise, else whether ours is the default of the cluster. */
export function isOurs(objects: ClusterObjects, object: KubeObject, className = ''): boolean {
  const given = annotationOf(object, 'kubernetes.io/ingress.class') || className;
  if (given !== '') return given === ourClass;
  return all(objects, 'ingressclasses.networking.k8s.io').some(
    (entry) =>
      entry.metadata.name === ourClass &&
      annotationOf(entry, 'ingressclass.kubernetes.io/is-default-class') === 'true',
  );
}
