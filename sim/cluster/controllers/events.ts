// Events (core/v1) about objects: repeated ones raise a count instead of piling up.
import { fnv1a } from '../../../src/base/hash.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { ClusterStore } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';

export interface EventRecorder {
  normal(about: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>, reason: string, message: string): void;
  warning(about: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>, reason: string, message: string): void;
}

interface Recorded {
  readonly name: string;
  count: number;
}

/** Remembered so that repetitions are counted; the oldest is forgotten first. */
const recordedMax = 4096;

export function createEventRecorder(
  ports: { readonly store: ClusterStore; readonly clock: Clock; readonly log: Log },
  component: string,
  host = '',
): EventRecorder {
  const { store, clock, log } = ports;
  const recorded = new Map<string, Recorded>();
  const componentHash = fnv1a(`${component}/${host}`);
  const startedMs = Math.floor(clock.wallMs());
  let sequence = 0;

  function create(
    about: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
    type: string,
    reason: string,
    message: string,
  ): string {
    const now = formatTime(clock.wallMs());
    const namespace = about.metadata.namespace ?? 'default';
    // The start time keeps the names of a restarted component apart from its former ones.
    const suffix = `${componentHash.toString(16).padStart(8, '0')}${(startedMs + sequence++).toString(16)}`;
    const name = `${about.metadata.name.slice(0, 230)}.${suffix}`;
    const result = store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        name: about.metadata.name,
        uid: about.metadata.uid ?? '',
        resourceVersion: about.metadata.resourceVersion ?? '',
      },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: host === '' ? { component } : { component, host },
      reportingComponent: component,
      reportingInstance: host,
    });
    if (!result.ok) log.debug('an event was not recorded', { reason, error: result.error.message });
    return name;
  }

  function record(
    about: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
    type: string,
    reason: string,
    message: string,
  ): void {
    const key = `${about.metadata.uid ?? ''}|${type}|${reason}|${message}`;
    const known = recorded.get(key);
    if (known !== undefined) {
      known.count++;
      const patch = { count: known.count, lastTimestamp: formatTime(clock.wallMs()) };
      const result = store.mergePatch('events', about.metadata.namespace ?? 'default', known.name, patch);
      if (result.ok) return;
      recorded.delete(key);
    }
    recorded.set(key, { name: create(about, type, reason, message), count: 1 });
    if (recorded.size > recordedMax) recorded.delete(recorded.keys().next().value!);
  }

  return {
    normal: (about, reason, message) => record(about, 'Normal', reason, message),
    warning: (about, reason, message) => record(about, 'Warning', reason, message),
  };
}
