// The proxies of a run: our own manifests, one Deployment for each proxy so that a scenario can name it, all in a namespace of
// the run.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { LifeRecord, StoreChange } from '../../../sim/evidence/evidence.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { CompiledWorld } from '../../compile/world.ts';
import type { ApiWay } from './api-gates.ts';
import type { RunTime } from './time.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What `tidegate manifests` would print; made by who may read files. */
export type ManifestsOf = (options: {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly ingressClass: string;
}) => readonly KubeObject[];

export const runLabel = 'tidegate.dev/scenario-run';
export const proxyLabel = 'tidegate.dev/proxy';
export const proxyPorts = { http: 8000, https: 8443, status: 8100 } as const;

export const proxyName = (index: number): string => `proxy-${index + 1}`;

/** The ways of proxies to the API where they go through gates. */
export interface GatedWays {
  readonly ways: readonly ApiWay[];
  readonly authority: string;
}

const gateAuthority = 'api-gate';
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenSeconds = 3_607;

/** What the kubelet tells a pod about the API, told otherwise: where it is, and whose certificates it shows. */
function throughGate({ host, port }: ApiWay) {
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: tokenSeconds } },
    { configMap: { name: gateAuthority, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ];
  return {
    env: [
      { name: 'KUBERNETES_SERVICE_HOST', value: host },
      { name: 'KUBERNETES_SERVICE_PORT', value: String(port) },
    ],
    mount: { name: gateAuthority, mountPath: accountFolder, readOnly: true },
    volume: { name: gateAuthority, projected: { sources } },
  };
}

type ContainerLike = Fields & {
  readonly args: readonly string[];
  readonly env?: readonly Fields[];
  readonly volumeMounts?: readonly Fields[];
};

interface DeploymentLike {
  readonly metadata: Fields & { readonly name: string };
  readonly spec: Fields & {
    readonly template: Fields & {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: Fields & {
        readonly containers: readonly ContainerLike[];
        readonly volumes?: readonly Fields[];
      };
    };
  };
}

/** The Deployment of one proxy out of that of the installation. */
function proxyDeployment(
  object: KubeObject,
  index: number,
  { shape }: CompiledWorld,
  way: ApiWay | null,
): Fields {
  const { metadata, spec, ...rest } = object as unknown as DeploymentLike & Fields;
  const name = proxyName(index);
  const labels = { ...spec.template.metadata.labels, [proxyLabel]: name };
  const [container] = spec.template.spec.containers;
  const args = [...container!.args, `--workers=${shape.workers}`];
  const gate = way === null ? null : throughGate(way);
  const { env = [], volumeMounts = [] } = container!;
  const changed = {
    ...container!,
    args,
    imagePullPolicy: 'IfNotPresent',
    env: [...env, ...(gate?.env ?? [])],
    volumeMounts: [...volumeMounts, ...(gate === null ? [] : [gate.mount])],
  };
  const { volumes = [] } = spec.template.spec;
  return {
    ...rest,
    metadata: { ...metadata, name },
    spec: {
      ...spec,
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        ...spec.template,
        metadata: { ...spec.template.metadata, labels },
        spec: {
          ...spec.template.spec,
          containers: [changed],
          volumes: [...volumes, ...(gate === null ? [] : [gate.volume])],
        },
      },
    },
  };
}

/** A port of every node for each proxy, where nothing nearer reaches its pod. */
function proxyService(namespace: string, index: number): Fields {
  const ports = Object.entries(proxyPorts).map(([name, port]) => ({ name, port, targetPort: port }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: proxyName(index), namespace },
    spec: { type: 'NodePort', selector: { [proxyLabel]: proxyName(index) }, ports },
  };
}

