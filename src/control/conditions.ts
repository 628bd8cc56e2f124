// The condition `Programmed` of KongConsumers, KongConsumerGroups, KongVaults and KongCustomEntities, as Kong's controller writes
// it: True once gateways run it, False with the reason Invalid while something is wrong with it. What is not known never
// overwrites what is there, and it speaks of the generation that was translated, never of a newer one that has only been seen.
import { canonicalJson } from '../base/order.ts';
import type { EntityType } from '../kong/entity.ts';
import { findWatchedKind, type TableName } from '../kube/kinds.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { KubeObject, ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import { indexByKey } from '../kube/snapshot.ts';
import type { StoreEvent } from '../store/store.ts';
import type { Translation } from '../translate/translation.ts';
import type { Write } from './writer.ts';

interface Condition {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly observedGeneration?: unknown;
  readonly lastTransitionTime?: unknown;
}

interface Seen {
  readonly uid: string;
  readonly revision: string;
  readonly generation: number;
  readonly conditions: readonly Condition[];
}

export interface ConditionBook {
  /** True when patches may now be due. */
  observe(event: StoreEvent): boolean;
  /** `accepted`: gateways run this translation. */
  patches(
    translation: Translation,
    problems: readonly Problem[],
    accepted: boolean,
    wallMs: number,
  ): readonly Write[];
  forgetAsked(): void;
}

/** Kinds that have the condition: where their objects lie in a snapshot, and what they become. */
const kinds: ReadonlyMap<string, { readonly table: TableName; readonly type: EntityType | null }> = new Map<
  string,
  { table: TableName; type: EntityType | null }
>([
  ['KongConsumer', { table: 'kongConsumers', type: 'consumers' }],
  ['KongConsumerGroup', { table: 'kongConsumerGroups', type: 'consumer_groups' }],
  ['KongVault', { table: 'kongVaults', type: 'vaults' }],
  // They become nothing.
  ['KongCustomEntity', { table: 'kongCustomEntities', type: null }],
]);
const outcomes = {
  programmed: { status: 'True', reason: 'Programmed', message: 'The gateways run this object.' },
  invalid: {
    status: 'False',
    reason: 'Invalid',
    message: 'The object cannot be configured; its Events say why.',
  },
} as const;

const keyOf = (
  kind: string,
  { namespace, name }: { readonly namespace?: string; readonly name: string },
): string => `${kind} ${namespace ?? ''}/${name}`;

function readSeen(object: KubeObject): Seen {
  const { metadata } = object;
  const { status } = object as KubeObject & { status?: { conditions?: unknown } | null };
  const conditions = status?.conditions;
  return {
    uid: metadata.uid ?? '',
    revision: metadata.resourceVersion ?? '',
    generation: metadata.generation ?? 0,
    conditions: Array.isArray(conditions)
      ? conditions.filter((one) => typeof one === 'object' && one !== null)
      : [],
  };
}

function isSaid(
  condition: Condition | undefined,
  outcome: (typeof outcomes)[keyof typeof outcomes],
  seen: Seen,
) {
  return (
    condition?.status === outcome.status &&
    condition.reason === outcome.reason &&
    condition.observedGeneration === seen.generation
  );
}

function patchFor(reference: ObjectReference, seen: Seen, conditions: readonly Condition[]): Write {
  const { apiVersion, kind, namespace, name } = reference;
  const { path: all } = findWatchedKind(apiVersion, kind)!;
  const plural = all.slice(all.lastIndexOf('/') + 1);
  const place = namespace === '' ? '' : `/namespaces/${namespace}`;
  const path = `/apis/${apiVersion}${place}/${plural}/${name}/status`;
  return {
    key: path,
    request: {
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      // The list is written whole, so a change of somebody else in between must be a conflict.
      body: { metadata: { uid: seen.uid, resourceVersion: seen.revision }, status: { conditions } },
    },
  };
}

/** The newest that is known of an object is what was translated: neither changed nor replaced since. */
function isTranslated({ memo }: Translation, reference: ObjectReference, now: Seen): boolean {
  const { kind, namespace, name } = reference;
  const table = memo.snapshot[kinds.get(kind)!.table] as readonly DecodedObject[];
  const translated = indexByKey(table).get(namespace === '' ? name : `${namespace}/${name}`);
  // One that cannot be decoded is not in the snapshot; what is wrong with it was found in the object itself.
  const generation = translated?.metadata.generation ?? now.generation;
  return reference.uid === now.uid && generation === now.generation;
}

/** The objects in the config and those with problems, each with what to say about it. */
function outcomesOf(
  { config, origins }: Translation,
  problems: readonly Problem[],
  accepted: boolean,
): ReadonlyMap<string, { readonly reference: ObjectReference; readonly outcome: keyof typeof outcomes }> {
  const found = new Map<string, { reference: ObjectReference; outcome: keyof typeof outcomes }>();
  if (accepted)
    for (const [kind, { type }] of kinds)
      for (const id of type === null ? [] : config.entities[type].keys())
        for (const reference of origins.get(`${type}/${id}`) ?? [])
          if (reference.kind === kind)
            found.set(keyOf(kind, reference), { reference, outcome: 'programmed' });
  for (const { object } of problems)
    if (kinds.has(object.kind))
      found.set(keyOf(object.kind, object), { reference: object, outcome: 'invalid' });
  return found;
}

export function createConditionBook(): ConditionBook {
  const seen = new Map<string, Seen>();
  /** Asked for already, at this revision: not again until the object changes. */
  const asked = new Map<string, string>();
  return {
    observe(event) {
      if (event.type === 'upsert' || event.type === 'delete') {
        if (!kinds.has(event.object.kind)) return false;
        const key = keyOf(event.object.kind, event.object.metadata);
        if (event.type === 'upsert') seen.set(key, readSeen(event.object));
        else {
          seen.delete(key);
          asked.delete(key);
        }
        return event.type === 'upsert';
      }
      if (event.type === 'bookmark' || !kinds.has(event.kind)) return false;
      for (const book of [seen, asked])
        for (const key of book.keys()) if (key.startsWith(`${event.kind} `)) book.delete(key);
      for (const object of event.objects) seen.set(keyOf(event.kind, object.metadata), readSeen(object));
      return true;
    },
    patches(translation, problems, accepted, wallMs) {
      const writes: Write[] = [];
      for (const [key, { reference, outcome }] of outcomesOf(translation, problems, accepted)) {
        const now = seen.get(key);
        if (now === undefined || !isTranslated(translation, reference, now)) continue;
        const wanted = outcomes[outcome];
        const old = now.conditions.find(({ type }) => type === 'Programmed');
        const mark = canonicalJson([now.uid, now.revision, outcome]);
        if (isSaid(old, wanted, now) || asked.get(key) === mark) continue;
        asked.set(key, mark);
        const time = new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
        const condition = {
          type: 'Programmed',
          ...wanted,
          observedGeneration: now.generation,
          lastTransitionTime: old?.status === wanted.status ? old.lastTransitionTime : time,
        };
        const others = now.conditions.filter(({ type }) => type !== 'Programmed');
        const write = patchFor(reference, now, [...others, condition]);
        writes.push({ ...write, onFailed: () => void asked.delete(key) });
      }
      return writes;
    },
    forgetAsked: () => asked.clear(),
  };
}
