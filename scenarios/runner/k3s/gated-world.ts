// What stands between the controllers of a run and the Kubernetes API, as the world that faults of the API know. They are the
// simulator's own; what they would do to an API server is done on the way to it. Whatever else they ask for is not there,
// and says so.
import type { HttpFront } from '../../../sim/cluster/api/handler.ts';
import type { LaggingCache } from '../../../sim/cluster/watch-cache.ts';
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { failInstead } from '../../../sim/faults/in-the-way.ts';
import type { Knobs, WorldShape } from '../../../sim/history/plan.ts';
import type { Host } from '../../../sim/hosts/host.ts';
import type { Faults } from '../../../sim/network/faults.ts';
import type { Scheduler } from '../../../sim/scheduler/scheduler.ts';
import type { Disturbances } from '../../../sim/world/calls.ts';
import type { WorldApiServer, WorldCluster } from '../../../sim/world/cluster.ts';
import type { WorldGateway } from '../../../sim/world/gateway.ts';
import { apiPlace, gatewayPlace } from '../../../sim/world/places.ts';
import type { World } from '../../../sim/world/world.ts';
import { Way } from '../local/ways.ts';
import { createGatedWatches, type GatedWatches } from './gated-watches.ts';

/** These members of something larger; to use another one is an error that names it. */
function only<T extends object>(what: string, members: Partial<T>): T {
  return new Proxy(members, {
    get(target, name) {
      if (name in target) return target[name as keyof T];
      throw new Error(`there is no ${what} with '${String(name)}' between a controller and the API`);
    },
  }) as T;
}

export interface GatedWorldOptions {
  readonly scheduler: Scheduler;
  readonly evidence: Evidence;
  readonly shape: WorldShape;
  readonly knobs: Knobs;
  readonly version: () => number;
}

export interface GatedWorld {
  readonly world: World;
  /** Of the controller in a proxy, by its index. */
  readonly ways: readonly Way[];
}

const gatewayName = (index: number): string => gatewayPlace(index).name;

/** Away for its callers: their calls end, and no other gets through. */
function apiServer(watches: GatedWatches, ways: readonly Way[], disturbances: Disturbances): WorldApiServer {
  let alive = true;
  disturbances.add({
    matches: ({ server }) => server === 'api' && !alive,
    wrap: (facts) => failInstead(facts, 'ECONNREFUSED'),
  });
  const host = only<Host>('API server', {
    name: apiPlace(0).name,
    get alive() {
      return alive;
    },
    crash() {
      alive = false;
      for (const way of ways) way.cut();
    },
    restart() {
      alive = true;
    },
  });
  const cache = only<LaggingCache>('cache', { delay: watches.delay });
  const front = only<HttpFront>('API server', {
    cache,
    disconnectWatches: (how, resource = '') => watches.end(how, resource),
  });
  return { host, front: () => front };
}

function linksOf(wayOf: (caller: string) => Way | undefined): Faults {
  return only<Faults>('network', {
    reset: ({ client = '' }) => wayOf(client)?.cut() ?? 0,
    openCalls: (caller) => wayOf(caller)?.openCalls ?? 0,
    shape(caller, _server, { bytesPerSecond = 0 }) {
      const way = wayOf(String(caller));
      if (way === undefined) throw new Error(`nobody is called ${String(caller)}`);
      way.bytesPerSecond = bytesPerSecond;
      return () => {
        way.bytesPerSecond = 0;
      };
    },
  });
}

export function createGatedWorld(options: GatedWorldOptions): GatedWorld {
  const { scheduler, evidence, shape, knobs, version } = options;
  const indices = Array.from({ length: shape.gateways }, (_, index) => index);
  const ways = indices.map(() => new Way(scheduler));
  const watches = createGatedWatches();
  const disturbances: Disturbances = new Set([watches.disturbance]);
  const gateways = indices.map((index) =>
    only<WorldGateway>('proxy', { host: only<Host>('proxy', { name: gatewayName(index) }) }),
  );
  const apiServers = [apiServer(watches, ways, disturbances)];
  const world = only<World>('world', {
    scheduler,
    evidence,
    shape,
    knobs,
    version,
    disturbances,
    gateways,
    controllers: [],
    cluster: only<WorldCluster>('cluster', { apiServers }),
    faults: linksOf((caller) => ways[indices.findIndex((index) => gatewayName(index) === caller)]),
  });
  return { world, ways };
}
