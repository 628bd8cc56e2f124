// Faults of API servers as a whole: caches that are behind, kinds that arrive out of step, restarts.
import type { LaggingCache } from '../cluster/watch-cache.ts';
import { apiPlace } from '../world/places.ts';
import type { World } from '../world/world.ts';
import { type AimedPlan, type Fault, pick, type Stage } from './fault.ts';

/** Delays what the caches of some replicas see, and counts the changes that come late. */
function delayCaches(
  stage: Stage,
  servers: readonly string[],
  resource: string,
  extraMs: number,
): () => void {
  const { world, record } = stage;
  const caches = world.cluster.apiServers
    .filter(({ host }) => servers.includes(host.name))
    .flatMap(({ front }): readonly LaggingCache[] => {
      const cache = front()?.cache;
      return cache === undefined ? [] : [cache];
    });
  const ends = caches.map((cache) => cache.delay(resource, extraMs));
  const before = world.evidence.store.length;
  return () => {
    for (const end of ends) end();
    if (ends.length === 0) return;
    for (const change of world.evidence.store.slice(before))
      if (resource === '' || change.resource === resource) record.hits++;
  };
}

const staleServer: Fault = {
  id: 'C03',
  name: 'stale-api-server',
  summary: 'One API server sees everything seconds late, while the others are up to date.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, shape) => ({
    target: apiPlace(draw('server', shape.apiServers)).name,
    parameters: { lagMs: pick([500, 2_000, 5_000], draw('lag', 64)) },
  }),
  begin: (stage) => delayCaches(stage, [stage.entry.target], '', Number(stage.entry.parameters['lagMs'])),
};

const slices = 'endpointslices.discovery.k8s.io';

/** Kinds that will change while somebody looks; pods come and go without an operator too. */
function changingKinds({ operations }: AimedPlan): readonly string[] {
  const kinds = operations.map(({ operation: { resource } }) =>
    resource === 'deployments.apps' ? slices : resource,
  );
  return [slices, ...kinds];
}

const lateKind: Fault = {
  id: 'C17',
  name: 'late-kind',
  summary: 'Objects of one kind arrive long after those of the others that they belong to.',
  harms: ['control'],
  lastsMsMax: 8_000,
  isChange: true,
  aim: (draw, _shape, plan) => ({
    target: pick(changingKinds(plan), draw('resource', 1024)),
    parameters: { lagMs: pick([300, 1_000, 4_000], draw('lag', 64)) },
  }),
  begin: (stage) =>
    delayCaches(
      stage,
      stage.world.cluster.apiServers.map(({ host }) => host.name),
      stage.entry.target,
      Number(stage.entry.parameters['lagMs']),
    ),
};

function restartAll(world: World): void {
  for (const { host } of world.cluster.apiServers) if (!host.alive) host.restart();
}

const restarts: Fault = {
  id: 'C22',
  name: 'api-restart',
  summary: 'API servers restart one after the other, or are all away for a while.',
  harms: ['control'],
  lastsMsMax: 9_000,
  aim: (draw) => ({
    target: '',
    parameters: {
      how: pick(['rolling', 'rolling', 'together'], draw('how', 64)),
      closesWatches: draw('closes', 2) === 1,
      downPermille: pick([200, 600, 950], draw('down', 64)),
    },
  }),
  begin({ world, entry, record }) {
    const { how, closesWatches, downPermille } = entry.parameters;
    const { scheduler, cluster } = world;
    const servers = cluster.apiServers;
    const lane = scheduler.lane(`fault ${entry.id}`);
    const lastsUs = (entry.untilMs - entry.atMs) * 1000;
    const turnUs = how === 'rolling' ? Math.floor(lastsUs / servers.length) : lastsUs;
    const downUs = Math.floor((turnUs * Number(downPermille)) / 1000);
    const events = servers.flatMap(({ host, front }, index) => {
      const startUs = scheduler.nowUs + (how === 'rolling' ? index * turnUs : 0);
      const stop = (): void => {
        if (!host.alive) return;
        record.hits++;
        if (closesWatches === true) front()?.disconnectWatches('close');
        host.crash();
      };
      const start = (): void => {
        if (!host.alive) host.restart();
      };
      return [scheduler.at(startUs, stop, lane), scheduler.at(startUs + downUs, start, lane)];
    });
    return () => {
      for (const event of events) event.cancel();
      restartAll(world);
    };
  },
};

export const apiServerFaults: readonly Fault[] = [staleServer, lateKind, restarts];
