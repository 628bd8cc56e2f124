// The simulated cluster in real time: API server behind HTTPS on loopback, controllers, kubelets and pods of this process.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { ApiServer } from '../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { PodServerRunner } from '../../sim/pod/runner.ts';
import { createCertificateAuthority, issueCertificate } from '../io/certificate.ts';
import type { HttpListener } from '../ports/http.ts';
import type { Env } from '../ports/env.ts';
import { CommandError, exitBadInput, exitEnvironment } from './exit-codes.ts';
import { kubeconfigText } from './kubeconfig.ts';

export interface EmbeddedClusterOptions {
  /** 0 = any free port. */
  readonly apiPort: number;
  readonly env: Env;
  readonly nodes?: number;
  /** Folder with CustomResourceDefinitions; undefined = our own. */
  readonly crds?: string;
}

export interface EmbeddedCluster {
  readonly url: string;
  readonly token: string;
  /** PEM. */
  readonly ca: string;
  readonly kubeconfigText: string;
  readonly api: ApiServer;
  readonly pods: PodServerRunner;
  stop(): Promise<void>;
}

const bodyBytesMax = 3 * 1024 * 1024;

function loadDefinitions(folder: string): StoredObject[] {
  const objects: StoredObject[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
      const [error] = document.errors;
      if (error !== undefined)
        throw new CommandError(exitBadInput, `${join(folder, file)}: ${error.message}`);
      const object = document.toJS() as StoredObject | null;
      if (object?.kind === 'CustomResourceDefinition') objects.push(object);
    }
  }
  return objects;
}

function createDefinitions(api: ApiServer, folder: string): void {
  for (const object of loadDefinitions(folder)) {
    const created = api.store.create('customresourcedefinitions.apiextensions.k8s.io', object);
    if (!created.ok) throw new CommandError(exitBadInput, `${folder}: ${created.error.message}`);
  }
}

function defaultDefinitions(): string | null {
  const folder = fileURLToPath(new URL('../../deploy/crds', import.meta.url));
  return existsSync(folder) ? folder : null;
}

async function listen(
  env: Env,
  api: ApiServer,
  apiPort: number,
): Promise<{ listener: HttpListener; ca: string }> {
  const authority = await createCertificateAuthority('tidegate-cluster');
  const tls = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ipAddresses: ['127.0.0.1', '10.96.0.1'],
  });
  const listener = await new Promise<HttpListener>((resolve, reject) => {
    env.httpServer.listen(
      { host: '127.0.0.1', port: apiPort, tls, bodyBytesMax },
      api.handler,
      (error, opened) => {
        if (opened !== null) return resolve(opened);
        const why = `the Kubernetes API cannot listen on 127.0.0.1:${apiPort} (${error}); choose another port with --api-port`;
        return reject(new CommandError(exitEnvironment, why));
      },
    );
  });
  return { listener, ca: authority.cert };
}

export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const [{ createApiServer }, { startControllers }, { defaultNodes, startKubelets }, { createPodRunner }] =
    await Promise.all([
      import('../../sim/cluster/api-server.ts'),
      import('../../sim/cluster/controllers/index.ts'),
      import('../../sim/cluster/kubelet/index.ts'),
      import('../../sim/pod/runner.ts'),
    ]);
  const { clock, random, log, tcp } = options.env;
  const token = random.bytes('cluster/token', 24).toString('hex');
  const pods = createPodRunner({ clock, random, log, tcp });
  const api = createApiServer({
    clock,
    random,
    log,
    token,
    logs: {
      read(namespace, pod, { container }) {
        const running = pods.find(namespace, pod);
        return running === null
          ? { ok: false, error: 'the pod does not run' }
          : { ok: true, value: running.logs(container) };
      },
    },
  });
  const definitions = options.crds ?? defaultDefinitions();
  if (definitions !== null) createDefinitions(api, definitions);
  const { listener, ca } = await listen(options.env, api, options.apiPort);
  const ports = { store: api.store, clock, random, log };
  const controllers = startControllers(ports);
  const count = options.nodes ?? defaultNodes.length;
  const nodes = Array.from({ length: count }, (_, i) => ({
    ...defaultNodes[i % defaultNodes.length]!,
    name: `node-${i + 1}`,
  }));
  const kubelets = startKubelets({ ...ports, runner: pods, nodes });
  return {
    url: listener.url,
    token,
    ca,
    kubeconfigText: kubeconfigText({ url: listener.url, ca, token }),
    api,
    pods,
    stop() {
      controllers.stop();
      kubelets.stop();
      api.disconnectWatches('close');
      pods.killAll();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}
