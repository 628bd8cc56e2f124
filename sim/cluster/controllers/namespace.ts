// Deleting a namespace: everything in it goes first, then its own finalizer.
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
} from './controller.ts';
import { createKindDirectory } from './kind-directory.ts';

const recheckMs = 1000;

export function startNamespaceController(ports: ControllerPorts): Controller {
  const directory = createKindDirectory(ports.store, () => {});
  const frame: ControllerFrame = createFrame(ports, 'namespace', (key) => {
    const namespace = frame.store.get('namespaces', undefined, key);
    if (namespace === null || namespace.metadata.deletionTimestamp === undefined) return null;
    let remaining = 0;
    for (const { resource, namespaced } of directory.all()) {
      if (!namespaced) continue;
      for (const object of frame.store.list(resource, { namespace: key })) {
        remaining++;
        if (object.metadata.deletionTimestamp !== undefined) continue;
        const error = deleteObject(frame.store, resource, object);
        if (error !== null) return error;
      }
    }
    if (remaining > 0) {
      frame.queue.addAfter(key, recheckMs);
      return null;
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
