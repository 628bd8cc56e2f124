// An embedded cluster with one shop in it, for tests and benches: its edits, and waiting until they have come true.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPod, type Pod } from '../../../sim/cluster/controllers/kinds.ts';
import { isActive, isReady } from '../../../sim/cluster/controllers/pod-state.ts';
import type { ApiFailure, StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Result } from '../../../src/base/result.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createEnv } from '../../../src/io/env.ts';

export const shopHost = 'shop.example';
const deployments = 'deployments.apps';
const ingresses = 'ingresses.networking.k8s.io';
const namespace = 'default';
const labels = { app: 'shop' };

export interface Shop {
  readonly cluster: EmbeddedCluster;
  /** A file with the way in. */
  readonly kubeconfig: string;
  pods(): readonly Pod[];
  scale(replicas: number): void;
  /** A new template: a rolling update. */
  roll(version: string): void;
  /** Deletes every other pod, as `kubectl delete pod` does. */
  deleteHalf(): readonly string[];
  /** Rewrites the Ingress; 'edit-N.example' leads to the shop from then on, as no other edit's host does. */
  editIngress(edit: number): void;
  /** Every pod that is wanted runs the newest template and is ready, and no other is left. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export function must<T>(result: Result<T, ApiFailure>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const deployment: StoredObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 15,
        containers: [
          {
            name: 'shop',
            image: 'example.com/shop:v1',
            // Requests are under way at every moment, also when a pod has to go.
            env: [{ name: 'POD_LATENCY_MS', value: '0-20' }],
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};

const service: StoredObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

const plugin: StoredObject = {
  apiVersion: 'configuration.konghq.com/v1',
  kind: 'KongPlugin',
  metadata: { name: 'mark-requests', namespace },
  plugin: 'request-transformer',
  config: { add: { headers: ['x-sample:shop'] } },
};

export function shopRule(host: string, path = '/'): Readonly<Record<string, unknown>> {
  const backend = { service: { name: 'shop', port: { name: 'http' } } };
  return { host, http: { paths: [{ path, pathType: 'Prefix', backend }] } };
}

export function shopIngress(name: string, rules: readonly unknown[]): StoredObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace },
    spec: { ingressClassName: 'kong', rules },
  };
}

const ingressClass: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'kong' },
  spec: { controller: 'ingress-controllers.konghq.com/kong' },
};

function isSettled(deploymentNow: StoredObject, pods: readonly Pod[]): boolean {
  const wanted = Number(deploymentNow.spec?.['replicas']);
  const { observedGeneration, updatedReplicas, replicas, availableReplicas } = deploymentNow.status ?? {};
  return (
    observedGeneration === deploymentNow.metadata.generation &&
    [updatedReplicas, replicas, availableReplicas, pods.length].every((count) => count === wanted) &&
    pods.every((pod) => isActive(pod) && isReady(pod))
  );
}

export async function startShop(): Promise<Shop> {
  const env = createEnv({ format: 'text', level: 'warn' });
  const cluster = await startEmbeddedCluster({ apiPort: 0, env });
  const { store } = cluster.api;
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shop-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfigText, { mode: 0o600 });
  must(store.create('ingressclasses.networking.k8s.io', ingressClass));
  must(store.create(deployments, deployment));
  must(store.create('services', service));
  must(store.create('kongplugins.configuration.konghq.com', plugin));
  must(store.create(ingresses, shopIngress('shop', [shopRule(shopHost)])));
  const pods = (): readonly Pod[] => store.list('pods', { namespace }).map(asPod);
  const patch = (resource: string, change: Readonly<Record<string, unknown>>): void => {
    must(store.mergePatch(resource, namespace, 'shop', change));
  };

  return {
    cluster,
    kubeconfig,
    pods,
    scale: (replicas) => patch(deployments, { spec: { replicas } }),
    roll: (version) => patch(deployments, { spec: { template: { metadata: { annotations: { version } } } } }),
    deleteHalf() {
      const names = pods()
        .filter((_, index) => index % 2 === 0)
        .map((pod) => pod.metadata.name);
      for (const name of names) must(store.delete('pods', namespace, name));
      return names;
    },
    editIngress(edit) {
      // Also what the shop's own route does: each second edit takes its plugin away.
      const annotations = { 'konghq.com/plugins': edit % 2 === 0 ? 'mark-requests' : null };
      const rules = [shopRule(shopHost), shopRule(`edit-${edit}.example`)];
      patch(ingresses, { metadata: { annotations }, spec: { rules } });
    },
    settled() {
      return new Promise((resolve) => {
        const stops: (() => void)[] = [];
        const check = (): void => {
          if (stops.length === 0 || !isSettled(store.get(deployments, namespace, 'shop')!, pods())) return;
          for (const stop of stops.splice(0)) stop();
          resolve();
        };
        stops.push(store.subscribe('pods', check), store.subscribe(deployments, check));
        check();
      });
    },
    async stop() {
      await cluster.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
