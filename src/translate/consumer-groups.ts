// KongConsumerGroups, and who is in them. A group is known to the gateway by its object's name alone, so of two in different
// namespaces the older one has it.
import { oncePerObject } from '../base/once-per-object.ts';
import type { Result } from '../base/result.ts';
import type { ConsumerGroup } from '../kong/entity.ts';
import { idNamespaceOfGroups, idOfKey, idOfName } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import type { KongConsumerGroup } from '../kube/kong-consumer-group.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { Problem } from '../kube/problem.ts';
import { objectKey } from '../kube/snapshot.ts';
import type { ConfigBuilder } from './builder.ts';
import { checked, describeErrors } from './check-entity.ts';
import type { SettledConsumer } from './consumers.ts';
import { objectTags } from './names.ts';
import * as problems from './problems.ts';

export interface SettledGroup {
  readonly source: KongConsumerGroup;
  readonly group: ConsumerGroup;
}

export interface SettledGroups {
  /** By 'namespace/name'. */
  readonly groups: ReadonlyMap<string, SettledGroup>;
  readonly problems: readonly Problem[];
}

const checkGroup = oncePerObject(
  (source: KongConsumerGroup): Result<ConsumerGroup, readonly FieldError[]> => {
    const { name } = source.metadata;
    const id = idOfName(idNamespaceOfGroups, name);
    return checked('consumer_groups', { id, name, tags: objectTags(source) });
  },
);

export function settleGroups(sources: readonly KongConsumerGroup[]): SettledGroups {
  const found: Problem[] = [];
  const groups = new Map<string, SettledGroup>();
  const owners = new Map<string, KongConsumerGroup>();
  for (const source of sources) {
    const { name } = source.metadata;
    const owner = owners.get(name);
    if (owner !== undefined) {
      found.push(problems.duplicateGroup(source, objectKey(owner)));
      continue;
    }
    const result = checkGroup(source);
    if (!result.ok) {
      found.push(problems.refusedGroup(source, describeErrors(result.error)));
      continue;
    }
    owners.set(name, source);
    groups.set(objectKey(source), { source, group: result.value });
  }
  return { groups, problems: found };
}

export function addGroups(
  { groups }: SettledGroups,
  closed: ReadonlySet<string>,
  builder: ConfigBuilder,
): void {
  for (const { source, group } of groups.values())
    if (!closed.has(group.id)) builder.add('consumer_groups', group, [source]);
}

/** Of an object of that name in the same namespace; manifests may have none. */
function keyBeside({ metadata }: DecodedObject, name: string): string {
  return metadata.namespace === '' ? name : `${metadata.namespace}/${name}`;
}

/** The groups that a consumer names, those that are there. */
export function groupsOf({ source }: SettledConsumer, { groups }: SettledGroups): readonly SettledGroup[] {
  return source.consumerGroups.flatMap((name) => groups.get(keyBeside(source, name)) ?? []);
}

/**
 * Consumers that may not be served because a group of theirs may not: what is broken of it may be all that keeps them from something.
 */
export function closedMembers(
  consumers: readonly SettledConsumer[],
  groups: SettledGroups,
  closed: ReadonlySet<string>,
): ReadonlySet<string> {
  const members = consumers.filter((consumer) =>
    groupsOf(consumer, groups).some(({ group }) => closed.has(group.id)),
  );
  return new Set([...closed, ...members.map(({ consumer }) => consumer.id)]);
}

/** After consumers and groups. */
export function addMemberships(
  consumers: readonly SettledConsumer[],
  groups: SettledGroups,
  builder: ConfigBuilder,
): readonly Problem[] {
  const found: Problem[] = [];
  for (const settled of consumers) {
    const { source, consumer } = settled;
    source.consumerGroups.forEach((name, i) => {
      if (!groups.groups.has(keyBeside(source, name)))
        found.push(problems.missingGroup(source, `consumerGroups[${i}]`, name));
    });
    if (!builder.has('consumers', consumer.id)) continue;
    for (const { source: groupSource, group } of groupsOf(settled, groups)) {
      if (!builder.has('consumer_groups', group.id)) continue;
      const id = idOfKey('consumer_group_consumers', [group.id, consumer.id]);
      const membership = checked('consumer_group_consumers', {
        id,
        consumer_group: group.id,
        consumer: consumer.id,
      });
      if (membership.ok) builder.add('consumer_group_consumers', membership.value, [source, groupSource]);
    }
  }
  return found;
}
