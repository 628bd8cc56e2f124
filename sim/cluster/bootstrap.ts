// What a cluster holds before anyone has used it, and the default service account that every namespace gets.
import type { ClusterStore, StoredObject } from './store-api.ts';

export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

function must(created: { readonly ok: boolean; readonly error?: { readonly message: string } }): void {
  if (!created.ok) throw new Error(`bootstrap of the cluster: ${created.error?.message}`);
}

const kubernetesService: StoredObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: '10.96.0.1',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
};

export function bootstrap(store: ClusterStore): void {
  store.subscribe('namespaces', (type, namespace) => {
    if (type !== 'ADDED') return;
    store.create('serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: namespace.metadata.name },
    });
  });
  for (const name of systemNamespaces) {
    must(store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
  must(store.create('services', kubernetesService));
}
