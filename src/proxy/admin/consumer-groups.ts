// Consumer groups as Kong Enterprise shows them: a group with its consumers and plugins, who is in it, and the groups of a
// consumer. Lists of groups and all writes are those of every collection.
import { compareStrings } from '../../base/order.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import type { Consumer, ConsumerGroup } from '../../kong/entity.ts';
import { collections, findEntity, showEntity } from './entities.ts';
import { type Answer, json, message } from './reply.ts';

const groupCollection = collections['consumer_groups']!;
const consumerCollection = collections['consumers']!;

const noGroup = (key: string): Answer => message(404, `Group '${key}' not found`);
const noConsumer = (key: string): Answer => message(404, `Consumer '${key}' not found`);

function groupOf(config: GatewayConfig, key: string): ConsumerGroup | null {
  return findEntity(config, groupCollection, key) as ConsumerGroup | null;
}

function consumerOf(config: GatewayConfig, key: string): Consumer | null {
  return findEntity(config, consumerCollection, key) as Consumer | null;
}

function membersOf(config: GatewayConfig, group: ConsumerGroup): readonly Consumer[] {
  return [...config.entities.consumer_group_consumers.values()]
    .filter(({ consumer_group }) => consumer_group === group.id)
    .map(({ consumer }) => config.entities.consumers.get(consumer)!)
    .sort((a, b) => compareStrings(a.id, b.id));
}

function groupsOf(config: GatewayConfig, consumer: Consumer): readonly ConsumerGroup[] {
  return [...config.entities.consumer_group_consumers.values()]
    .filter((membership) => membership.consumer === consumer.id)
    .map(({ consumer_group }) => config.entities.consumer_groups.get(consumer_group)!)
    .sort((a, b) => compareStrings(a.name, b.name));
}

const isMember = (config: GatewayConfig, group: ConsumerGroup, consumer: Consumer): boolean =>
  [...config.entities.consumer_group_consumers.values()].some(
    (membership) => membership.consumer_group === group.id && membership.consumer === consumer.id,
  );

function answerGroup(config: GatewayConfig, key: string): Answer {
  const group = groupOf(config, key);
  if (group === null) return noGroup(key);
  const plugins = [...config.entities.plugins.values()]
    .filter(({ consumer_group }) => consumer_group === group.id)
    .sort((a, b) => compareStrings(a.id, b.id))
    .map((plugin) => showEntity(collections['plugins']!, plugin));
  return json(200, { consumer_group: group, plugins, consumers: membersOf(config, group) });
}

/** Both in the path, in either order: whether one is in the other. */
function answerMembership(
  config: GatewayConfig,
  groupKey: string,
  consumerKey: string,
  shown: 'consumer' | 'consumer_group',
): Answer {
  const consumer = consumerOf(config, consumerKey);
  if (consumer === null) return noConsumer(consumerKey);
  const group = groupOf(config, groupKey);
  if (group === null) return noGroup(groupKey);
  if (!isMember(config, group, consumer))
    return message(404, `Consumer '${consumer.id}' not found in Group '${group.id}'`);
  return json(200, shown === 'consumer' ? { consumer } : { consumer_group: group });
}

/** null: the path is not one of these, or it is not read. */
export function answerConsumerGroups(
  config: GatewayConfig,
  method: string,
  segments: readonly string[],
): Answer | null {
  const [first, key, second, secondKey, ...rest] = segments;
  if ((method !== 'GET' && method !== 'HEAD') || key === undefined || rest.length > 0) return null;
  if (first === 'consumer_groups') {
    if (second === undefined) return answerGroup(config, key);
    if (second !== 'consumers') return null;
    if (secondKey !== undefined) return answerMembership(config, key, secondKey, 'consumer');
    const group = groupOf(config, key);
    return group === null ? noGroup(key) : json(200, { consumers: membersOf(config, group) });
  }
  if (first !== 'consumers' || second !== 'consumer_groups') return null;
  if (secondKey !== undefined) return answerMembership(config, secondKey, key, 'consumer_group');
  const consumer = consumerOf(config, key);
  return consumer === null ? noConsumer(key) : json(200, { consumer_groups: groupsOf(config, consumer) });
}
