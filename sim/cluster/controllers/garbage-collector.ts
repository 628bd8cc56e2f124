// Garbage collection by owner references: dependants of owners that are gone (by uid) go too; foreground and orphan
// deletion of an owner wait for what they promise.
import type { OwnerReference } from '../../../src/kube/object.ts';
import type { StoredObject } from '../store-api.ts';
import { type Controller, type ControllerPorts, createFrame, failureText } from './controller.ts';
import { createKindDirectory, type KindDirectory } from './kind-directory.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

interface Located {
  readonly resource: string;
  readonly object: StoredObject;
}

export function startGarbageCollector(ports: ControllerPorts): Controller {
  const { store } = ports;
  /** Keys of objects that name an owner, by the owner's uid. */
  const dependants = new Map<string, Set<string>>();
  const frame = createFrame(ports, 'garbage-collector', sync);
  const directory: KindDirectory = createKindDirectory(store, ({ resource }) => {
    frame.watch(resource, (object, previous) => noticed(resource, object, previous));
  });

  function noticed(resource: string, object: StoredObject, previous: StoredObject | null): readonly string[] {
    const key = `${resource}|${object.metadata.namespace ?? ''}|${object.metadata.name}`;
    const uid = object.metadata.uid ?? '';
    const gone = store.get(resource, object.metadata.namespace, object.metadata.name)?.metadata.uid !== uid;
    const owners = object.metadata.ownerReferences ?? [];
    for (const owner of previous?.metadata.ownerReferences ?? []) dependants.get(owner.uid)?.delete(key);
    if (!gone) {
      for (const owner of owners) {
        const known = dependants.get(owner.uid);
        if (known === undefined) dependants.set(owner.uid, new Set([key]));
        else known.add(key);
      }
    } else for (const owner of owners) dependants.get(owner.uid)?.delete(key);
    const keys: string[] = [];
    if (owners.length > 0 && !gone) keys.push(key);
    if (gone || object.metadata.deletionTimestamp !== undefined) {
      keys.push(key, ...(dependants.get(uid) ?? []), ...owners.flatMap((owner) => ownerKey(object, owner)));
      if (gone) dependants.delete(uid);
    }
    return keys;
  }

  function ownerKey(object: StoredObject, owner: OwnerReference): readonly string[] {
    const kind = directory.find(owner.apiVersion, owner.kind);
    if (kind === null) return [];
    return [`${kind.resource}|${kind.namespaced ? (object.metadata.namespace ?? '') : ''}|${owner.name}`];
  }

  function locate(key: string): Located | null {
    const [resource, namespace, name] = key.split('|') as [string, string, string];
    const object = store.get(resource, namespace === '' ? undefined : namespace, name);
    return object === null ? null : { resource, object };
  }

  /** null when the owner is gone; an owner of a kind nobody knows counts as there. */
  function findOwner(object: StoredObject, owner: OwnerReference): StoredObject | 'unknown' | null {
    const [key] = ownerKey(object, owner);
    if (key === undefined) return 'unknown';
    const found = locate(key)?.object ?? null;
    return found?.metadata.uid === owner.uid ? found : null;
  }

  function patch(located: Located, metadata: Readonly<Record<string, unknown>>): string | null {
    const { namespace, name } = located.object.metadata;
    const result = store.mergePatch(located.resource, namespace, name, { metadata });
    return result.ok || result.error.reason === 'NotFound' ? null : failureText(result.error);
  }

  function sync(key: string): string | null {
    const located = locate(key);
    if (located === null) return null;
    return finishOwner(located) ?? collect(located);
  }

  function finishOwner(located: Located): string | null {
    const { metadata } = located.object;
    const finalizers = metadata.finalizers ?? [];
    if (metadata.deletionTimestamp === undefined) return null;
    const dependantKeys = [...(dependants.get(metadata.uid ?? '') ?? [])];
    if (finalizers.includes(orphan)) {
      for (const dependantKey of dependantKeys) {
        const dependant = locate(dependantKey);
        if (dependant === null) continue;
        const kept = (dependant.object.metadata.ownerReferences ?? []).filter(
          (owner) => owner.uid !== metadata.uid,
        );
        const error = patch(dependant, { ownerReferences: kept.length === 0 ? null : kept });
        if (error !== null) return error;
      }
      return patch(located, { finalizers: finalizers.filter((finalizer) => finalizer !== orphan) });
    }
    if (!finalizers.includes(foreground)) return null;
    const blocking = dependantKeys.some((dependantKey) => {
      const owners = locate(dependantKey)?.object.metadata.ownerReferences ?? [];
      return owners.some((owner) => owner.uid === metadata.uid && owner.blockOwnerDeletion === true);
    });
    if (!blocking)
      return patch(located, { finalizers: finalizers.filter((finalizer) => finalizer !== foreground) });
    for (const dependantKey of dependantKeys) frame.queue.add(dependantKey);
    return null;
  }

  function collect(located: Located): string | null {
    const { metadata } = located.object;
    const owners = metadata.ownerReferences ?? [];
    if (owners.length === 0 || metadata.deletionTimestamp !== undefined) return null;
    const found = owners.map((owner) => findOwner(located.object, owner));
    const leaving = (owner: StoredObject | 'unknown' | null) =>
      owner !== null && owner !== 'unknown' && (owner.metadata.finalizers ?? []).includes(foreground);
    const staying = found.filter((owner) => owner !== null && !leaving(owner)).length;
    if (staying > 0) {
      const kept = owners.filter((_owner, i) => found[i] !== null);
      return kept.length === owners.length ? null : patch(located, { ownerReferences: kept });
    }
    const propagationPolicy = found.some(leaving) ? 'Foreground' : 'Background';
    const hasDependants = (dependants.get(metadata.uid ?? '')?.size ?? 0) > 0;
    const { namespace, name, uid } = metadata;
    const result = store.delete(located.resource, namespace, name, {
      uid,
      propagationPolicy: hasDependants ? propagationPolicy : 'Background',
    });
    if (result.ok || result.error.reason === 'NotFound' || result.error.reason === 'Conflict') return null;
    return failureText(result.error);
  }

  return {
    stop() {
      directory.stop();
      frame.stop();
    },
  };
}
