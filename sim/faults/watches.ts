// Faults of watches as connections: closed, cut in the middle of a line, half open, from a version that is gone, without
// the bookmarks that clients count on.
import { type Conduct, usualConduct } from '../cluster/api/conduct.ts';
import type { World } from '../world/world.ts';
import { type Aim, type AimedPlan, type Fault, nothing, pick, type Stage } from './fault.ts';
import { endWatches, isTargets, standInTheWay } from './in-the-way.ts';

/** Kinds whose loss of sight matters most; '' = all. */
const watchedResources = [
  '',
  'ingresses.networking.k8s.io',
  'services',
  'endpointslices.discovery.k8s.io',
  'secrets',
  'kongplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
] as const;

const aimedResource = (draw: Aim): string => pick(watchedResources, draw('resource', 64));

type Habits = Omit<Conduct, 'streamsLists' | 'strayed'>;

/** Changes how all replicas behave; what it returns sets them right and counts what was met meanwhile. */
function misconduct(stage: Stage, changes: Partial<Habits>): () => void {
  const fronts = stage.world.cluster.apiServers.flatMap(({ front }) => front() ?? []);
  const before = fronts.map(({ conduct }) => conduct.strayed);
  for (const { conduct } of fronts) Object.assign(conduct, changes);
  const { streamsLists: _, strayed: __, ...usual } = usualConduct;
  return () => {
    for (const [index, { conduct }] of fronts.entries()) {
      stage.record.hits += conduct.strayed - before[index]!;
      Object.assign(conduct, usual);
    }
  };
}

const close: Fault = {
  id: 'C04',
  name: 'watch-close',
  summary: 'API servers end watches in order, all at once.',
  harms: ['control'],
  lastsMsMax: 0,
  aim: (draw) => ({ target: aimedResource(draw), parameters: {} }),
  begin({ world, entry, record }) {
    record.hits += endWatches(world, 'close', entry.target);
    return nothing;
  },
};

const reset: Fault = {
  id: 'C05',
  name: 'watch-reset',
  summary: 'Connections of watches are reset, between two events or in the middle of a line.',
  harms: ['control'],
  lastsMsMax: 0,
  aim: (draw) => ({
    target: aimedResource(draw),
    parameters: { how: pick(['cut', 'torn', 'torn'], draw('how', 64)) },
  }),
  begin({ world, entry, record }) {
    const how = entry.parameters['how'] === 'cut' ? 'cut' : 'torn';
    record.hits += endWatches(world, how, entry.target);
    return nothing;
  },
};

/** Clients that are told to wait no longer than this notice by themselves, in good time. */
const noticesMsMax = 10_000;

const halfOpen: Fault = {
  id: 'C06',
  name: 'watch-half-open',
  summary: 'Watches hear nothing more and nobody tells them: their connections are dead at one end only.',
  harms: ['control'],
  lastsMsMax: 10_000,
  aim: (draw) => ({ target: aimedResource(draw), parameters: {} }),
  begin({ world, entry, record, plan }) {
    const { watchIdleTimeoutMs } = plan.knobs;
    const hosts = [...world.controllers, ...world.gateways].map(({ host }) => host.name);
    record.hits += endWatches(world, 'silent', entry.target);
    // Who is patient is told by the next router that comes up; who is not has to find out.
    if (watchIdleTimeoutMs > noticesMsMax)
      return () => {
        for (const client of hosts) world.faults.reset({ client, destination: ':6443' });
      };
    record.toUs = world.scheduler.nowUs + (watchIdleTimeoutMs + 5_000) * 1000;
    return nothing;
  },
};

/** Forgets all history; a write of somebody else first, so that everything seen so far lies before it. */
function compactAll(world: World, id: string): void {
  const { api } = world.cluster;
  const name = `noise-${id}`;
  const written = api.store.mergePatch('configmaps', 'default', name, {
    data: { version: `${api.store.resourceVersion}` },
  });
  if (!written.ok)
    api.store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name },
    });
  api.compact(api.store.resourceVersion);
}

const gone: Fault = {
  id: 'C07',
  name: 'watch-gone',
  summary:
    'History is compacted while watches are away, so that they are told 410 in the stream or as a status.',
  harms: ['control'],
  lastsMsMax: 5_000,
  aim: (draw) => ({
    target: aimedResource(draw),
    parameters: { how: pick(['open', 'event', 'status'], draw('how', 64)) },
  }),
  begin(stage) {
    const { world, entry, record } = stage;
    const { how } = entry.parameters;
    compactAll(world, entry.id);
    if (how === 'open') {
      record.hits += endWatches(world, 'gone', entry.target);
      return nothing;
    }
    const end = misconduct(stage, { goneAs: how as 'event' | 'status' });
    record.hits += endWatches(world, 'close', entry.target);
    return end;
  },
};

/** Some kind has more objects than fit on a page. */
function listsInPages({ knobs, objects }: AimedPlan): boolean {
  if (knobs.streamsLists) return false;
  return watchedResources.some(
    (resource) => objects.filter((object) => object.resource === resource).length > knobs.pageItems,
  );
}

const continueGone: Fault = {
  id: 'C08',
  name: 'continue-gone',
  summary: 'History is compacted between two pages of a list.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, _shape, plan) =>
    listsInPages(plan) ? { target: '', parameters: { times: 1 + draw('times', 6) } } : null,
  begin(stage) {
    const { world, record, entry } = stage;
    let left = Number(entry.parameters['times']);
    const end = standInTheWay(world, {
      matches: (facts) => isTargets(stage, facts) && facts.path.includes('continue=') && left > 0,
      wrap(_facts, next) {
        left--;
        record.hits++;
        compactAll(world, entry.id);
        return next;
      },
    });
    record.hits += endWatches(world, 'gone');
    return end;
  },
};

const bookmarkFaults = {
  none: { sendsBookmarks: false },
  'no-initial-end': { marksInitialEnd: false },
  'other-kind': { bookmarksOwnKind: false },
} as const satisfies Readonly<Record<string, Partial<Habits>>>;

const bookmarks: Fault = {
  id: 'C09',
  name: 'watch-bookmarks',
  summary:
    'Bookmarks never come, do not say that a streamed list is over, or come as objects of another kind.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw) => ({
    target: aimedResource(draw),
    parameters: { how: pick(Object.keys(bookmarkFaults), draw('how', 64)) },
  }),
  begin(stage) {
    const { world, entry, record } = stage;
    const how = entry.parameters['how'] as keyof typeof bookmarkFaults;
    const end = misconduct(stage, bookmarkFaults[how]);
    record.hits += endWatches(world, 'gone', entry.target);
    return end;
  },
};

export const watchFaults: readonly Fault[] = [close, reset, halfOpen, gone, continueGone, bookmarks];
