// ControllerRevisions: the templates that a StatefulSet or DaemonSet has had, as `kubectl rollout history` and `undo` read
// them. The patch in each is exactly what the real controllers store, so that undo can apply it as it is.
import type { StoredObject } from '../store-api.ts';
import { type ControllerFrame, deleteObject, failureText } from './controller.ts';
import { controllerOf, controllerReference, type Workload } from './kinds.ts';

const resource = 'controllerrevisions.apps';
const historyDefault = 10;
const changeCause = 'kubernetes.io/change-cause';

export interface RevisionPlan {
  readonly owner: Workload;
  /** Hash of the owner's template. */
  readonly hash: string;
  /** Label of the revision that carries the hash; the two controllers differ. */
  readonly hashLabel: string;
  /** Hashes that pods still carry: their revisions are kept whatever the limit. */
  readonly inUse: ReadonlySet<string>;
}

interface Revision extends StoredObject {
  readonly revision: number;
}

function revisionsOf(frame: Pick<ControllerFrame, 'store'>, owner: Workload): readonly Revision[] {
  const { namespace, uid } = owner.metadata;
  return frame.store
    .list(resource, { namespace })
    .filter((object) => controllerOf(object)?.uid === uid)
    .map((object) => object as Revision)
    .sort((a, b) => a.revision - b.revision);
}

function causeOf(owner: Workload): Readonly<Record<string, string>> {
  const cause = owner.metadata.annotations?.[changeCause];
  return cause === undefined ? {} : { [changeCause]: cause };
}

/** Makes the current template the newest revision, and forgets the oldest beyond the limit; null on success. */
export function recordRevision(frame: ControllerFrame, plan: RevisionPlan): string | null {
  const { owner, hash, hashLabel } = plan;
  const known = revisionsOf(frame, owner);
  const newest = known.at(-1)?.revision ?? 0;
  const name = `${owner.metadata.name}-${hash}`;
  const current = known.find((revision) => revision.metadata.name === name);
  if (current !== undefined) {
    if (current.revision < newest) {
      const annotations = { ...current.metadata.annotations, ...causeOf(owner) };
      const metadata = { ...current.metadata, annotations };
      const raised = frame.store.update(resource, {
        ...current,
        metadata,
        revision: newest + 1,
      } as StoredObject);
      if (!raised.ok) return failureText(raised.error);
    }
  } else {
    const created = frame.store.create(resource, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        namespace: owner.metadata.namespace,
        labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
        annotations: causeOf(owner),
        ownerReferences: [controllerReference(owner)],
      } as StoredObject['metadata'],
      data: { spec: { template: { ...owner.spec.template, $patch: 'replace' } } },
      revision: newest + 1,
    } as StoredObject);
    if (!created.ok) return failureText(created.error);
  }
  return forgetOld(frame, plan);
}

function forgetOld(frame: ControllerFrame, plan: RevisionPlan): string | null {
  const { owner, hash, hashLabel, inUse } = plan;
  const limit = owner.spec['revisionHistoryLimit'];
  const unused = revisionsOf(frame, owner).filter((revision) => {
    const own = revision.metadata.labels?.[hashLabel] ?? '';
    return own !== hash && !inUse.has(own);
  });
  const surplus = unused.slice(
    0,
    Math.max(0, unused.length - (typeof limit === 'number' ? limit : historyDefault)),
  );
  for (const revision of surplus) {
    const error = deleteObject(frame.store, resource, revision);
    if (error !== null) return error;
  }
  return null;
}
