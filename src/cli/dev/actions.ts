// What the keys of the live view do, as edits of cluster objects.
import type { ApiFailure, ClusterStore, StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Result } from '../../base/result.ts';
import { isPodReady } from './changes.ts';

export const keysHelp = 's scale   r roll   k kill a pod   b break / repair an Ingress   q quit';

const deployments = 'deployments.apps';
const ingresses = 'ingresses.networking.k8s.io';
const brokenName = 'broken';

/** The Deployment that the keys act on: the sample's, else the first one. */
function findDeployment(store: ClusterStore): StoredObject | null {
  const all = store.list(deployments);
  return all.find((deployment) => deployment.metadata.name === 'shop') ?? all[0] ?? null;
}

function outcome(result: Result<StoredObject, ApiFailure>, done: string): string {
  return result.ok ? done : result.error.message;
}

function scale(store: ClusterStore): string {
  const deployment = findDeployment(store);
  if (deployment === null) return 'there is no Deployment to scale';
  const { name, namespace } = deployment.metadata;
  const replicas = Number(deployment.spec?.['replicas'] ?? 1) < 8 ? 10 : 3;
  return outcome(
    store.mergePatch(deployments, namespace, name, { spec: { replicas } }),
    `you scaled ${name} to ${replicas}`,
  );
}

function roll(store: ClusterStore, nowText: string): string {
  const deployment = findDeployment(store);
  if (deployment === null) return 'there is no Deployment to roll';
  const { name, namespace } = deployment.metadata;
  const annotations = { 'kubectl.kubernetes.io/restartedAt': nowText };
  const patch = { spec: { template: { metadata: { annotations } } } };
  return outcome(store.mergePatch(deployments, namespace, name, patch), `you rolled ${name}`);
}

/** A pod of the Deployment that the other keys act on, so that its effect shows in the same place. */
function killPod(store: ClusterStore): string {
  const prefix = `${findDeployment(store)?.metadata.name ?? ''}-`;
  const running = store
    .list('pods')
    .filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined);
  const pod = running.find((candidate) => candidate.metadata.name.startsWith(prefix)) ?? running[0];
  if (pod === undefined) return 'there is no ready pod to kill';
  const { name, namespace } = pod.metadata;
  return outcome(store.delete('pods', namespace, name), `you deleted pod ${name}`);
}

/** An Ingress with an invalid regex: costs only its own routes, and a Warning event says what is wrong. */
function toggleBrokenIngress(store: ClusterStore): string {
  const namespace = 'default';
  if (store.get(ingresses, namespace, brokenName) !== null) {
    return outcome(store.delete(ingresses, namespace, brokenName), `you deleted ingress ${brokenName}`);
  }
  const backend = { service: { name: 'shop', port: { number: 80 } } };
  const path = { path: '/~/([a-z', pathType: 'ImplementationSpecific', backend };
  const ingress: StoredObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: brokenName, namespace },
    spec: { ingressClassName: 'kong', rules: [{ host: 'broken.example', http: { paths: [path] } }] },
  };
  return outcome(store.create(ingresses, ingress), `you created ingress ${brokenName} with an invalid regex`);
}

/** Runs the action of a key; null: the key has none. */
export function runKey(key: string, store: ClusterStore, nowText: string): string | null {
  if (key === 's') return scale(store);
  if (key === 'r') return roll(store, nowText);
  if (key === 'k') return killPod(store);
  if (key === 'b') return toggleBrokenIngress(store);
  return null;
}
