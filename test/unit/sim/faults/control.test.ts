// Each fault of the control plane alone in a small world: it meets something, the gateways serve in the end what the
// objects ask for, and the run is the same when it is run again.
import { describe, expect, it } from 'vitest';
import { findFault } from '../../../../sim/faults/catalogue.ts';
import { runHistory } from '../../../../sim/history/run.ts';
import { leftBehind } from './converged.ts';
import { planOf, readCrds, type Trial } from './small-plan.ts';

const crds = readCrds();

const combined = { mode: 'combined', gateways: 2 } as const;
const paged = { streamsLists: false, pageItems: 1 } as const;
const plugins = 'kongplugins.configuration.konghq.com';
const slices = 'endpointslices.discovery.k8s.io';
const firstWrite = { host: 'controller-1', index: 0 } as const;

const trials: Readonly<Record<string, Trial>> = {
  'crash at a time': { fault: 'crash-controller', target: 'controller-1' },
  'crash before a write is sent': {
    world: { controllers: 1 },
    fault: 'crash-controller',
    target: 'controller-1',
    atMs: 0,
    when: { ...firstWrite, point: 'before-send' },
  },
  'crash after a write was applied': {
    world: { controllers: 1 },
    fault: 'crash-controller',
    target: 'controller-1',
    atMs: 0,
    when: { ...firstWrite, point: 'after-apply' },
  },
  'crash after a write was answered': {
    world: { controllers: 1 },
    fault: 'crash-controller',
    target: 'controller-1',
    atMs: 0,
    when: { ...firstWrite, index: 1, point: 'after-response' },
  },
  'an exception in a controller': { fault: 'controller-error', target: 'gateway-1', world: combined },
  'an exception in place of a write': {
    world: { controllers: 1 },
    fault: 'controller-error',
    target: 'controller-1',
    atMs: 0,
    when: { ...firstWrite, point: 'before-send' },
  },
  'unseen events': { fault: 'unseen-events', parameters: { windowMs: 300 } },
  'doubled events': { fault: 'doubled-events' },
  'a stale API server': { fault: 'stale-api-server', target: 'api-1', parameters: { lagMs: 2_000 } },
  'a late kind': { fault: 'late-kind', target: slices, parameters: { lagMs: 4_000 } },
  'watches closed': { fault: 'watch-close' },
  'watches cut': { seen: 'ECONNRESET', fault: 'watch-reset', parameters: { how: 'cut' } },
  'watches torn in a line': { seen: 'ECONNRESET', fault: 'watch-reset', parameters: { how: 'torn' } },
  'half-open watches, found out': { fault: 'watch-half-open', knobs: { watchIdleTimeoutMs: 5_000 } },
  'half-open watches, told in the end': { fault: 'watch-half-open' },
  'an in-stream 410': { fault: 'watch-gone', parameters: { how: 'open' } },
  'compaction, told in the stream': { fault: 'watch-gone', parameters: { how: 'event' } },
  'compaction, told as a status': { fault: 'watch-gone', seen: 410, parameters: { how: 'status' } },
  'compaction between two pages': {
    fault: 'continue-gone',
    seen: 410,
    parameters: { times: 3 },
    knobs: paged,
  },
  'no bookmarks': { fault: 'watch-bookmarks', parameters: { how: 'none' } },
  'no end of streamed lists': { fault: 'watch-bookmarks', parameters: { how: 'no-initial-end' } },
  'bookmarks of another kind': { fault: 'watch-bookmarks', parameters: { how: 'other-kind' } },
  'a version that is too large': { fault: 'version-too-large', seen: 504 },
  'a second writer': {
    seen: 409,
    fault: 'second-writer',
    atMs: 0,
    parameters: { permille: 700, status: true, leases: true },
  },
  'told to wait': {
    seen: 429,
    fault: 'too-many-requests',
    parameters: { retryAfterSeconds: 2, permille: 1_000, cutsWatches: true },
  },
  'told to wait, not how long': {
    seen: 429,
    fault: 'too-many-requests',
    parameters: { retryAfterSeconds: 0, permille: 700, cutsWatches: true },
  },
  ...Object.fromEntries(
    [0, 401, 403, 500, 502, 503].map((status) => [
      status === 0 ? 'connections refused' : `status ${status}`,
      {
        fault: 'api-errors',
        seen: status || 'ECONNREFUSED',
        parameters: { status, permille: 1_000, cutsWatches: true },
      },
    ]),
  ),
  'answers to writes reset': {
    seen: 'ECONNRESET',
    fault: 'lost-answer',
    atMs: 0,
    parameters: { how: 'reset', permille: 1_000, leases: false },
  },
  'answers to writes lost': {
    fault: 'lost-answer',
    atMs: 0,
    parameters: { how: 'silence', permille: 1_000, leases: true },
  },
  'a thin line, whole lists': {
    fault: 'slow-answers',
    target: 'controller-1',
    parameters: { bytesPerSecond: 20_000, relists: true },
  },
  'a thin line, pages': {
    fault: 'slow-answers',
    target: 'controller-1',
    parameters: { bytesPerSecond: 20_000, relists: true },
    knobs: paged,
  },
  'a burst of events': {
    fault: 'event-burst',
    target: 'services default/blog',
    parameters: { changes: 200 },
  },
  'a leader paused': { fault: 'leader-overlap', parameters: { how: 'pause' } },
  'a leader that goes while its successor is behind': {
    fault: 'successor-is-behind',
    parameters: { windowMs: 2_500, goesAfterMs: 1_000 },
  },
  'a leader refused its lease': { fault: 'leader-overlap', parameters: { how: 'refused' } },
  'a leader that hears nothing of its lease': { fault: 'leader-overlap', parameters: { how: 'silence' } },
  'a leader that renews without knowing': { fault: 'leader-overlap', parameters: { how: 'lost-answer' } },
  'a wall clock an hour ahead': { fault: 'clock-jump', target: 'gateway-1', parameters: { seconds: 3_600 } },
  'a wall clock an hour behind': {
    fault: 'clock-jump',
    target: 'controller-1',
    parameters: { seconds: -3_600 },
  },
  'a clock that is too fast': { fault: 'clock-rate', target: 'controller-1', parameters: { ppm: 150_000 } },
  'a clock that is too slow': { fault: 'clock-rate', target: 'gateway-1', parameters: { ppm: -150_000 } },
  'a controller paused': { fault: 'pause-controller', target: 'controller-1' },
  'a main thread paused': { fault: 'pause-controller', target: 'gateway-1', world: combined },
  'a kind missing at the start': { seen: 404, fault: 'kind-missing', target: plugins, atMs: 0 },
  'a kind deleted and added': { seen: 404, fault: 'kind-missing', target: plugins },
  'a kind that is newer': { fault: 'kind-newer', target: plugins },
  'a rolling restart': {
    fault: 'api-restart',
    parameters: { how: 'rolling', closesWatches: true, downPermille: 600 },
  },
  'an outage': {
    seen: 'ECONNREFUSED',
    fault: 'api-restart',
    parameters: { how: 'together', closesWatches: false, downPermille: 950 },
    world: { apiServers: 1 },
  },
  'an ingress recreated at once': {
    fault: 'recreate-object',
    target: 'ingresses.networking.k8s.io default/shop',
    parameters: { times: 3 },
  },
  'a plugin recreated at once': {
    fault: 'recreate-object',
    target: `${plugins} default/shop-key-auth`,
    parameters: { times: 1 },
  },
  'a controller cut off from an API server': {
    fault: 'control-partition',
    target: 'controller-1 api-1',
    parameters: { how: 'partition', direction: 'both' },
    world: { apiServers: 1 },
  },
  'answers that do not get through': {
    fault: 'control-partition',
    target: 'controller-1 gateway-1',
    parameters: { how: 'partition', direction: 'from' },
    world: { controllers: 1 },
  },
  'a clogged way': {
    fault: 'control-partition',
    target: 'gateway-1 api-1',
    parameters: { how: 'clog', direction: 'to' },
    world: { ...combined, apiServers: 1 },
  },
  'a flapping way': {
    fault: 'control-flapping',
    target: 'controller-1 api-1',
    parameters: { how: 'partition', direction: 'both', periodMs: 300 },
    world: { apiServers: 1 },
  },
  'a swizzle clog': { fault: 'control-swizzle-clog' },
  ...Object.fromEntries(
    ['deltas', 'our-ids'].map((lacks) => [
      `an older gateway that lacks ${lacks}`,
      { fault: 'older-gateway', target: 'gateway-1', parameters: { lacks }, world: { controllers: 1 } },
    ]),
  ),
  ...Object.fromEntries(
    ['slow', 'cut', 'twice', 'lost-answer', 'late'].flatMap((how) =>
      [combined, { controllers: 1 }].map((world) => [
        `${how} pushes, ${'mode' in world ? 'combined' : 'split'}`,
        { fault: 'disturbed-push', parameters: { how, permille: 1_000, delayMs: 700 }, world },
      ]),
    ),
  ),
};

