// The simulated cluster in real time: the same store, controllers, kubelets and fronts of the API as in a simulated world, with
// its pods on loopback. Processes of the product reach it through gates (gate.ts).
import type { HttpFront } from '../../../sim/cluster/api/handler.ts';
import { type ApiServer, createApiServer } from '../../../sim/cluster/api-server.ts';
import type { ControllerPorts } from '../../../sim/cluster/controllers/controller.ts';
import { startControllers } from '../../../sim/cluster/controllers/index.ts';
import { startKubelets } from '../../../sim/cluster/kubelet/index.ts';
import { startScheduler } from '../../../sim/cluster/kubelet/scheduler.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Host } from '../../../sim/hosts/host.ts';
import {
  controllerArrows,
  drawnDelays,
  drawnLag,
  installCrds,
  kubeletArrows,
  recordStore,
  type WorldApiServer,
  type WorldCluster,
} from '../../../sim/world/cluster.ts';
import { apiPlace, kubeletName, nodePlace } from '../../../sim/world/places.ts';
import { joinWorldPods } from '../../../sim/world/pod-runner.ts';
import type { WorldSeams } from '../../../sim/world/seams.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HttpCall, HttpClient, HttpReplyHandler } from '../../../src/ports/http.ts';
import { inProcessClient } from '../../../src/ports/in-process.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Random } from '../../../src/ports/random.ts';
import type { Tcp } from '../../../src/ports/tcp.ts';
import { absent } from './absent.ts';
import type { Lives } from './observations.ts';
import { createLocalPods, type LocalPods } from './pods.ts';
import type { Slot } from './slot.ts';

export interface ClusterPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly tcp: Tcp;
  readonly slot: Slot;
  readonly lives: Lives;
  random(name: string): Random;
}

export interface LocalCluster extends WorldCluster {
  /** What a caller is connected to: one replica for as long as it answers, then another. */
  client(): HttpClient;
  stop(): void;
}

const zones = ['a', 'b', 'c'] as const;

interface Replica extends WorldApiServer {
  readonly calls: Set<HttpReplyHandler>;
  request: HttpClient['request'];
}

/** Its crash closes its connections; what comes back begins with an empty cache and new watches. */
function startReplica(seams: WorldSeams, ports: ClusterPorts, api: ApiServer, index: number): Replica {
  const { clock, log, lives } = ports;
  const { name } = apiPlace(index);
  const random = ports.random(name);
  const { watchLagMsMax, streamsLists } = seams.knobs;
  const calls: Set<HttpReplyHandler> = new Set();
  const nothing = absent<Host>('process of an API server');
  let front: HttpFront | null = null;
  const start = (): void => {
    lives.begin(name, seams.scheduler.nowUs);
    front = api.replica({ clock, random, log, lag: drawnLag({ random }, watchLagMsMax) });
    front.conduct.streamsLists = streamsLists;
  };
  const crash = (): void => {
    front?.stop();
    front = null;
    lives.end(name, seams.scheduler.nowUs);
    for (const handler of [...calls]) handler.onEnd('ECONNRESET');
  };
  start();
  const host: Host = {
    name,
    log: [],
    onExit: null,
    get machine() {
      return nothing.machine;
    },
    get world() {
      return nothing.world;
    },
    get alive() {
      return front !== null;
    },
    get lives() {
      return lives.of(name);
    },
    start: (factory) => nothing.start(factory),
    launch: () => nothing.launch(),
    pause: () => nothing.pause(),
    resume: () => nothing.resume(),
    jumpClock: (byUs) => nothing.jumpClock(byUs),
    setClockRate: (ppm) => nothing.setClockRate(ppm),
    crash,
    exit: crash,
    restart() {
      if (front !== null) crash();
      start();
    },
  };
  return {
    host,
    calls,
    front: () => front,
    request(request, handler): HttpCall {
      if (front === null) return clock.after(0, () => handler.onEnd('ECONNREFUSED'));
      const told: HttpReplyHandler = {
        onHead: (status, headers) => handler.onHead(status, headers),
        onData: (bytes) => handler.onData(bytes),
        onEnd(error) {
          if (calls.delete(told)) handler.onEnd(error);
        },
      };
      calls.add(told);
      const call = inProcessClient(clock, front.handler).request(request, told);
      return {
        cancel() {
          calls.delete(told);
          call.cancel();
        },
      };
    },
  };
}

/** A caller stays with its replica until that is away. */
function balanced(replicas: readonly Replica[], first: number): HttpClient {
  let chosen = first % replicas.length;
  return {
    request(request, handler) {
      for (let tries = 0; tries < replicas.length && replicas[chosen]!.front() === null; tries++)
        chosen = (chosen + 1) % replicas.length;
      return replicas[chosen]!.request(request, handler);
    },
  };
}

export function startLocalCluster(
  seams: WorldSeams,
  ports: ClusterPorts,
  crds: readonly StoredObject[],
): LocalCluster {
  const { clock, log, tcp, slot } = ports;
  const { knobs, shape } = seams;
  const api = createApiServer({ clock, random: ports.random('store'), log });
  recordStore(seams, api);
  installCrds(api, crds);
  const apiServers = Array.from({ length: shape.apiServers }, (_, index) =>
    startReplica(seams, ports, api, index),
  );
  const portsOf = (name: string, arrows: typeof controllerArrows): ControllerPorts => {
    const random = ports.random(name);
    return { store: api.store, clock, random, log, delays: drawnDelays({ random }, arrows) };
  };
  const managerPorts = portsOf('cluster-controllers', controllerArrows);
  const { endpointsPerSliceMax, nodeGraceMs } = knobs;
  const manager = startControllers({
    ...managerPorts,
    endpointsPerSliceMax,
    nodeGraceMs,
    legacyEndpoints: false,
  });
  const scheduler = startScheduler(managerPorts);
  const pods: LocalPods[] = [];
  const nodes = Array.from({ length: shape.nodes }, (_, index) => {
    const { name, address } = nodePlace(index);
    const own = portsOf(kubeletName(name), kubeletArrows);
    const runner = createLocalPods({ clock, random: own.random, log, tcp }, seams, slot.podNetwork(index));
    pods.push(runner);
    const node = { name, address, zone: `zone-${zones[index % zones.length]}` };
    const heartbeatMs = Math.floor(nodeGraceMs / 5);
    const kubelets = startKubelets({ ...own, runner, nodes: [node], heartbeatMs, scheduling: false });
    return { name, host: absent<Host>('process of a kubelet'), kubelets };
  });
  let callers = 0;
  return {
    api,
    apiServers,
    manager: absent<Host>('process of the cluster’s controllers'),
    nodes,
    pods: joinWorldPods(pods),
    client: () => balanced(apiServers, callers++),
    stop() {
      manager.stop();
      scheduler.stop();
      for (const { kubelets } of nodes) kubelets.stop();
      for (const runner of pods) runner.killAll();
      for (const { host } of apiServers) host.crash();
    },
  };
}
