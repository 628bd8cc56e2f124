// Which ReplicaSet is a Deployment's current one, how revisions are numbered, and how new ReplicaSets are named.
import { fnv1a } from '../../../src/base/hash.ts';
import { canonicalJson, compareNumbers, compareStrings } from '../../../src/base/order.ts';
import type { ClusterStore, StoredObject } from '../store-api.ts';
import { asWorkload, controllerOf, controllerReference, type PodTemplate, type Workload } from './kinds.ts';
import { matchesSelector } from './selector.ts';

export const replicaSets = 'replicasets.apps';
export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maximumAnnotation = 'deployment.kubernetes.io/max-replicas';
const ownAnnotations: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maximumAnnotation,
  'deprecated.deployment.rollback.to',
];
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

const templateTexts = new WeakMap<object, string>();

/** A template as comparable text, without the hash label that the controller itself adds. */
export function templateText(template: PodTemplate): string {
  const known = templateTexts.get(template);
  if (known !== undefined) return known;
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  const annotations = template.metadata?.annotations ?? {};
  const text = canonicalJson({ labels, annotations, spec: template.spec });
  templateTexts.set(template, text);
  return text;
}

/** Short, speakable hash of the template; `collisions` makes another one when a name is taken by a different template. */
export function templateHash(template: PodTemplate, collisions: number): string {
  const hash = fnv1a(collisions === 0 ? templateText(template) : `${templateText(template)}#${collisions}`);
  return [...String(hash)].map((digit) => safeAlphabet[digit.charCodeAt(0) % safeAlphabet.length]!).join('');
}

export function revisionOf(object: Pick<StoredObject, 'metadata'>): number {
  const revision = Number(object.metadata.annotations?.[revisionAnnotation] ?? '0');
  return Number.isSafeInteger(revision) ? revision : 0;
}

export function desiredReplicasOf(set: Workload): number | null {
  const text = set.metadata.annotations?.[desiredAnnotation];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function maxReplicasOf(set: Workload): number | null {
  const text = set.metadata.annotations?.[maximumAnnotation];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function compareAge(a: Workload, b: Workload): number {
  return (
    compareStrings(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareNumbers(revisionOf(a), revisionOf(b)) ||
    compareStrings(a.metadata.name, b.metadata.name)
  );
}

/** ReplicaSets of the Deployment, oldest first; orphans that match its selector are adopted. */
export function ownedSets(store: ClusterStore, deployment: Workload): readonly Workload[] {
  const { namespace, uid, deletionTimestamp } = deployment.metadata;
  const owned: Workload[] = [];
  for (const object of store.list(replicaSets, { namespace })) {
    const set = asWorkload(object);
    const controller = controllerOf(set);
    if (controller !== undefined) {
      if (controller.uid === uid) owned.push(set);
      continue;
    }
    const orphan = deletionTimestamp === undefined && set.metadata.deletionTimestamp === undefined;
    if (!orphan || !matchesSelector(deployment.spec.selector, set.metadata.labels)) continue;
    const ownerReferences = [...(set.metadata.ownerReferences ?? []), controllerReference(deployment)];
    const adopted = store.mergePatch(replicaSets, namespace, set.metadata.name, {
      metadata: { ownerReferences },
    });
    if (adopted.ok) owned.push(asWorkload(adopted.value));
  }
  return owned.sort(compareAge);
}

/** The oldest set whose template equals the Deployment's. */
export function findNewSet(deployment: Workload, sets: readonly Workload[]): Workload | null {
  const wanted = templateText(deployment.spec.template);
  const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount ?? 0);
  const equal = sets.find((set) => templateText(set.spec.template) === wanted);
  // Defaults that the server filled in on one side only must not look like a new template.
  return equal ?? sets.find((set) => set.metadata.labels?.[hashLabel] === hash) ?? null;
}

/** Annotations a ReplicaSet of this Deployment should carry, given its revision. Sizes are noted when it is resized. */
export function setAnnotations(
  deployment: Workload,
  set: Workload | null,
  revision: number,
): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...set?.metadata.annotations };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!ownAnnotations.includes(name)) annotations[name] = value;
  }
  const former = set === null ? 0 : revisionOf(set);
  if (revision > former) {
    annotations[revisionAnnotation] = String(revision);
    if (former > 0) {
      const history = annotations[historyAnnotation];
      annotations[historyAnnotation] = history === undefined ? String(former) : `${history},${former}`;
    }
  }
  return annotations;
}

export function sizeAnnotations(replicas: number, maxReplicas: number): Readonly<Record<string, string>> {
  return { [desiredAnnotation]: String(replicas), [maximumAnnotation]: String(maxReplicas) };
}
