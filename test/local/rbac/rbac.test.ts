// The program of the manifests with the rights of the manifests and no others: everything that it asks the API for is allowed, and
// everything that it is allowed it asks for. Its pod calls the API of an embedded cluster through a gate that refuses what RBAC would.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Api, applyObject, connectApi } from '../../../scenarios/runner/k3s/api.ts';
import { proxyObjects } from '../../../scenarios/runner/k3s/proxies.ts';
import { createRunTime, type RunTime } from '../../../scenarios/runner/k3s/time.ts';
import { type Gate, openGate } from '../../../scenarios/runner/local/gate.ts';
import { Way } from '../../../scenarios/runner/local/ways.ts';
import { answerInstead } from '../../../sim/faults/in-the-way.ts';
import { deployDefaults, deployObjects } from '../../../src/cli/deploy/manifests.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createHttpServer } from '../../../src/io/http-server.ts';
import { createKubeApi, type KubeConnection } from '../../../src/io/kube-api.ts';
import { type Asked, allows, askedOf, rulesOf, ruleText } from './rules.ts';

const root = new URL('../../../', import.meta.url).pathname;
const { namespace, name, image, ingressClass } = deployDefaults;
const rules = rulesOf(deployObjects(deployDefaults));
const host = '127.0.0.1';

let cluster: EmbeddedCluster;
let connection: KubeConnection;
let api: Api;
let gate: Gate;
let time: RunTime;
let folder: string;
const asked: Asked[] = [];
const refused: string[] = [];

const noStreams = {
  code: 422,
  reason: 'Invalid',
  message: 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
};

async function openGuard(authority: Awaited<ReturnType<typeof createCertificateAuthority>>): Promise<Gate> {
  // As API servers before 1.32, whose lists do not come as watches; later ones are asked for less.
  const older = {
    matches: ({ path }: { readonly path: string }) => path.includes('sendInitialEvents=true'),
    wrap: (facts: Parameters<typeof answerInstead>[0]) => answerInstead(facts, noStreams, {}),
  };
  const guard = {
    matches({ method, path }: { readonly method: string; readonly path: string }) {
      const one = askedOf(method, path);
      if (one === null) return false;
      asked.push(one);
      return !rules.some((rule) => allows(rule, one));
    },
    wrap(facts: Parameters<typeof answerInstead>[0]) {
      refused.push(`${facts.method} ${facts.path.split('?')[0]}`);
      return answerInstead(facts, { code: 403, reason: 'Forbidden', message: 'RBAC: not allowed' }, {});
    },
  };
  return openGate({
    httpServer: createHttpServer(),
    host,
    port: 0,
    tls: await issueCertificate(authority, { commonName: 'kube-apiserver', ipAddresses: [host] }),
    inner: connection.withoutCredentials(),
    way: new Way(time.scheduler),
    seams: () => ({
      ...{ clock: time.clock, host: 'pod', life: 0, server: 'api', calls: null },
      disturbances: new Set([older, guard]),
      nowUs: time.nowUs,
      version: () => 0,
      leading: () => false,
    }),
    onThrown: () => undefined,
  });
}

const objectsIn = (file: string): readonly Record<string, unknown>[] =>
  parseAllDocuments(readFileSync(`${root}${file}`, 'utf8')).map((document) => {
    const object = document.toJS() as { readonly metadata: object };
    return { ...object, metadata: { namespace: 'default', ...object.metadata } };
  });

