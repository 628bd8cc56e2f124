// Deleting a namespace: everything in it goes first, then its own finalizer. What holds it up stands in its conditions.

import type { StoredObject } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
} from './controller.ts';
import { createKindDirectory, type KindDirectory } from './kind-directory.ts';
import type { Condition } from './kinds.ts';

const recheckMs = 1000;

interface Remaining {
  /** Objects by resource, '.' after a core one as the group's place is empty there. */
  readonly content: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

function counted(counts: ReadonlyMap<string, number>, word: string): string {
  const names = [...counts.keys()].sort();
  return names.map((name) => `${name} ${word} ${counts.get(name)} resource instances`).join(', ');
}

function conditionsOf(remaining: Remaining): readonly Omit<Condition, 'lastTransitionTime'>[] {
  const done = (type: string, reason: string, message: string) =>
    ({ type, status: 'False', reason, message }) as const;
  const { content, finalizers } = remaining;
  return [
    done('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    done(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    done(
      'NamespaceDeletionContentFailure',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    content.size === 0
      ? done('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
      : {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${counted(content, 'has')}`,
        },
    finalizers.size === 0
      ? done(
          'NamespaceFinalizersRemaining',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        )
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${counted(finalizers, 'in')}`,
        },
  ];
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Asks everything in it to go; what is still there afterwards, or why it could not be asked. */
function empty(frame: ControllerFrame, directory: KindDirectory, namespace: string): Remaining | string {
  const content = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const { resource, namespaced } of directory.all()) {
    if (!namespaced) continue;
    for (const object of frame.store.list(resource, { namespace })) {
      if (object.metadata.deletionTimestamp === undefined) {
        const error = deleteObject(frame.store, resource, object);
        if (error !== null) return error;
      }
      const left = frame.store.get(resource, namespace, object.metadata.name);
      if (left === null) continue;
      add(content, resource.includes('.') ? resource : `${resource}.`);
      for (const finalizer of left.metadata.finalizers ?? []) add(finalizers, finalizer);
    }
  }
  return { content, finalizers };
}

function tell(frame: ControllerFrame, namespace: StoredObject, remaining: Remaining): string | null {
  const known = (namespace.status?.['conditions'] ?? []) as readonly Condition[];
  const lastTransitionTime = formatTime(frame.clock.wallMs());
  const conditions = conditionsOf(remaining).map((condition) => {
    const before = known.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? lastTransitionTime };
  });
  const { name } = namespace.metadata;
  const told = frame.store.mergePatch('namespaces', undefined, name, { status: { conditions } }, 'status');
  return told.ok || told.error.reason === 'NotFound' ? null : failureText(told.error);
}

export function startNamespaceController(ports: ControllerPorts): Controller {
  const directory = createKindDirectory(ports.store, () => {});
  const frame: ControllerFrame = createFrame(ports, 'namespace', (key) => {
    const namespace = frame.store.get('namespaces', undefined, key);
    if (namespace === null || namespace.metadata.deletionTimestamp === undefined) return null;
    const remaining = empty(frame, directory, key);
    if (typeof remaining === 'string') return remaining;
    if (remaining.content.size > 0) {
      frame.queue.addAfter(key, recheckMs);
      return tell(frame, namespace, remaining);
    }
    const finalized = frame.store.mergePatch('namespaces', undefined, key, { spec: { finalizers: [] } });
    return finalized.ok || finalized.error.reason === 'NotFound' ? null : failureText(finalized.error);
  });
  frame.watch('namespaces', (object) => [object.metadata.name]);
  return {
    stop() {
      directory.stop();
      frame.stop();
    },
  };
}
