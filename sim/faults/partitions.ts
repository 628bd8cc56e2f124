// Networks between controllers, API servers and gateways that let nothing through, in both directions or in one, all the
// time or now and then, and let out what they held one by one or in a burst.
import { keyedUint32 } from '../../src/base/prng.ts';
import type { Direction } from '../network/faults.ts';
import { apiPlace } from '../world/places.ts';
import { type Fault, pick, type Stage } from './fault.ts';
import { controllerHosts, gatewayHosts } from './hosts.ts';
import { standInTheWay } from './in-the-way.ts';

/** Counts the calls that are made over the broken way. */
function countCalls(stage: Stage, caller: string, server: string): () => void {
  return standInTheWay(stage.world, {
    matches: (facts) =>
      facts.host === caller && facts.server === (server.startsWith('gateway-') ? server : 'api'),
    wrap(_facts, next) {
      stage.record.hits++;
      return next;
    },
  });
}

const directions: readonly Direction[] = ['both', 'both', 'to', 'from'];

/** 'controller-1 api-2': from a controller to an API server or to a gateway that is not itself. */
const aimPair: Fault['aim'] = (draw, shape) => {
  const caller = pick(controllerHosts(shape), draw('caller', 64));
  const servers = [
    ...Array.from({ length: shape.apiServers }, (_, index) => apiPlace(index).name),
    ...(shape.mode === 'combined' ? [] : gatewayHosts(shape)),
  ];
  return { target: `${caller} ${pick(servers, draw('server', 64))}`, parameters: {} };
};

/** What is under way counts as met, as nobody can tell what will want to go over it. */
function hold(
  { world, record }: Stage,
  how: unknown,
  pair: readonly string[],
  direction: Direction,
): () => void {
  const [caller, server] = [pair[0]!, pair[1]!];
  record.hits += world.faults.openCalls(caller, server);
  return how === 'clog'
    ? world.faults.clog(caller, server, direction)
    : world.faults.partition(caller, server, direction);
}

const partition: Fault = {
  id: 'K13',
  name: 'control-partition',
  summary:
    'Between a controller and an API server or a gateway nothing gets through, both ways or one way; then all of it does.',
  harms: ['control', 'push'],
  lastsMsMax: 9_000,
  aim: (draw, shape, plan) => ({
    target: aimPair(draw, shape, plan)!.target,
    parameters: {
      how: pick(['partition', 'clog'], draw('how', 2)),
      direction: pick(directions, draw('direction', 64)),
    },
  }),
  begin(stage) {
    const { entry } = stage;
    const { how, direction } = entry.parameters;
    const pair = entry.target.split(' ');
    const release = hold(stage, how, pair, direction as Direction);
    const uncount = countCalls(stage, pair[0]!, pair[1]!);
    return () => {
      release();
      uncount();
    };
  },
};

const flapping: Fault = {
  id: 'K13',
  name: 'control-flapping',
  summary: 'The way between a controller and an API server or a gateway opens and closes again and again.',
  harms: ['control', 'push'],
  lastsMsMax: 9_000,
  aim: (draw, shape, plan) => ({
    target: aimPair(draw, shape, plan)!.target,
    parameters: {
      how: pick(['partition', 'clog'], draw('how', 2)),
      direction: pick(directions, draw('direction', 64)),
      periodMs: pick([50, 300, 1_000], draw('period', 64)),
    },
  }),
  begin(stage) {
    const { world, entry } = stage;
    const { how, direction, periodMs } = entry.parameters;
    const pair = entry.target.split(' ');
    const { scheduler } = world;
    const lane = scheduler.lane(`fault ${entry.id}`);
    const uncount = countCalls(stage, pair[0]!, pair[1]!);
    let release: (() => void) | null = null;
    const flap = (): void => {
      release?.();
      release = release === null ? hold(stage, how, pair, direction as Direction) : null;
      next = scheduler.after(Number(periodMs) * 1000, flap, lane);
    };
    let next = scheduler.after(0, flap, lane);
    return () => {
      next.cancel();
      release?.();
      uncount();
    };
  },
};

/** Times within the first half at which hosts are clogged, and within the second at which they come back. */
function swizzle(
  stage: Stage,
  hosts: readonly string[],
): readonly { host: string; fromUs: number; toUs: number }[] {
  const { entry, plan, world } = stage;
  const halfUs = Math.floor(((entry.untilMs - entry.atMs) * 1000) / 2);
  const draw = (what: string, host: string): number =>
    keyedUint32(plan.seed, `fault ${entry.id} ${what} ${host}`, 0);
  return hosts
    .filter((host) => draw('chosen', host) % 3 > 0)
    .map((host) => ({
      host,
      fromUs: world.scheduler.nowUs + (draw('from', host) % (halfUs + 1)),
      toUs: world.scheduler.nowUs + halfUs + (draw('to', host) % (halfUs + 1)),
    }));
}

const swizzleClog: Fault = {
  id: 'K13',
  name: 'control-swizzle-clog',
  summary:
    'Some of the controllers and API servers are clogged one after the other and come back in another order.',
  harms: ['control', 'push'],
  lastsMsMax: 9_000,
  aim: () => ({ target: '', parameters: {} }),
  begin(stage) {
    const { world, plan, entry } = stage;
    const { scheduler } = world;
    const servers = world.cluster.apiServers.map(({ host }) => host.name);
    const callers = controllerHosts(plan.world);
    const lane = scheduler.lane(`fault ${entry.id}`);
    const releases: Map<string, () => void> = new Map();
    const events = swizzle(stage, [...callers, ...servers]).flatMap(({ host, fromUs, toUs }) => [
      scheduler.at(
        fromUs,
        () => {
          // Only the control plane's own ways, so that no request of a client is in it.
          const others = servers.includes(host) ? callers : servers;
          stage.record.hits++;
          releases.set(host, world.faults.clog(host, others));
        },
        lane,
      ),
      scheduler.at(toUs, () => releases.get(host)?.(), lane),
    ]);
    const uncount = standInTheWay(world, {
      matches: ({ host, server }) =>
        server === 'api' && (releases.has(host) || servers.some((name) => releases.has(name))),
      wrap(_facts, next) {
        stage.record.hits++;
        return next;
      },
    });
    return () => {
      for (const event of events) event.cancel();
      for (const release of releases.values()) release();
      uncount();
    };
  },
};

export const partitionFaults: readonly Fault[] = [partition, flapping, swizzleClog];