/** Without the definitions of Kong's kinds; in the order in which they can be made. */
export function proxyObjects(
  run: string,
  image: string,
  ingressClass: string,
  world: CompiledWorld,
  manifestsOf: ManifestsOf,
  gated: GatedWays | null,
): readonly Fields[] {
  const installation = manifestsOf({ namespace: run, name: run, image, replicas: 1, ingressClass });
  const indices = Array.from({ length: world.shape.gateways }, (_, index) => index);
  const authority = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: gateAuthority, namespace: run },
    data: { 'ca.crt': gated?.authority ?? '' },
  };
  const own = installation
    .filter(({ kind }) => kind !== 'Namespace' && kind !== 'IngressClass' && kind !== 'Service')
    .flatMap((object): readonly Fields[] =>
      object.kind === 'Deployment'
        ? indices.flatMap((index) => [
            proxyDeployment(object, index, world, gated?.ways[index] ?? null),
            proxyService(run, index),
          ])
        : [object as unknown as Fields],
    );
  return gated === null ? own : [authority, ...own];
}

interface PodStatus {
  readonly podIP?: string;
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly { readonly restartCount?: number; readonly state?: object }[];
}

const statusOf = ({ status }: StoredObject): PodStatus => (status ?? {}) as PodStatus;

export interface Proxies {
  /** A pod in the namespace of the run has changed. */
  take(type: StoreChange['type'], pod: StoredObject): void;
  /** The pod that stands for the proxy now; null: none. */
  podOf(index: number): StoredObject | null;
  isReady(index: number): boolean;
  isAlive(index: number): boolean;
  /** When the last of them had begun its first life. */
  startedUs(): number;
}

/** Takes down when each proxy lives, from what the cluster says of its pods. */
export function createProxies(lives: LifeRecord[], time: RunTime): Proxies {
  const pods: Map<string, StoredObject> = new Map();
  const begun: Map<string, { readonly host: string; readonly life: number }> = new Map();
  const drained: Set<string> = new Set();
  const counts: Map<string, number> = new Map();
  const hostOf = (pod: StoredObject): string =>
    (pod.metadata.labels?.[proxyLabel] ?? '').replace('proxy', 'gateway');
  /** One life for each run of its container. */
  const runOf = (pod: StoredObject): string =>
    `${pod.metadata.uid} ${statusOf(pod).containerStatuses?.[0]?.restartCount ?? 0}`;
  const isRunning = (pod: StoredObject): boolean =>
    statusOf(pod).containerStatuses?.some(({ state }) => state !== undefined && 'running' in state) === true;
  const say = (host: string, life: number, what: LifeRecord['what']): void =>
    void lives.push({ host, life, atUs: time.nowUs(), what });
  const end = (uid: string, except: string): void => {
    for (const [run, { host, life }] of begun)
      if (run.startsWith(`${uid} `) && run !== except) {
        begun.delete(run);
        say(host, life, 'end');
      }
  };
  const of = (index: number): readonly StoredObject[] =>
    [...pods.values()].filter(({ metadata }) => metadata.labels?.[proxyLabel] === proxyName(index));
  const isReadyPod = (pod: StoredObject): boolean =>
    pod.metadata.deletionTimestamp === undefined &&
    statusOf(pod).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  return {
    take(type, pod) {
      const uid = pod.metadata.uid ?? '';
      if (type === 'DELETED') {
        pods.delete(uid);
        end(uid, '');
        return;
      }
      pods.set(uid, pod);
      const run = isRunning(pod) ? runOf(pod) : '';
      end(uid, run);
      const host = hostOf(pod);
      if (run !== '' && !begun.has(run)) {
        const life = (counts.get(host) ?? 0) + 1;
        counts.set(host, life);
        begun.set(run, { host, life });
        say(host, life, 'start');
      }
      if (pod.metadata.deletionTimestamp === undefined || drained.has(uid)) return;
      drained.add(uid);
      say(host, begun.get(run)?.life ?? counts.get(host) ?? 1, 'drain');
    },
    podOf: (index) => of(index).find(isReadyPod) ?? of(index).at(-1) ?? null,
    isReady: (index) => of(index).some(isReadyPod),
    startedUs: () =>
      Math.max(
        0,
        ...lives.filter(({ life, what }) => life === 1 && what === 'start').map(({ atUs }) => atUs),
      ),
    isAlive: (index) => of(index).some(isRunning),
  };
}