function check(trial: Trial): void {
  const plan = planOf(trial, findFault(trial.fault)!.lastsMsMax);
  const history = runHistory(plan, { crds });
  const [record] = history.evidence.faults;
  expect(history.exception).toBeNull();
  expect(record?.hits ?? 0).toBeGreaterThan(0);
  if (trial.seen !== undefined) {
    const ends = history.evidence.calls.flatMap(({ status, error }) => [status, error]);
    expect(ends).toContain(trial.seen);
  }
  expect(leftBehind(history)).toEqual([]);
  expect(runHistory(plan, { crds }).hash).toBe(history.hash);
}

describe('faults of the control plane', () => {
  it.each(Object.entries(trials))('%s', (_name, trial) => check(trial));
});

// With the revision from before, a config would claim to know objects that it lacks.
it('a config that is made while nobody serves a kind names no revision of it', () => {
  const fault = 'kind-missing';
  const plan = planOf({ fault, target: plugins }, findFault(fault)!.lastsMsMax);
  const { evidence } = runHistory(plan, { crds });
  const known = evidence.configs.map(({ revision }) => Object.keys(JSON.parse(revision!)).includes(plugins));
  // Neighbours that say the same are one: known, gone, known again.
  expect(known.filter((knows, index) => knows !== known[index - 1])).toEqual([true, false, true]);
});
