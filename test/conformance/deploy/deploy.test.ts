// The manifest of deploy/: a real kubectl applies it without a warning, and its rules allow exactly what the controller
// asks of the API server, recorded over real HTTPS.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import { superviseController } from '../../../src/control/supervise.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createKubeApi } from '../../../src/io/kube-api.ts';
import { silentLog } from '../../../src/ports/log.ts';

const manifest = 'deploy/tidegate.yaml';
const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
const kubeconfig = join(folder, 'kube.yaml');
const env = createEnv({ level: 'error', format: 'json', write: () => {} });
let cluster: EmbeddedCluster;

beforeAll(async () => {
  cluster = await startEmbeddedCluster({ env, apiPort: 0 });
  writeFileSync(kubeconfig, cluster.kubeconfigText);
});
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const kubectl = hasKubectl();

test.skipIf(!kubectl)(
  `kubectl applies it without a warning${kubectl ? '' : ' (not run: no kubectl)'}`,
  async () => {
    const result = await new Promise<{ stdout: string; stderr: string; code: number }>((resolve) => {
      execFile('kubectl', ['--kubeconfig', kubeconfig, 'apply', '-f', manifest], (error, stdout, stderr) =>
        resolve({ stdout, stderr, code: error === null ? 0 : 1 }),
      );
    });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    const documents = parseAllDocuments(readFileSync(manifest, 'utf8'));
    expect(result.stdout.trim().split('\n')).toHaveLength(documents.length);
    expect(cluster.api.store.get('deployments.apps', 'tidegate', 'tidegate')).not.toBeNull();
  },
);

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** 'patch networking.k8s.io ingresses/status', one for each combination. */
function rulesOf(): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const document of parseAllDocuments(readFileSync(manifest, 'utf8'))) {
    const { kind, rules } = document.toJS() as { kind: string; rules?: readonly Rule[] };
    if (!/^(Cluster)?Role$/.test(kind)) continue;
    for (const { apiGroups, resources, verbs } of rules ?? [])
      for (const group of apiGroups)
        for (const resource of resources) for (const verb of verbs) flat.add(`${verb} ${group} ${resource}`);
  }
  return flat;
}

const writeVerbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

function permissionOf(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'https://api');
  const match =
    /^\/(?:api|apis\/(?<group>[^/]+))\/v[^/]+(?:\/namespaces\/[^/]+)?\/(?<plural>[a-z]+)(?:\/(?<name>[^/]+))?(?:\/(?<sub>\w+))?$/.exec(
      pathname,
    );
  if (match === null) return `${method} ${pathname}`;
  const { group, plural, name, sub } = match.groups as Record<string, string | undefined>;
  const read = name !== undefined ? 'get' : searchParams.get('watch') === 'true' ? 'watch' : 'list';
  const verb = method === 'GET' ? read : writeVerbs[method];
  return `${verb} ${group ?? ''} ${plural}${sub === undefined ? '' : `/${sub}`}`;
}

const objects = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'broken', namespace: 'default', annotations: { 'konghq.com/plugins': 'none' } },
    spec: {
      ingressClassName: 'kong',
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongConsumer',
    metadata: {
      name: 'alice',
      namespace: 'default',
      annotations: { 'kubernetes.io/ingress.class': 'kong' },
    },
    username: 'alice',
  },
  {
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongConsumerGroup',
    metadata: {
      name: 'gold',
      namespace: 'default',
      annotations: { 'kubernetes.io/ingress.class': 'kong' },
    },
  },
  {
    apiVersion: 'configuration.konghq.com/v1alpha1',
    kind: 'KongVault',
    metadata: { name: 'shop', annotations: { 'kubernetes.io/ingress.class': 'kong' } },
    spec: { backend: 'env', prefix: 'shop' },
  },
  {
    apiVersion: 'configuration.konghq.com/v1alpha1',
    kind: 'KongCustomEntity',
    metadata: { name: 'session', namespace: 'default' },
    spec: { type: 'sessions', controllerName: 'kong', fields: {} },
  },
] as const;

const withStatus = ['kongconsumers', 'kongconsumergroups', 'kongvaults', 'kongcustomentities'];

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('its rules allow what the controller does, and nothing else', async () => {
  const { store } = cluster.api;
  for (const object of objects) {
    const { resource } = cluster.api.resourceOf(object.apiVersion, object.kind)!;
    const created = store.create(resource, object as unknown as StoredObject);
    if (!created.ok) throw new Error(created.error.message);
  }
  const connection = await createKubeApi({ kubeconfig });
  const asked = new Set<string>();
  const api = {
    request: (...call: Parameters<typeof connection.api.request>) => {
      asked.add(permissionOf(call[0].method, call[0].path));
      return connection.api.request(...call);
    },
  };
  const gateway = inProcessGateway(env.clock, 'gateway', (request, reply) => {
    reply.head(request.method === 'POST' ? 201 : 200, {});
    reply.end(JSON.stringify({ version: '3.9.1', configuration_hash: 'f'.repeat(32) }));
  });
  const count = () => store.list('events').find(({ reason }) => reason === 'PluginNotFound')?.['count'];
  for (let life = 1; life <= 2; life++) {
    const controller = superviseController(
      { clock: env.clock, random: env.random, log: silentLog, api, gateways: [gateway] },
      {
        // Pages are what an older API server gets.
        follow: { reflector: { watchList: life === 1 } },
        leader: { lease: { namespace: 'tidegate', name: 'tidegate-leader' }, identity: `life-${life}` },
        tell: { publishAddresses: [`10.0.0.${life}`] },
      },
    );
    if (life === 1 && store.get('namespaces', undefined, 'tidegate') === null)
      store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tidegate' } });
    controller.start();
    await until(() => count() === life && asked.has('patch networking.k8s.io ingresses/status'));
    for (const plural of withStatus)
      await until(() => asked.has(`patch configuration.konghq.com ${plural}/status`));
    await new Promise<void>((resolve) => controller.stop(resolve));
  }
  connection.close();
  expect([...asked].sort()).toEqual([...rulesOf()].sort());
});

test('whatever the image copies is there', () => {
  const lines = readFileSync('deploy/Dockerfile', 'utf8').split('\n');
  const sources = lines
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect(existsSync(source), source).toBe(true);
  expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain('node_modules');
});
