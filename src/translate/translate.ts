// Snapshot to config, on one page. A pure function of snapshot and options: `previous` only lets it reuse what did not
// change. Each object is turned into entities by itself, so that a bad one costs its own entities and those that depend
// on it, never others.
import { applyDelta, type Delta } from '../kong/delta.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { Problem } from '../kube/problem.ts';
import type { Secret } from '../kube/secret.ts';
import { indexByKey, type Snapshot, type SnapshotTables } from '../kube/snapshot.ts';
import { ConfigBuilder } from './builder.ts';
import { addCertificates } from './certificates.ts';
import {
  addGroups,
  addMemberships,
  closedMembers,
  type SettledGroups,
  settleGroups,
} from './consumer-groups.ts';
import { addConsumers, type SettledConsumer, settleConsumers } from './consumers.ts';
import { findCrowdedRings, ringsOf } from './crowded-rings.ts';
import { refuseCustomEntities } from './custom-entities.ts';
import { foreignIngress, foreignObject, isDefaultClass } from './ingress-class.ts';
import type { TranslateOptions } from './options.ts';
import { createOrigins } from './origins.ts';
import { addPlugins, settlePlugins } from './plugins.ts';
import { addRouting, addTargets, draftRouting, findAllTargets } from './routing.ts';
import { findTargets } from './targets.ts';
import type { Memo, TargetList, Translation } from './translation.ts';
import { addVaults } from './vaults.ts';

const tablesBesideEndpoints: readonly (keyof SnapshotTables)[] = [
  'ingressClasses',
  'ingresses',
  'services',
  'secrets',
  'kongPlugins',
  'kongClusterPlugins',
  'kongConsumers',
  'kongConsumerGroups',
  'kongUpstreamPolicies',
  'kongVaults',
  'kongCustomEntities',
];

function onlyEndpointsChanged(memo: Memo, snapshot: Snapshot): boolean {
  return (
    memo.snapshot.undecodable === snapshot.undecodable &&
    tablesBesideEndpoints.every((table) => memo.snapshot[table] === snapshot[table])
  );
}

/** The frequent case: pods come and go. Costs one comparison a service, and work only for the services concerned. */
function translateEndpoints(
  previous: Translation,
  snapshot: Snapshot,
  options: TranslateOptions,
): Translation {
  const { memo } = previous;
  const upsert: { type: 'targets'; entity: TargetList['targets'][number] }[] = [];
  const remove: { type: 'targets'; id: string }[] = [];
  let targets: Map<string, TargetList> | null = null;
  for (const [upstream, list] of memo.targets) {
    const next = findTargets(list.plan, snapshot.slicesByService.get(list.plan.serviceKey), options, list);
    if (next === list) continue;
    targets ??= new Map(memo.targets);
    targets.set(upstream, next);
    const kept = new Set(next.targets.map((target) => target.id));
    const old = new Set(list.targets);
    const isExcluded = (id: string): boolean => options.excluded.has(`targets/${id}`);
    const isServed = previous.config.entities.upstreams.has(upstream);
    for (const target of list.targets)
      if (!kept.has(target.id)) remove.push({ type: 'targets', id: target.id });
    for (const entity of next.targets)
      if (isServed && !old.has(entity) && !isExcluded(entity.id)) upsert.push({ type: 'targets', entity });
  }
  const nextMemo = { ...memo, snapshot, targets: targets ?? memo.targets };
  const isSame = upsert.length === 0 && remove.length === 0;
  const delta: Delta = { from: previous.config.id, to: '', upsert, remove };
  const config = isSame ? previous.config : applyDelta(previous.config, delta);
  const origins = createOrigins(config, memo.origins, nextMemo.targets);
  const { standing, rings } = memo;
  const problems =
    rings.length === 0 ? standing : [...standing, ...findCrowdedRings(rings, nextMemo.targets)];
  return { ...previous, config, problems, origins, memo: nextMemo };
}

/** Consumers with their credentials and groups. */
function addCallers(
  consumers: readonly SettledConsumer[],
  groups: SettledGroups,
  broken: ReadonlySet<string>,
  secrets: ReadonlyMap<string, Secret>,
  builder: ConfigBuilder,
): readonly Problem[] {
  const closed = closedMembers(consumers, groups, broken);
  const found = addConsumers(consumers, closed, secrets, builder);
  addGroups(groups, closed, builder);
  return [...found, ...addMemberships(consumers, groups, builder)];
}

export function translate(
  snapshot: Snapshot,
  options: TranslateOptions,
  previous: Translation | null,
): Translation {
  const memo = previous !== null && previous.memo.options === options ? previous.memo : null;
  if (previous !== null && memo !== null && onlyEndpointsChanged(memo, snapshot))
    return translateEndpoints(previous, snapshot, options);

  const isDefault = isDefaultClass(snapshot.ingressClasses, options.ingressClass);
  const ignored: Problem[] = [];
  const ingresses = snapshot.ingresses.filter((ingress) => {
    const foreign = foreignIngress(ingress, options.ingressClass, isDefault);
    if (foreign !== null) ignored.push(foreign);
    return foreign === null;
  });
  const customProblems = refuseCustomEntities(snapshot.kongCustomEntities, options.ingressClass, ignored);
  const routing = draftRouting(snapshot, ingresses, options, memo);
  const builder = new ConfigBuilder(previous?.config ?? null, options.excluded);
  const ours = <T extends DecodedObject>(objects: readonly T[]): readonly T[] =>
    objects.filter((object) => {
      const foreign = foreignObject(object, options.ingressClass, isDefault);
      if (foreign !== null) ignored.push(foreign);
      return foreign === null;
    });
  const consumers = settleConsumers(ours(snapshot.kongConsumers));
  const groups = settleGroups(ours(snapshot.kongConsumerGroups));
  const plugins = settlePlugins(
    snapshot,
    routing,
    consumers.consumers,
    groups,
    options.ingressClass,
    isDefault,
    builder,
    memo?.plugins ?? null,
  );
  const secrets = indexByKey(snapshot.secrets);
  addRouting(routing, plugins, builder);
  const certificateProblems = addCertificates(ingresses, secrets, builder);
  const vaultProblems = addVaults(ours(snapshot.kongVaults), builder);
  const callerProblems = addCallers(consumers.consumers, groups, plugins.closed, secrets, builder);
  addPlugins(plugins, builder);
  const targets = findAllTargets(routing, snapshot, options, memo);
  const before =
    previous === null || memo === null ? null : { config: previous.config, targets: memo.targets };
  addTargets(targets, before, builder);
  const { config, origins } = builder.finish();
  const standing = [
    ...snapshot.undecodable,
    ...routing.problems,
    ...certificateProblems,
    ...consumers.problems,
    ...groups.problems,
    ...callerProblems,
    ...vaultProblems,
    ...customProblems,
    ...plugins.problems,
  ];
  const rings = ringsOf(routing.serviceDrafts.values());
  return {
    config,
    problems: rings.length === 0 ? standing : [...standing, ...findCrowdedRings(rings, targets)],
    ignored,
    origins: createOrigins(config, origins, targets),
    ingresses,
    memo: {
      snapshot,
      options,
      ingressDrafts: routing.ingressDrafts,
      serviceDrafts: routing.serviceDrafts,
      plugins: plugins.known,
      origins,
      targets,
      standing,
      rings,
    },
  };
}
