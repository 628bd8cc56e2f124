// What gateways refused: left out of later translations until one of the objects that it comes from changes.
import type { GatewayConfig } from '../kong/config.ts';
import { findWatchedKind } from '../kube/kinds.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import { indexByKey, type Snapshot } from '../kube/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { blame } from '../push/blame.ts';
import type { Rejection } from '../push/rejection.ts';
import type { Translation } from '../translate/translation.ts';

interface Excluded {
  readonly problems: readonly Problem[];
  /** The objects that it comes from, as they were. */
  readonly causes: readonly { readonly reference: ObjectReference; readonly seen: DecodedObject | null }[];
  readonly sinceUs: number;
}

export interface Exclusions {
  /** True: something new is excluded, so translate again. */
  add(translation: Translation, message: string, rejections: readonly Rejection[]): boolean;
  /** 'routes/<id>' */
  readonly keys: ReadonlySet<string>;
  problems(): readonly Problem[];
  /** Refusals whose objects are others now get another chance. Call it before each translation. */
  review(snapshot: Snapshot): void;
  /** Everything gets another chance. True: something was excluded. */
  forget(): boolean;
}

/**
 * What is refused may also be a matter between two entities (the same key twice), and then another object is the one that
 * gets corrected: after this long any change in the cluster is a reason to try again.
 */
const secondChanceMs = 300_000;

function find(
  snapshot: Snapshot,
  { apiVersion, kind, namespace, name }: ObjectReference,
): DecodedObject | null {
  const watched = findWatchedKind(apiVersion, kind);
  if (watched === null) return null;
  const key = watched.namespaced ? `${namespace}/${name}` : name;
  return indexByKey<DecodedObject>(snapshot[watched.table]).get(key) ?? null;
}

function problemsOf(objects: readonly ObjectReference[], messages: readonly string[]): readonly Problem[] {
  return objects.map((object) => ({
    object,
    field: '',
    reason: 'KongConfigurationApplyFailed',
    message: `The gateway refuses what this object asks for: ${messages.join('; ')}. Correct it; until then it is left out.`,
  }));
}

export function createExclusions(clock: Clock, log: Log): Exclusions {
  const excluded = new Map<string, Excluded>();
  let keys: ReadonlySet<string> = new Set();

  const addBlamed = (
    config: GatewayConfig,
    translation: Translation,
    rejections: readonly Rejection[],
  ): boolean => {
    const { blamed, unattributed } = blame(config, rejections);
    for (const { entityType, id, name, messages } of unattributed)
      log.error('a gateway refused an entity that no object made', {
        entityType,
        id,
        name,
        messages: messages.join('; '),
      });
    let added = false;
    for (const { type, entity, messages } of blamed) {
      const key = `${type}/${entity.id}`;
      if (excluded.has(key)) continue;
      const objects = translation.origins.get(key) ?? [];
      const { snapshot } = translation.memo;
      excluded.set(key, {
        problems: problemsOf(objects, messages),
        causes: objects.map((reference) => ({ reference, seen: find(snapshot, reference) })),
        sinceUs: clock.monotonicUs(),
      });
      added = true;
    }
    return added;
  };
  return {
    add(translation, message, rejections) {
      const added = addBlamed(translation.config, translation, rejections);
      if (added) keys = new Set(excluded.keys());
      else log.error(`a gateway refused the config and keeps the last one: ${message}`);
      return added;
    },
    get keys() {
      return keys;
    },
    problems: () => [...excluded.values()].flatMap((entry) => entry.problems),
    review(snapshot) {
      const size = excluded.size;
      for (const [key, { causes, sinceUs }] of excluded) {
        const isOld = clock.monotonicUs() - sinceUs >= secondChanceMs * 1000;
        const isChanged = causes.some(({ reference, seen }) => find(snapshot, reference) !== seen);
        if (isOld || isChanged) excluded.delete(key);
      }
      if (excluded.size !== size) keys = new Set(excluded.keys());
    },
    forget() {
      const hadSome = excluded.size > 0;
      excluded.clear();
      if (hadSome) keys = new Set();
      return hadSome;
    },
  };
}
