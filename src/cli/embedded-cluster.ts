// The simulated cluster in real time: API server behind HTTPS on loopback, its controllers, kubelets and pods.
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { ApiServer } from '../../sim/cluster/api-server.ts';
import type { NodeSpec } from '../../sim/cluster/kubelet/node-agent.ts';
import type { ClusterStore, StoredObject } from '../../sim/cluster/store-api.ts';
import type { PodServerRunner } from '../../sim/pod/runner.ts';
import { createCertificateAuthority, issueCertificate } from '../io/certificate.ts';
import { kubeconfigOf } from '../io/kubeconfig-text.ts';
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpListener } from '../ports/http.ts';
import { CommandError, exitBadInput, exitEnvironment } from './exit-codes.ts';
import { readTexts } from './manifests.ts';
import { toldApi } from './programs/own-pod.ts';
import { createProgramRunner } from './programs/runner.ts';
import { createWebhookClients } from './webhook-clients.ts';

export interface EmbeddedClusterOptions {
  /** 0: any free port. */
  readonly apiPort: number;
  readonly env: Env;
  /** CustomResourceDefinitions as YAML or JSON, any number a text. Default: those of deploy/crds. */
  readonly crdTexts?: readonly string[];
  /** Default: three nodes in three zones. */
  readonly nodes?: readonly NodeSpec[];
}

export interface EmbeddedCluster {
  readonly url: string;
  /** The bearer token of the only user, who may do everything. */
  readonly token: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly kubeconfigText: string;
  readonly api: ApiServer;
  readonly runner: PodServerRunner;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
/** Pods of our own image; those of the pod server have the network before it. */
const programNetwork = '127.2';
/** Above the API server's own limit, so that its answer is the one that is seen. */
const bodyBytesMax = 4 * 1024 * 1024;
/** Each watch of a client before HTTP/2 is one. */
const connectionsMax = 6_000;
const crdBytesMax = 3 * 1024 * 1024;

/** The definitions that Tidegate brings. */
export function readCrdTexts(): readonly string[] {
  // One level further up when compiled.
  const depth = import.meta.url.endsWith('.ts') ? '../../deploy/crds/' : '../../../deploy/crds/';
  return readTexts([fileURLToPath(new URL(depth, import.meta.url))]);
}

/** Nodes named node-1 to node-N, spread over three zones. */
export function nodesNamed(count: number): readonly NodeSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `node-${i + 1}`,
    address: host,
    zone: `zone-${'abc'[i % 3]}`,
  }));
}

function installCrds(api: ApiServer, texts: readonly string[]): void {
  for (const text of texts) {
    if (text.length > crdBytesMax) {
      throw new CommandError(exitBadInput, `a file of custom resources is larger than ${crdBytesMax} bytes`);
    }
    for (const document of parseAllDocuments(text)) {
      const problem = document.errors[0];
      if (problem !== undefined) throw new CommandError(exitBadInput, `custom resources: ${problem.message}`);
      const object = document.toJS({ maxAliasCount: 100 }) as StoredObject | null;
      if (object?.kind !== 'CustomResourceDefinition') continue;
      const created = api.store.create('customresourcedefinitions.apiextensions.k8s.io', object);
      if (!created.ok) throw new CommandError(exitBadInput, created.error.message);
    }
  }
}

/** Where the Service `kubernetes` leads. */
function publishApiServer(store: ClusterStore, port: number): void {
  store.create('endpointslices.discovery.k8s.io', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'https', protocol: 'TCP', port }],
  });
}

/** Every namespace gets the authority that the API server's certificate is from, and gets it again when it is deleted. */
function publishAuthority(store: ClusterStore, certificate: string): void {
  const name = 'kube-root-ca.crt';
  const publish = (namespace: string): void => {
    store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { 'ca.crt': certificate },
    });
  };
  store.subscribe('namespaces', (type, { metadata }) => {
    if (type === 'ADDED') publish(metadata.name);
  });
  store.subscribe('configmaps', (type, { metadata }) => {
    if (type === 'DELETED' && metadata.name === name) publish(metadata.namespace ?? '');
  });
  for (const { metadata } of store.list('namespaces')) publish(metadata.name);
}

