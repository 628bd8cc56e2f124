// Events (core v1) as `kubectl describe` shows them. The name of an Event follows from what it says about which object, so
// whoever says it again, a new leader too, counts the old one up instead of adding another.
import { sha256Hex } from '../base/hash.ts';
import type { ObjectReference } from '../kube/object.ts';
import type { Clock } from '../ports/clock.ts';
import type { JsonReply } from '../ports/json-call.ts';
import type { Write } from './writer.ts';

export interface EventText {
  readonly object: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

const messageCharsMax = 1024;
const objectNameCharsMax = 200;

/** Events of cluster-scoped objects live here. */
function namespaceOf(object: ObjectReference): string {
  return object.namespace === '' ? 'default' : object.namespace;
}

function nameOf({ object, type, reason, message }: EventText): string {
  const identity = [object.apiVersion, object.kind, object.uid || object.name, type, reason, message];
  const digest = sha256Hex(JSON.stringify(identity)).slice(0, 16);
  // Cut inside a name, a dot or dash could be left at the end.
  return `${object.name.slice(0, objectNameCharsMax).replace(/[.-]+$/, '')}.${digest}`;
}

function secondsText(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

function eventBody(event: EventText, wallMs: number): Record<string, unknown> {
  const { object } = event;
  const time = secondsText(wallMs);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: nameOf(event), namespace: namespaceOf(object) },
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

function countIn(reply: JsonReply): number {
  const { count } = (reply.body ?? {}) as { count?: unknown };
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : 1;
}

/** Creates the Event; where it is there already, reads its count and writes the next. */
export function eventWrite(event: EventText, clock: Clock): Write {
  const collection = `/api/v1/namespaces/${namespaceOf(event.object)}/events`;
  const path = `${collection}/${nameOf(event)}`;
  return {
    key: path,
    request: { method: 'POST', path: collection, body: eventBody(event, clock.wallMs()) },
    steps: [
      (created) => (created.status === 409 ? { method: 'GET', path } : null),
      (read) =>
        read.status !== 200
          ? null
          : {
              method: 'PATCH',
              path,
              contentType: 'application/merge-patch+json',
              body: { count: countIn(read) + 1, lastTimestamp: secondsText(clock.wallMs()) },
            },
    ],
  };
}

export interface EventBudget {
  /** False: this object has had its share for now. */
  take(object: ObjectReference): boolean;
}

interface Bucket {
  tokens: number;
  filledUs: number;
}

export interface BudgetLimits {
  /** Events of one object at once. */
  readonly burst: number;
  /** One more after each of these. */
  readonly refillMs: number;
  readonly objectsMax: number;
}

const defaultBudgetLimits: BudgetLimits = { burst: 25, refillMs: 60_000, objectsMax: 4_096 };

/** A bucket for each object; the one not used for the longest time goes when there are too many. */
export function createEventBudget(clock: Clock, limits: BudgetLimits = defaultBudgetLimits): EventBudget {
  const buckets = new Map<string, Bucket>();
  return {
    take(object) {
      const key = `${object.kind}/${object.namespace}/${object.name}`;
      const nowUs = clock.monotonicUs();
      const bucket = buckets.get(key) ?? { tokens: limits.burst, filledUs: nowUs };
      const gained = Math.floor((nowUs - bucket.filledUs) / (limits.refillMs * 1000));
      bucket.tokens = Math.min(limits.burst, bucket.tokens + gained);
      bucket.filledUs =
        bucket.tokens === limits.burst ? nowUs : bucket.filledUs + gained * limits.refillMs * 1000;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > limits.objectsMax) buckets.delete(buckets.keys().next().value!);
      if (bucket.tokens === 0) return false;
      bucket.tokens--;
      return true;
    },
  };
}