/** A Service and a plugin that are not there: Warnings, which are counted up by the next life that finds them again. */
const broken = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'broken', namespace: 'default', annotations: { 'konghq.com/plugins': 'none' } },
  spec: {
    ingressClassName: ingressClass,
    rules: [
      {
        host: 'broken.example',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'none', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

const classed = (kind: string, apiVersion: string, spec: object | null) => ({
  apiVersion: `configuration.konghq.com/${apiVersion}`,
  kind,
  metadata: {
    name: 'one',
    ...(kind === 'KongVault' ? {} : { namespace: 'default' }),
    annotations: { 'kubernetes.io/ingress.class': ingressClass },
  },
  ...(spec === null ? {} : { spec }),
});

/** Kinds whose status says whether they are served. */
const withStatus = [
  classed('KongConsumerGroup', 'v1beta1', null),
  classed('KongVault', 'v1alpha1', { backend: 'env', prefix: 'one', config: { prefix: 'one_' } }),
  classed('KongCustomEntity', 'v1alpha1', {
    type: 'degraphql_routes',
    controllerName: ingressClass,
    fields: {},
  }),
];

beforeAll(async () => {
  time = createRunTime(1);
  cluster = await startEmbeddedCluster({ apiPort: 0, env: createEnv({ format: 'text', level: 'error' }) });
  folder = mkdtempSync(join(tmpdir(), 'tidegate-rbac-'));
  writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfigText, { mode: 0o600 });
  connection = await createKubeApi({ kubeconfig: join(folder, 'kubeconfig') });
  api = await connectApi(connection.api);
  const authority = await createCertificateAuthority('rbac');
  gate = await openGuard(authority);
  const installation = deployObjects(deployDefaults);
  const world = { shape: { gateways: 1, workers: 1 } } as unknown as Parameters<typeof proxyObjects>[3];
  const gated = { ways: [{ host, port: Number(new URL(gate.url).port) }], authority: authority.cert };
  const made = proxyObjects(namespace, image, ingressClass, world, () => installation, gated);
  const first = installation.filter(({ kind }) => ['Namespace', 'IngressClass', 'Service'].includes(kind));
  const workload = ['samples/shop.yaml', 'scenarios/apps/vault.yaml'].flatMap(objectsIn);
  for (const object of [...first, ...made, ...workload, broken, ...withStatus])
    await applyObject(api, object as Readonly<Record<string, unknown>>);
});

afterAll(async () => {
  await gate.close();
  await cluster.stop();
  connection.close();
  time.stop();
  rmSync(folder, { recursive: true });
});

const unused = (): readonly string[] =>
  rules.filter((rule) => !asked.some((one) => allows(rule, one))).map(ruleText);

/** Asks again until it is so, at most so often. */
async function until(isSo: () => boolean, times = 120): Promise<void> {
  for (let round = 0; round < times && !isSo(); round++)
    await new Promise((resolve) => time.after(250, () => resolve(null)));
}

const isUsed = (verb: string, resource: string): boolean =>
  asked.some((one) => one.verb === verb && one.resource === resource);

test(`${name} asks for what its roles allow, and for all of it`, async () => {
  await until(() => isUsed('create', 'events') && isUsed('patch', 'ingresses/status'));
  const pods = await api.call('DELETE', `/api/v1/namespaces/${namespace}/pods`);
  expect(pods.status).toBe(200);
  await until(() => unused().length === 0);
  expect(refused).toEqual([]);
  expect(unused()).toEqual([]);
});

const requests: readonly (readonly [string, string, Asked | null])[] = [
  ['GET', '/apis', null],
  ['GET', '/api/v1', null],
  ['GET', '/version', null],
  [
    'GET',
    '/api/v1/secrets?limit=500',
    { verb: 'list', group: '', resource: 'secrets', namespace: '', name: '' },
  ],
  [
    'GET',
    '/apis/networking.k8s.io/v1/ingresses?watch=true',
    { verb: 'watch', group: 'networking.k8s.io', resource: 'ingresses', namespace: '', name: '' },
  ],
  [
    'PATCH',
    '/apis/networking.k8s.io/v1/namespaces/a/ingresses/b/status',
    { verb: 'patch', group: 'networking.k8s.io', resource: 'ingresses/status', namespace: 'a', name: 'b' },
  ],
  [
    'GET',
    '/api/v1/namespaces/a',
    { verb: 'get', group: '', resource: 'namespaces', namespace: '', name: 'a' },
  ],
  [
    'DELETE',
    '/api/v1/namespaces/a/pods',
    { verb: 'deletecollection', group: '', resource: 'pods', namespace: 'a', name: '' },
  ],
];
test.each(requests)('%s %s', (method, path, wanted) => expect(askedOf(method, path)).toEqual(wanted));

test('a name in a rule is the only one, and a Role holds in its namespace', () => {
  const rule = rules.find(({ verb, resource }) => verb === 'update' && resource === 'leases')!;
  const lease = {
    verb: 'update',
    group: 'coordination.k8s.io',
    resource: 'leases',
    namespace,
    name: rule.names![0]!,
  };
  expect(allows(rule, lease)).toBe(true);
  expect(allows(rule, { ...lease, name: 'other' })).toBe(false);
  expect(allows(rule, { ...lease, namespace: 'default' })).toBe(false);
});
