// What a history came to, in a form that two histories can be compared by: what each gateway runs and what the cluster was
// told, without uids, versions, times and addresses, which follow from the way and not from the wish.
import { canonicalJson } from '../../src/base/order.ts';
import { emptyConfig, type GatewayConfig } from '../../src/kong/config.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { History } from './run.ts';

/** Lines, sorted; equal for equal outcomes. */
export type Outcome = readonly string[];

type Fields = Readonly<Record<string, unknown>>;

const without = (entity: object, ...names: readonly string[]): Fields =>
  Object.fromEntries(
    Object.entries(entity).filter(([name]) => name !== 'id' && name !== 'tags' && !names.includes(name)),
  );

/**
 * Entities by their names, references by what they refer to; targets by their number, as addresses differ. `isNear`: of targets
 * only whether there are any, since which of them are near depends on the nodes that pods came to.
 */
export function describeConfig({ entities }: GatewayConfig, isNear = false): Outcome {
  const nameOf = (
    table: ReadonlyMap<string, { readonly name?: string | null; readonly username?: string | null }>,
    id: string | null,
  ): string | null => {
    const found = id === null ? undefined : table.get(id);
    return found?.name ?? found?.username ?? id;
  };
  const { services, routes, upstreams, targets, certificates, snis, consumers } = entities;
  const lines: string[] = [];
  const say = (what: string, fields: unknown): void => void lines.push(`${what} ${canonicalJson(fields)}`);
  for (const service of services.values()) say('service', without(service));
  for (const route of routes.values())
    say('route', { ...without(route, 'service'), service: nameOf(services, route.service) });
  for (const upstream of upstreams.values()) {
    const own = [...targets.values()].filter((target) => target.upstream === upstream.id);
    const weights = own.map(({ weight }) => weight).sort((a, b) => a - b);
    say('upstream', { ...without(upstream), weights: isNear ? weights.slice(0, 1) : weights });
  }
  for (const { name, certificate } of snis.values())
    say('certificate', { name, cert: certificates.get(certificate)?.cert.trim() ?? null });
  for (const consumer of consumers.values()) say('consumer', without(consumer));
  for (const credential of entities.keyauth_credentials.values())
    say('key', { consumer: nameOf(consumers, credential.consumer), key: credential.key });
  for (const plugin of entities.plugins.values())
    say('plugin', {
      ...without(plugin, 'route', 'service', 'consumer'),
      route: nameOf(routes, plugin.route),
      service: nameOf(services, plugin.service),
      consumer: nameOf(consumers, plugin.consumer),
    });
  return lines.sort();
}

interface StatusLike extends KubeObject {
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: unknown };
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
    }[];
  };
}

/** What we wrote into the status of the objects that are ours to tell. */
function describeStatus({ objects }: History): Outcome {
  const lines: string[] = [];
  const each = (resource: string, say: (object: StatusLike) => unknown): void => {
    for (const object of objects.get(resource) ?? []) {
      const { namespace, name } = object.metadata;
      lines.push(`status ${resource} ${namespace}/${name} ${canonicalJson(say(object as StatusLike))}`);
    }
  };
  each('ingresses.networking.k8s.io', ({ status }) => status?.loadBalancer?.ingress ?? null);
  each('kongconsumers.configuration.konghq.com', ({ status }) => {
    const condition = status?.conditions?.find(({ type }) => type === 'Programmed');
    return condition === undefined ? null : [condition.status, condition.reason];
  });
  return lines;
}

/** The config that each gateway ended with; none is as good as an empty one. */
function describeGateways({ evidence, plan }: History): Outcome {
  return Array.from({ length: plan.world.gateways }, (_, index) => `gateway-${index + 1}`).flatMap(
    (gateway) => {
      const born = evidence.lives.findLast(({ host, what }) => host === gateway && what === 'start');
      // A new life begins with nothing, unless the last good config is kept on its disk; being given nothing changes nothing.
      const sinceUs = plan.knobs.keepsConfig === true ? 0 : (born?.atUs ?? 0);
      const last = evidence.configs.findLast(
        (record) => record.gateway === gateway && record.atUs >= sinceUs,
      );
      const isNear = plan.knobs.gatewayZone !== '' && plan.knobs.gatewayZone !== undefined;
      return describeConfig(last?.config ?? emptyConfig, isNear).map((line) => `${gateway} ${line}`);
    },
  );
}

export function outcomeOf(history: History): Outcome {
  return [...describeGateways(history), ...describeStatus(history)].sort();
}

/** Up to so many lines that only one of the two has. */
export function compareOutcomes(mine: Outcome, theirs: Outcome, linesMax = 4): readonly string[] {
  const [own, other] = [new Set(mine), new Set(theirs)];
  const lacking = (lines: Outcome, set: ReadonlySet<string>, mark: string): readonly string[] =>
    lines
      .filter((line) => !set.has(line))
      .slice(0, linesMax)
      .map((line) => `${mark} ${line}`);
  return [...lacking(mine, other, '+'), ...lacking(theirs, own, '-')];
}
