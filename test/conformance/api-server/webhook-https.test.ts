// A webhook behind real HTTPS: reached by its URL, and by the Service that it stands behind, under the Service's name.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createKubeApi, type KubeConnection } from '../../../src/io/kube-api.ts';
import type { HttpListener } from '../../../src/ports/http.ts';
import { createCluster } from '../kube-api/cluster.ts';

const env = createEnv({ format: 'text', level: 'error' });
let server: EmbeddedCluster;
let connection: KubeConnection;
let folder: string;
let listener: HttpListener;
let caBundle: string;
/** Host and path of each question. */
const asked: string[] = [];

beforeAll(async () => {
  const authority = await createCertificateAuthority('webhooks');
  caBundle = Buffer.from(authority.cert).toString('base64');
  const tls = await issueCertificate(authority, {
    commonName: 'webhook',
    dnsNames: ['guard.default.svc'],
    ipAddresses: ['127.0.0.1'],
  });
  const served = { pairs: [{ cert: tls.cert, key: tls.key }] };
  listener = await new Promise((resolve, reject) => {
    env.httpServer.listen(
      { host: '127.0.0.1', port: 0, tls: () => served, bodyBytesMax: 1_000_000 },
      ({ headers, path, body }, reply) => {
        const { request } = JSON.parse(body!.toString('utf8')) as { request: { uid: string } };
        asked.push(`${headers['host']?.replace(/^127.*/, 'address')} ${path}`);
        const response = { uid: request.uid, allowed: false, status: { message: 'asked over HTTPS' } };
        reply.head(200, { 'content-type': 'application/json' });
        reply.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
      },
      (error, made) => (made === null ? reject(new Error(String(error))) : resolve(made)),
    );
  });
  server = await startEmbeddedCluster({ apiPort: 0, env });
  folder = mkdtempSync(join(tmpdir(), 'tidegate-webhook-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfigText, { mode: 0o600 });
  connection = await createKubeApi({ kubeconfig, context: 'tidegate' });
});

afterAll(async () => {
  connection.close();
  await server.stop();
  await new Promise<void>((resolve) => listener.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function refusal(clientConfig: Readonly<Record<string, unknown>>): Promise<string> {
  const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
  const { store } = server.api;
  const created = store.create('validatingwebhookconfigurations.admissionregistration.k8s.io', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'guard.example.com',
        clientConfig: { caBundle, ...clientConfig },
        rules: [rule],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  expect(created).toMatchObject({ ok: true });
  const { body } = await createCluster(connection.api).ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } },
  });
  store.delete('validatingwebhookconfigurations.admissionregistration.k8s.io', undefined, 'guard');
  return String(body?.['message']);
}

const denied = 'admission webhook "guard.example.com" denied the request: asked over HTTPS';

test('by its URL', async () => {
  expect(await refusal({ url: `${listener.url}/check` })).toBe(denied);
  expect(asked.pop()).toBe('address /check?timeout=10s');
});

test('by the Service that it stands behind', async () => {
  const { store } = server.api;
  const service = { namespace: 'default', name: 'guard', port: 8443, path: '/review' };
  expect(await refusal({ service })).toContain('service "guard" not found');
  store.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'guard', namespace: 'default' },
    spec: { ports: [{ port: 8443 }] },
  });
  expect(await refusal({ service: { ...service, port: 1 } })).toContain('has no port 1');
  expect(await refusal({ service })).toContain('no endpoints available for service "guard"');
  store.create('endpointslices.discovery.k8s.io', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'guard-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'guard' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports: [{ port: listener.port }],
  });
  expect(await refusal({ service })).toBe(denied);
  expect(asked.pop()).toBe('guard.default.svc:8443 /review?timeout=10s');
});

test('never under a certificate that is not of the authority it names', async () => {
  const other = await createCertificateAuthority('somebody else');
  const bundle = Buffer.from(other.cert).toString('base64');
  const message = await refusal({ url: `${listener.url}/check`, caBundle: bundle });
  expect(message).toContain('failed calling webhook "guard.example.com"');
  expect(asked).toEqual([]);
});