interface ConfigMapLike {
  readonly data?: Readonly<Record<string, string>>;
}

function listen(
  env: Env,
  port: number,
  pair: { readonly cert: string; readonly key: string },
  handler: HttpHandler,
): Promise<HttpListener> {
  const secured = { pairs: [pair] };
  return new Promise((resolve, reject) => {
    const place = { host, port, tls: () => secured, bodyBytesMax, connectionsMax };
    env.httpServer.listen(place, handler, (error, listener) => {
      if (listener !== null) resolve(listener);
      else {
        const why = error === 'EADDRINUSE' ? 'it is in use by another program' : error;
        const advice = 'choose another with --api-port PORT, or --api-port 0 for any free one';
        reject(
          new CommandError(
            exitEnvironment,
            `the Kubernetes API cannot listen on ${host}:${port} (${why}): ${advice}`,
          ),
        );
      }
    });
  });
}

export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { env } = options;
  const { clock, random, log } = env;
  const [
    { createApiServer },
    { startControllers },
    { defaultNodes, startKubelets },
    { createPodRunner },
    { createPodLogs },
    { createServiceLookup },
    { createAddressPool },
    { callProbe },
  ] = await Promise.all([
    import('../../sim/cluster/api-server.ts'),
    import('../../sim/cluster/controllers/index.ts'),
    import('../../sim/cluster/kubelet/index.ts'),
    import('../../sim/pod/runner.ts'),
    import('../../sim/pod/pod-logs.ts'),
    import('../../sim/pod/service-lookup.ts'),
    import('../../sim/pod/addresses.ts'),
    import('../../sim/pod/probe-call.ts'),
  ]);
  const token = random.bytes('cluster/token', 32).toString('base64url');
  const api: ApiServer = createApiServer({
    clock,
    random,
    log,
    token,
    logs: createPodLogs(
      () => api.store,
      (namespace, pod) => programs.find(namespace, pod) ?? runner.find(namespace, pod),
    ),
    webhooks: createWebhookClients(() => api.store),
  });
  installCrds(api, options.crdTexts ?? readCrdTexts());
  const runner = createPodRunner({ clock, random, log, tcp: env.tcp, ...createServiceLookup(api.store) });
  const programs = createProgramRunner({
    inner: runner,
    ...{ clock, log, tcp: env.tcp, callProbe },
    addresses: createAddressPool({ prefix: programNetwork }),
    kubeconfigOf(pod) {
      const { namespace = 'default' } = pod.metadata;
      const told = toldApi(pod);
      if (told === null) return kubeconfigOf(listener.url, authority.cert, token, namespace);
      const map = api.store.get('configmaps', namespace, told.authority) as ConfigMapLike | null;
      return kubeconfigOf(told.url, map?.data?.['ca.crt'] ?? authority.cert, token, namespace);
    },
  });
  const authority = await createCertificateAuthority('tidegate cluster');
  const tls = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ipAddresses: [host],
  });
  const listener = await listen(env, options.apiPort, tls, api.handler);
  publishApiServer(api.store, listener.port);
  publishAuthority(api.store, authority.cert);
  const ports = { store: api.store, clock, random, log };
  const controllers = startControllers(ports);
  const kubelets = startKubelets({ ...ports, runner: programs, nodes: options.nodes ?? defaultNodes });
  return {
    url: listener.url,
    token,
    certificateAuthority: authority.cert,
    kubeconfigText: kubeconfigOf(listener.url, authority.cert, token),
    api,
    runner,
    async stop() {
      controllers.stop();
      kubelets.stop();
      programs.killAll();
      runner.killAll();
      api.disconnectWatches('close');
      await new Promise<void>((resolve) => listener.close(resolve));
    },
  };
}
