// What every controller of the simulated cluster is started with, and how they talk to the store.
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Random } from '../../../src/ports/random.ts';
import { sameJson } from '../json.ts';
import type { ApiFailure, ClusterStore, ResourceName, StoredObject } from '../store-api.ts';
import { type Arrow, type Delays, delayOf } from './delays.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { createWorkQueue, keyOf, type WorkQueue } from './queue.ts';

export interface ControllerPorts {
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly delays?: Delays;
}

export interface Controller {
  stop(): void;
}

/** One controller's own surroundings: its queue, its event recorder and the subscriptions to drop at the end. */
export interface ControllerFrame extends ControllerPorts, Controller {
  readonly queue: WorkQueue;
  readonly events: EventRecorder;
  /** Calls `keys` for every existing object and every change, and queues what it answers. */
  watch(
    resource: ResourceName,
    keys: (object: StoredObject, previous: StoredObject | null) => readonly string[],
  ): void;
}

export function createFrame(
  ports: ControllerPorts,
  arrow: Arrow,
  sync: (key: string, frame: ControllerFrame) => string | null,
): ControllerFrame {
  const unsubscribes: (() => void)[] = [];
  const events = createEventRecorder(ports, `${arrow}-controller`);
  const queue = createWorkQueue({
    name: arrow,
    clock: ports.clock,
    log: ports.log,
    delayMs: delayOf(ports.delays, arrow),
    sync: (key) => sync(key, frame),
  });
  const frame: ControllerFrame = {
    ...ports,
    queue,
    events,
    watch(resource, keys) {
      const enqueue = (object: StoredObject, previous: StoredObject | null) => {
        for (const key of keys(object, previous)) queue.add(key);
      };
      unsubscribes.push(
        ports.store.subscribe(resource, (_type, object, previous) => enqueue(object, previous)),
      );
      for (const object of ports.store.list(resource)) enqueue(object, null);
    },
    stop() {
      for (const unsubscribe of unsubscribes) unsubscribe();
      queue.stop();
    },
  };
  return frame;
}

/** The key of the object itself. */
export function ownKey(object: StoredObject): readonly string[] {
  return [keyOf(object)];
}

/** Keys of the owners of the given kind, before and after the change. */
export function ownerKeys(
  kind: string,
): (object: StoredObject, previous: StoredObject | null) => readonly string[] {
  return (object, previous) => {
    const keys: string[] = [];
    for (const version of previous === null ? [object] : [object, previous]) {
      for (const owner of version.metadata.ownerReferences ?? []) {
        const key = `${version.metadata.namespace ?? ''}/${owner.name}`;
        if (owner.kind === kind && !keys.includes(key)) keys.push(key);
      }
    }
    return keys;
  };
}

/** A failure as a queue error: gone objects and lost races are settled by looking again, not by complaining. */
export function failureText(failure: ApiFailure): string {
  return `${failure.reason}: ${failure.message}`;
}

/** Writes status only when it differs; null on success. */
export function writeStatus(
  store: ClusterStore,
  resource: ResourceName,
  object: Pick<StoredObject, 'metadata'> & { readonly status?: unknown },
  status: Readonly<Record<string, unknown>>,
): string | null {
  if (sameJson(object.status ?? {}, status)) return null;
  const result = store.updateStatus(resource, { ...(object as StoredObject), status });
  return result.ok || result.error.reason === 'NotFound' ? null : failureText(result.error);
}

/** Deletes an object that may be gone already; null on success. */
export function deleteObject(
  store: ClusterStore,
  resource: ResourceName,
  object: StoredObject | (Pick<StoredObject, 'metadata'> & { readonly status?: unknown }),
  options: { readonly gracePeriodSeconds?: number } = {},
): string | null {
  const { namespace, name, uid } = object.metadata;
  const result = store.delete(resource, namespace, name, { ...options, uid });
  if (result.ok || result.error.reason === 'NotFound' || result.error.reason === 'Conflict') return null;
  return failureText(result.error);
}
