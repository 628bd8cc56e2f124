// The simulated cluster in real time: API server behind HTTPS on loopback, its controllers, kubelets and pods.
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { ApiServer } from '../../sim/cluster/api-server.ts';
import type { NodeSpec } from '../../sim/cluster/kubelet/node-agent.ts';
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { PodServerRunner } from '../../sim/pod/runner.ts';
import { createCertificateAuthority, issueCertificate } from '../io/certificate.ts';
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpListener } from '../ports/http.ts';
import { CommandError, exitBadInput, exitEnvironment } from './exit-codes.ts';

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
/** Above the API server's own limit, so that its answer is the one that is seen. */
const bodyBytesMax = 4 * 1024 * 1024;
const crdBytesMax = 3 * 1024 * 1024;

/** The definitions that Tidegate brings, or those of another folder. */
export function readCrdTexts(folder?: string): readonly string[] {
  // One level further up when compiled.
  const depth = import.meta.url.endsWith('.ts') ? '../../deploy/crds/' : '../../../deploy/crds/';
  const base = folder ?? new URL(depth, import.meta.url).pathname;
  try {
    return readdirSync(base)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort()
      .map((name) => readFileSync(`${base}/${name}`, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CommandError(exitBadInput, `${base}: cannot be read (${code})`);
  }
}

/** Nodes named node-1 to node-N, spread over three zones. */
export function nodesNamed(count: number): readonly NodeSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `node-${i + 1}`,
    address: host,
    zone: `zone-${'abc'[i % 3]}`,
  }));
}

export function kubeconfigOf(url: string, certificateAuthority: string, token: string): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: tidegate',
    'clusters:',
    '  - name: tidegate',
    '    cluster:',
    `      server: ${url}`,
    `      certificate-authority-data: ${Buffer.from(certificateAuthority).toString('base64')}`,
    'users:',
    '  - name: tidegate',
    '    user:',
    `      token: ${token}`,
    'contexts:',
    '  - name: tidegate',
    '    context:',
    '      cluster: tidegate',
    '      user: tidegate',
    '      namespace: default',
    '',
  ].join('\n');
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

function listen(
  env: Env,
  port: number,
  pair: { readonly cert: string; readonly key: string },
  handler: HttpHandler,
): Promise<HttpListener> {
  const secured = { pairs: [pair] };
  return new Promise((resolve, reject) => {
    env.httpServer.listen({ host, port, tls: () => secured, bodyBytesMax }, handler, (error, listener) => {
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
  ] = await Promise.all([
    import('../../sim/cluster/api-server.ts'),
    import('../../sim/cluster/controllers/index.ts'),
    import('../../sim/cluster/kubelet/index.ts'),
    import('../../sim/pod/runner.ts'),
    import('../../sim/pod/pod-logs.ts'),
    import('../../sim/pod/service-lookup.ts'),
  ]);
  const token = random.bytes('cluster/token', 32).toString('base64url');
  const api: ApiServer = createApiServer({
    clock,
    random,
    log,
    token,
    logs: createPodLogs(
      () => api.store,
      (namespace, pod) => runner.find(namespace, pod),
    ),
  });
  installCrds(api, options.crdTexts ?? readCrdTexts());
  const runner = createPodRunner({ clock, random, log, tcp: env.tcp, ...createServiceLookup(api.store) });
  const authority = await createCertificateAuthority('tidegate cluster');
  const tls = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ipAddresses: [host],
  });
  const listener = await listen(env, options.apiPort, tls, api.handler);
  const ports = { store: api.store, clock, random, log };
  const controllers = startControllers(ports);
  const kubelets = startKubelets({ ...ports, runner, nodes: options.nodes ?? defaultNodes });
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
      runner.killAll();
      api.disconnectWatches('close');
      await new Promise<void>((resolve) => listener.close(resolve));
    },
  };
}
