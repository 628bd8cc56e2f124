// Puts manifests into the embedded cluster, as `kubectl apply` would into an empty one, and tells what it did not do.
import type { ApiServer } from '../../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { formatReference, referenceTo } from '../../kube/object.ts';
import type { Manifest } from '../manifests.ts';

export interface Applied {
  readonly count: number;
  /** 'file:line: Kind namespace/name: why' for each object that the API server refused. */
  readonly refused: readonly string[];
  /** 'apiVersion Kind', each named once. */
  readonly unknownKinds: readonly string[];
  /** True when some object would run an image: images are not run. */
  readonly hasImages: boolean;
}

/** What others need comes first, whatever the order of the files. */
const firstKinds = [
  'Namespace',
  'CustomResourceDefinition',
  'IngressClass',
  'Secret',
  'ConfigMap',
  'ServiceAccount',
];
const workloads = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod', 'CronJob'];

function rank(manifest: Manifest): number {
  const at = firstKinds.indexOf(manifest.object.kind);
  return at < 0 ? firstKinds.length : at;
}

/** A namespace that a manifest names and nobody creates is made, as charts expect with --create-namespace. */
function ensureNamespace(api: ApiServer, name: string): void {
  if (api.store.get('namespaces', undefined, name) !== null) return;
  api.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

export function applyManifests(api: ApiServer, manifests: readonly Manifest[]): Applied {
  const refused: string[] = [];
  const unknownKinds = new Set<string>();
  let count = 0;
  const inOrder = [...manifests].sort((a, b) => rank(a) - rank(b));
  for (const { object, file, line } of inOrder) {
    const found = api.resourceOf(object.apiVersion, object.kind);
    if (found === null) {
      unknownKinds.add(`${object.apiVersion} ${object.kind}`);
      continue;
    }
    const namespace = found.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
    if (namespace !== undefined) ensureNamespace(api, namespace);
    const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
    const result = api.store.create(found.resource, { ...(object as StoredObject), metadata });
    if (result.ok) count++;
    else refused.push(`${file}:${line}: ${formatReference(referenceTo(object))}: ${result.error.message}`);
  }
  const hasImages = manifests.some((manifest) => workloads.includes(manifest.object.kind));
  return { count, refused, unknownKinds: [...unknownKinds], hasImages };
}
