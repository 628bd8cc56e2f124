// What gateways refused: left out of later translations until its content changes.
import type { GatewayConfig } from '../kong/config.ts';
import type { ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import type { Log } from '../ports/log.ts';
import { blame } from '../push/blame.ts';
import type { Rejection } from '../push/rejection.ts';

interface Excluded {
  readonly problems: readonly Problem[];
}

export interface Exclusions {
  /** True: something new is excluded, so translate again. */
  add(
    config: GatewayConfig,
    origins: ReadonlyMap<string, readonly ObjectReference[]>,
    message: string,
    rejections: readonly Rejection[],
  ): boolean;
  /** 'routes/<id>' */
  readonly keys: ReadonlySet<string>;
  problems(): readonly Problem[];
  /** Something changed in the cluster: every refusal gets another chance. True when there was one. */
  clear(): boolean;
}

export function createExclusions(log: Log): Exclusions {
  const excluded = new Map<string, Excluded>();
  let keys: ReadonlySet<string> = new Set();
  return {
    add(config, origins, message, rejections) {
      const { blamed, unattributed } = blame(config, rejections);
      let added = false;
      for (const { type, entity, messages } of blamed) {
        const key = `${type}/${entity.id}`;
        if (excluded.has(key)) continue;
        const objects = origins.get(key) ?? [];
        const problems = objects.map((object) => ({
          object,
          field: '',
          reason: 'KongConfigurationApplyFailed',
          message: `The gateway refuses what this object asks for: ${messages.join('; ')}. Correct it; until then it is left out.`,
        }));
        excluded.set(key, { problems });
        added = true;
      }
      for (const { entityType, id, name, messages } of unattributed)
        log.error('a gateway refused an entity that no object made', {
          entityType,
          id,
          name,
          messages: messages.join('; '),
        });
      if (!added) log.error(`a gateway refused the config and keeps the last one: ${message}`);
      if (added) keys = new Set(excluded.keys());
      return added;
    },
    get keys() {
      return keys;
    },
    problems: () => [...excluded.values()].flatMap((entry) => entry.problems),
    clear() {
      if (excluded.size === 0) return false;
      excluded.clear();
      keys = new Set();
      return true;
    },
  };
}
