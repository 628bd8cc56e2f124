// Plans with simpler figures: a small world, usual knobs, plain requests, round times.
import {
  defaultKnobs,
  type Knobs,
  type Plan,
  type PlannedClient,
  type PlannedRequest,
  type TimelineEntry,
} from '../plan.ts';

/** Names of hosts that a smaller world still has. */
function renameHost(name: string): string {
  return name
    .replace(/\bgateway-\d+/g, 'gateway-1')
    .replace(/\bcontroller-\d+/g, 'controller-1')
    .replace(/\bworker-\d+/g, 'worker-0');
}

function mapEntries(plan: Plan, change: (entry: TimelineEntry) => TimelineEntry): Plan {
  return { ...plan, timeline: plan.timeline.map(change) };
}

/** One of each, with the faults aimed at what is there. */
export function inSmallWorld(plan: Plan): Plan {
  const world = { ...plan.world, apiServers: 1, controllers: 1, gateways: 1, workers: 1, nodes: 1 };
  const aimed = mapEntries({ ...plan, world }, (entry) =>
    entry.do === 'fault'
      ? {
          ...entry,
          target: renameHost(entry.target),
          when: entry.when === null ? null : { ...entry.when, host: renameHost(entry.when.host) },
        }
      : entry,
  );
  return { ...aimed, clients: plan.clients.map((client) => ({ ...client, gateway: 0 })) };
}

export function withUsualKnobs(plan: Plan): Plan {
  return { ...plan, knobs: defaultKnobs, strategy: { name: 'uniform' } };
}

/** Knobs that mean something only together: a lease that is shorter than its renewal's deadline has two leaders. */
const leaseKnobs: readonly (keyof Knobs)[] = ['leaseMs', 'renewDeadlineMs', 'leaseRetryMs'];
const knobGroups: readonly (readonly (keyof Knobs)[])[] = [
  leaseKnobs,
  ...(Object.keys(defaultKnobs) as (keyof Knobs)[])
    .filter((key) => !leaseKnobs.includes(key))
    .map((key) => [key]),
];

/** Groups of knobs that are not as usual. */
export function unusualKnobs({ knobs }: Plan): readonly (readonly (keyof Knobs)[])[] {
  return knobGroups.filter((group) => group.some((key) => knobs[key] !== defaultKnobs[key]));
}

export function keepKnobs(plan: Plan, kept: readonly (readonly (keyof Knobs)[])[]): Plan {
  const own = Object.fromEntries(kept.flat().map((key) => [key, plan.knobs[key]]));
  return { ...plan, knobs: { ...defaultKnobs, ...own } };
}

/** Shapes with one figure at its least. */
export function smallerWorlds(plan: Plan): readonly Plan[] {
  const { world, clients } = plan;
  const names = ['apiServers', 'controllers', 'workers', 'nodes'] as const;
  const smaller = names
    .filter((name) => world[name] > 1)
    .map((name) => ({ ...plan, world: { ...world, [name]: 1 } }));
  const gateways = 1 + Math.max(0, ...clients.map(({ gateway }) => gateway));
  return world.gateways > gateways ? [{ ...plan, world: { ...world, gateways } }, ...smaller] : smaller;
}

function plainClient({ name, gateway }: PlannedClient): PlannedClient {
  return { name, gateway, tls: false, pipelines: false, readBytesPerSecond: 0 };
}

function plainRequest({ method, host, path, headers }: PlannedRequest): PlannedRequest {
  return {
    method,
    host,
    path,
    headers,
    bodyBytes: 0,
    chunked: false,
    sendMs: 0,
    abortMs: 0,
    kind: 'plain',
    holdMs: 0,
  };
}

export function withPlainRequests(plan: Plan): Plan {
  return mapEntries(plan, (entry) =>
    entry.do === 'request' ? { ...entry, request: plainRequest(entry.request) } : entry,
  );
}

export function withPlainClients(plan: Plan): Plan {
  return { ...plan, clients: plan.clients.map(plainClient) };
}

export function withUniformStrategy(plan: Plan): Plan {
  return { ...plan, strategy: { name: 'uniform' } };
}

/** Faults that last half as long. */
export function withShorterFaults(plan: Plan): Plan {
  return mapEntries(plan, (entry) =>
    entry.do === 'fault' && entry.untilMs > entry.atMs
      ? { ...entry, untilMs: entry.atMs + Math.ceil((entry.untilMs - entry.atMs) / 2) }
      : entry,
  );
}

/** All times rounded down to `ms`, in the same order as before. */
export function withRoundTimes(plan: Plan, ms: number): Plan {
  const round = (time: number): number => Math.floor(time / ms) * ms;
  return mapEntries(plan, (entry) => ({
    ...entry,
    atMs: round(entry.atMs),
    ...(entry.do === 'fault'
      ? {
          untilMs:
            entry.untilMs === entry.atMs
              ? round(entry.atMs)
              : Math.min(plan.healMs, Math.ceil(entry.untilMs / ms) * ms),
        }
      : {}),
  })) satisfies Plan;
}

/** Nothing happens after the violation, and the run ends soon after. Only what must hold at all times is judged so. */
export function cutAfter(plan: Plan, atUs: number): Plan {
  const atMs = Math.ceil(atUs / 1000);
  const timeline = plan.timeline.filter((entry) => entry.atMs <= atMs);
  return { ...plan, timeline, endMs: Math.min(plan.endMs, Math.max(plan.healMs, atMs) + 1_000) };
}
