// An Event (core v1) as `kubectl describe` shows it.
import type { ObjectReference } from '../kube/object.ts';

const messageCharsMax = 1024;

export function eventBody(event: {
  readonly object: ObjectReference;
  readonly namespace: string;
  readonly suffix: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly wallMs: number;
}): Record<string, unknown> {
  const time = new Date(event.wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const { object } = event;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${object.name.slice(0, 200)}.${event.suffix}`, namespace: event.namespace },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.name,
      ...(object.namespace === '' ? {} : { namespace: object.namespace }),
      ...(object.uid === '' ? {} : { uid: object.uid }),
    },
    type: event.type,
    reason: event.reason,
    message: event.message.slice(0, messageCharsMax),
    source: { component: 'tidegate' },
    reportingComponent: 'tidegate',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
