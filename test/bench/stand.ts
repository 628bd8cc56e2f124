// The real thing on loopback, for benches and tests: `tidegate cluster` and `tidegate run` as processes of their own, and a
// number of Ingresses that lead, each through a Service and an EndpointSlice of its own, to one of two pods.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../src/io/clock.ts';
import { createKubeApi, type KubeConnection } from '../../src/io/kube-api.ts';
import { callJson } from '../../src/ports/json-call.ts';
import { type Program, poll, startProgram } from '../local/rolling/program.ts';

export interface Stand {
  readonly cluster: Program;
  readonly gateway: Program;
  readonly proxyPort: number;
  readonly pods: readonly PodPlace[];
  /** Rewrites the host of Ingress number `index`. */
  moveIngress(index: number, host: string): Promise<void>;
  /** Points the EndpointSlice of Service number `index` to another pod. */
  movePod(index: number, pod: PodPlace): Promise<void>;
  /** The controller's counters, and the proxy's. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  read(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface PodPlace {
  readonly name: string;
  readonly address: string;
}

export interface StandOptions {
  readonly ingresses: number;
  /** For the runtime of the cluster and of the gateway, such as a hook. */
  readonly clusterNodeArgs?: readonly string[];
  readonly gatewayNodeArgs?: readonly string[];
}

const namespace = 'default';
const startTimeoutMs = 60_000;
const ingressesPath = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
const slicesPath = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
const podPort = 8080;

export const hostOf = (index: number): string => `host-${index}.example`;

function rulesOf(index: number, host: string): readonly unknown[] {
  const backend = { service: { name: `backend-${index}`, port: { name: 'http' } } };
  return [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
}

function endpointsOf(pod: PodPlace): readonly unknown[] {
  return [
    { addresses: [pod.address], conditions: { ready: true }, targetRef: { kind: 'Pod', name: pod.name } },
  ];
}

function createApi(connection: KubeConnection) {
  const clock = createClock();
  const limits = { timeoutMs: 30_000, bytesMax: 64 * 1024 * 1024 };
  /** Resolves when the whole answer is here. */
  return (method: string, path: string, body?: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const request = { method, path, contentType, ...(body === undefined ? {} : { body }) };
      callJson(connection.api, clock, request, limits, (reply) => {
        if (reply.error === null && reply.status < 300) resolve(reply.body);
        else
          reject(
            new Error(
              `${method} ${path}: ${reply.error ?? `HTTP ${reply.status} ${JSON.stringify(reply.body)}`}`,
            ),
          );
      });
    });
}

function textOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(Buffer.concat(parts).toString()));
    }).on('error', reject);
  });
}

/** `name{labels} value` lines; series of one name are summed up. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([a-z_]+)(?:\{.*\})? (\S+)$/.exec(line);
    if (found !== null) values.set(found[1]!, (values.get(found[1]!) ?? 0) + Number(found[2]));
  }
  return values;
}

type Api = ReturnType<typeof createApi>;

async function startPods(api: Api): Promise<readonly PodPlace[]> {
  const labels = { app: 'shop' };
  const container = {
    name: 'shop',
    image: 'example.com/shop:v1',
    ports: [{ name: 'http', containerPort: podPort }],
  };
  await api('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
  let places: readonly PodPlace[] = [];
  await poll('two pods run', async () => {
    const { items } = (await api('GET', `/api/v1/namespaces/${namespace}/pods`)) as {
      items: readonly { metadata: { name: string }; status?: { podIP?: string; phase?: string } }[];
    };
    places = items
      .filter(({ status }) => status?.phase === 'Running' && status.podIP !== undefined)
      .map(({ metadata, status }) => ({ name: metadata.name, address: status!.podIP! }));
    return places.length === 2;
  });
  return places;
}

async function createRoutes(api: Api, count: number, pod: PodPlace): Promise<void> {
  await api('POST', '/apis/networking.k8s.io/v1/ingressclasses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'kong' },
    spec: { controller: 'ingress-controllers.konghq.com/kong' },
  });
  for (let index = 0; index < count; index++) {
    const name = `backend-${index}`;
    await api('POST', `/api/v1/namespaces/${namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { ports: [{ name: 'http', port: 80, targetPort: podPort }] },
    });
    await api('POST', slicesPath, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: endpointsOf(pod),
      ports: [{ name: 'http', port: podPort, protocol: 'TCP' }],
    });
    await api('POST', ingressesPath, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: `ingress-${index}`, namespace },
      spec: { ingressClassName: 'kong', rules: rulesOf(index, hostOf(index)) },
    });
  }
}

/** The status of every Ingress is written too: what a controller in a pod does beside its work. */
async function startGatewayProgram(kubeconfig: string, nodeArgs: readonly string[]): Promise<Program> {
  const anyPorts = ['--proxy-port', '0', '--proxy-tls-port', '0', '--admin-port', '0', '--status-port', '0'];
  const own = ['--kubeconfig', kubeconfig, '--publish-status-address', '127.0.0.1', '--drain-seconds', '1'];
  return startProgram(['run', ...anyPorts, ...own, '--workers', '1'], nodeArgs);
}

export async function startStand(options: StandOptions): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-stand-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = await startProgram(
    ['cluster', '--api-port', '0', '--kubeconfig', kubeconfig],
    options.clusterNodeArgs ?? [],
  );
  const connection = await createKubeApi({ kubeconfig });
  const api = createApi(connection);
  const pods = await startPods(api);
  await createRoutes(api, options.ingresses, pods[0]!);
  const gateway = await startGatewayProgram(kubeconfig, options.gatewayNodeArgs ?? []);
  const metrics = async () => readMetrics(await textOf(`${gateway.ready['status']}/metrics`));
  const last = `${ingressesPath}/ingress-${options.ingresses - 1}`;
  const isTold = async (): Promise<boolean> => {
    const { status } = (await api('GET', last)) as {
      status?: { loadBalancer?: { ingress?: readonly unknown[] } };
    };
    return (status?.loadBalancer?.ingress ?? []).length > 0;
  };
  await poll('the gateway is configured, and the status of the last Ingress says so', isTold, startTimeoutMs);
  return {
    cluster,
    gateway,
    pods,
    proxyPort: Number(new URL(String(gateway.ready['proxy'])).port),
    async moveIngress(index, host) {
      await api('PATCH', `${ingressesPath}/ingress-${index}`, { spec: { rules: rulesOf(index, host) } });
    },
    async movePod(index, pod) {
      await api('PATCH', `${slicesPath}/backend-${index}`, { endpoints: endpointsOf(pod) });
    },
    metrics,
    read: (path) => api('GET', path),
    async stop() {
      connection.close();
      await gateway.end('SIGTERM');
      await cluster.end('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Lines that a hook wrote when its process ended. */
export function readLines<T>(path: string): readonly T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
