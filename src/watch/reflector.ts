// Follows one kind: list, watch, resume, list again. What it tells its sink is always a state the cluster was in:
// first a whole list, then every change after it in order; a new whole list replaces everything that was said before.
import { type Backoff, createBackoff } from '../base/backoff.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { type Discovered, discover } from './discovery.ts';
import { brokenReply, type WatchFailure } from './failure.ts';
import { collectInitial } from './initial.ts';
import { collectionPath, type FollowedKind, resourceName } from './kind.ts';
import { type ListResult, listAll } from './page.ts';
import { defaultReflectorLimits, type ReflectorLimits } from './reflector-limits.ts';
import { openStream, type StreamEnd, type StreamEvent, type StreamHandler } from './stream.ts';

export interface ReflectorEnv {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface ReflectorSink {
  /** The whole kind (in the followed namespace): what is not in it is gone. No `revision`: nobody serves the kind. */
  replaced(objects: readonly KubeObject[], revision: string): void;
  changed(object: KubeObject, revision: string): void;
  deleted(object: KubeObject, revision: string): void;
  /** Nothing changed up to this revision. */
  progressed(revision: string): void;
}

export interface ReflectorStatus {
  /** True from the first whole list on. */
  readonly synced: boolean;
  /** True while a watch is open. */
  readonly watching: boolean;
  readonly revision: string;
  /** Counted since start. */
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly bookmarks: number;
  /** '' while all is well. */
  readonly lastFailure: string;
}

export interface Reflector {
  start(): void;
  stop(): void;
  readonly status: ReflectorStatus;
}

export interface ReflectorOptions {
  /** null = all namespaces. */
  readonly namespace?: string | null;
  /** Ask for the initial state as a stream first; falls back to pages where the server does not do it. */
  readonly watchList?: boolean;
  readonly limits?: Partial<ReflectorLimits>;
}

interface Follower {
  readonly env: ReflectorEnv;
  readonly kind: FollowedKind;
  readonly sink: ReflectorSink;
  readonly limits: ReflectorLimits;
  /** Resource for people, and the path and random stream that belong to it. */
  readonly name: string;
  readonly path: string;
  readonly stream: string;
  readonly backoff: Backoff;
  readonly status: { -readonly [K in keyof ReflectorStatus]: ReflectorStatus[K] };
  running: boolean;
  /** Every list and watch belongs to one generation; answers of an older one are dropped. */
  generation: number;
  call: HttpCall | null;
  timer: Timer | null;
  streamInitial: boolean;
  pageItems: number;
  /** Refusals in a row that gave nothing; after a few of them the revision itself is suspected. */
  fruitless: number;
  initialFailures: number;
  absentAnswers: number;
  objectsHeld: boolean;
  openedUs: number;
}

export function createReflector(
  env: ReflectorEnv,
  kind: FollowedKind,
  sink: ReflectorSink,
  options: ReflectorOptions = {},
): Reflector {
  const limits = { ...defaultReflectorLimits, ...options.limits };
  const name = resourceName(kind);
  const self: Follower = {
    env,
    kind,
    sink,
    limits,
    name,
    path: collectionPath(kind, options.namespace ?? null),
    stream: `watch/${name}/${options.namespace ?? ''}`,
    backoff: createBackoff({ firstMs: limits.retryFirstMs, maxMs: limits.retryMaxMs }),
    status: {
      synced: false,
      watching: false,
      revision: '',
      lists: 0,
      watches: 0,
      events: 0,
      bookmarks: 0,
      lastFailure: '',
    },
    running: false,
    generation: 0,
    call: null,
    timer: null,
    streamInitial: options.watchList ?? true,
    pageItems: limits.pageItems,
    fruitless: 0,
    initialFailures: 0,
    absentAnswers: 0,
    objectsHeld: false,
    openedUs: 0,
  };
  return {
    start() {
      if (self.running) return;
      self.running = true;
      startOver(self, 0);
    },
    stop() {
      self.running = false;
      abandon(self);
    },
    status: self.status,
  };
}

/** Ends what runs; nothing of it is heard any more. */
function abandon(self: Follower): void {
  self.generation++;
  self.call?.cancel();
  self.timer?.cancel();
  self.call = null;
  self.timer = null;
  self.status.watching = false;
}

function step(self: Follower, delayMs: number, run: (self: Follower) => void): void {
  abandon(self);
  const mine = self.generation;
  self.timer = self.env.clock.after(delayMs, () => {
    if (self.running && mine === self.generation) run(self);
  });
}

/** A callback that does nothing once its list or watch has been given up. */
function current<A extends unknown[]>(self: Follower, run: (...args: A) => void): (...args: A) => void {
  const mine = self.generation;
  return (...args) => {
    if (self.running && mine === self.generation) run(...args);
  };
}

function startOver(self: Follower, delayMs: number): void {
  step(self, delayMs, (follower) => (follower.streamInitial ? streamFirst(follower) : list(follower)));
}

/** Between half and the whole. */
function jitter(self: Follower, ceilingMs: number): number {
  return ceilingMs / 2 + (ceilingMs / 2) * (self.env.random.uint32(self.stream) / 0x100000000);
}

function delayFor(self: Follower, failure: WatchFailure | null): number {
  return Math.max(self.backoff.nextMs(self.env.random.uint32(self.stream)), failure?.retryAfterMs ?? 0);
}

function report(self: Follower, failure: WatchFailure): void {
  const text = `${failure.kind}: ${failure.detail}`;
  if (text === self.status.lastFailure) return;
  self.status.lastFailure = text;
  const advice =
    failure.kind === 'denied'
      ? `allow get, list and watch on ${self.name} for this service account`
      : 'trying again, the last known state stays in use';
  self.env.log.warn(`cannot follow ${self.name}: ${failure.detail}; ${advice}`);
}

function recovered(self: Follower): void {
  self.fruitless = 0;
  if (self.status.lastFailure !== '') self.env.log.info(`following ${self.name} again`);
  self.status.lastFailure = '';
}

function accept(self: Follower, objects: readonly KubeObject[], revision: string): void {
  self.status.revision = revision;
  self.status.synced = true;
  self.objectsHeld = objects.length > 0;
  self.absentAnswers = 0;
  self.initialFailures = 0;
  recovered(self);
  self.sink.replaced(objects, revision);
}

function list(self: Follower): void {
  self.status.lists++;
  const limits = { ...self.limits, pageItems: self.pageItems };
  const done = current(self, (failure: WatchFailure | null, result: ListResult | null) => {
    if (result === null) {
      listFailed(self, failure ?? brokenReply('no answer'));
      return;
    }
    accept(self, result.objects, result.revision);
    step(self, 0, watch);
  });
  self.call = listAll(self.env, self.kind, self.path, limits, done);
}

function listFailed(self: Follower, failure: WatchFailure): void {
  if (failure.kind === 'missing' && self.kind.custom) {
    askWhetherServed(self, failure);
  } else if (failure.kind === 'toolarge' && self.pageItems > 1) {
    self.pageItems = Math.max(1, self.pageItems >> 2);
    startOver(self, 0);
  } else {
    report(self, failure);
    startOver(self, delayFor(self, failure));
  }
}

/** 404 for a custom resource: only discovery can say that its CRD is not installed. */
function askWhetherServed(self: Follower, failure: WatchFailure): void {
  const done = current(self, (found: Discovered) => {
    if (found.type === 'absent') {
      kindAbsent(self);
      return;
    }
    self.absentAnswers = 0;
    const why = found.type === 'unknown' ? found.failure : failure;
    report(self, why);
    startOver(self, delayFor(self, why));
  });
  self.call = discover(self.env, self.kind, self.limits.pageTimeoutMs, done);
}

/**
 * The CRD is not installed: no objects, and a slow look now and then. It is believed only when said several times in a row,
 * neither to drop what we hold nor to begin with nothing: a server that is starting can leave groups out for a moment, and a
 * config without its plugins would be open.
 */
function kindAbsent(self: Follower): void {
  self.absentAnswers++;
  const wouldMatter = self.objectsHeld || !self.status.synced;
  if (wouldMatter && self.absentAnswers < self.limits.absentAnswersNeeded) {
    startOver(self, delayFor(self, null));
    return;
  }
  if (wouldMatter) {
    self.env.log.info(`${self.name} is not installed in this cluster; looking again now and then`);
    accept(self, [], '');
  }
  self.status.lastFailure = '';
  self.backoff.reset();
  startOver(self, jitter(self, self.limits.absentRetryMs));
}

function watchPath(self: Follower, parameters: Readonly<Record<string, string>>): string {
  const seconds = Math.floor(2 * jitter(self, self.limits.watchSecondsMin));
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
    ...parameters,
  });
  return `${self.path}?${query}`;
}

function openWatch(self: Follower, path: string, handler: StreamHandler): HttpCall {
  self.status.watches++;
  return openStream(self.env, self.kind, path, self.limits, {
    onOpen: current(self, () => handler.onOpen()),
    onEvent: current(self, (event: StreamEvent) => handler.onEvent(event)),
    onEnd: current(self, (end: StreamEnd) => handler.onEnd(end)),
  });
}

function opened(self: Follower): void {
  self.status.watching = true;
  self.openedUs = self.env.clock.monotonicUs();
}

/** The initial state as a stream that goes on as the watch. */
function streamFirst(self: Follower): void {
  self.status.lists++;
  const initial = collectInitial(self.env.clock, self.limits, {
    onDone: current(self, (objects: readonly KubeObject[], revision: string) => {
      accept(self, objects, revision);
      opened(self);
    }),
    onStalled: current(self, () => {
      self.env.log.info(`the API server does not stream the first state of ${self.name}; listing instead`);
      self.streamInitial = false;
      startOver(self, 0);
    }),
  });
  const path = watchPath(self, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
  const stream = openWatch(self, path, {
    onOpen() {},
    onEvent(event) {
      if (initial.done) applied(self, event);
      else initial.add(event);
    },
    onEnd(end) {
      initial.cancel();
      if (initial.done) streamEnded(self, end);
      else initialEnded(self, end);
    },
  });
  self.call = {
    cancel() {
      stream.cancel();
      initial.cancel();
    },
  };
}

function initialEnded(self: Follower, end: StreamEnd): void {
  const refused = end.type === 'failed' && end.failure.kind === 'refused';
  if (refused || ++self.initialFailures >= self.limits.initialFailuresMax) self.streamInitial = false;
  if (end.type === 'failed' && !refused) {
    listFailed(self, end.failure);
    return;
  }
  if (end.type === 'unreadable') report(self, brokenReply(end.detail));
  startOver(self, refused ? 0 : delayFor(self, null));
}

function watch(self: Follower): void {
  self.call = openWatch(self, watchPath(self, { resourceVersion: self.status.revision }), {
    onOpen: () => opened(self),
    onEvent: (event) => applied(self, event),
    onEnd: (end) => streamEnded(self, end),
  });
}

function applied(self: Follower, event: StreamEvent): void {
  self.status.revision = event.revision;
  self.backoff.reset();
  recovered(self);
  if (event.type === 'bookmark') {
    self.status.bookmarks++;
    self.sink.progressed(event.revision);
    return;
  }
  self.status.events++;
  self.objectsHeld = true;
  if (event.type === 'changed') self.sink.changed(event.object, event.revision);
  else self.sink.deleted(event.object, event.revision);
}

function streamEnded(self: Follower, end: StreamEnd): void {
  const openMs = (self.env.clock.monotonicUs() - self.openedUs) / 1000;
  const livedLong = self.status.watching && openMs >= self.limits.livedLongMs;
  if (livedLong) self.backoff.reset();
  if (end.type === 'closed' || end.type === 'silent') {
    step(self, livedLong ? 0 : delayFor(self, null), watch);
    return;
  }
  if (end.type === 'unreadable') {
    report(self, brokenReply(end.detail));
    startOver(self, delayFor(self, null));
    return;
  }
  const { failure } = end;
  const lost = failure.kind === 'expired' || failure.kind === 'missing';
  if (!lost) report(self, failure);
  if (failure.answered && failure.kind !== 'busy' && failure.kind !== 'denied') self.fruitless++;
  const delayMs = delayFor(self, failure);
  if (lost || self.fruitless >= self.limits.fruitlessMax) startOver(self, delayMs);
  else step(self, delayMs, watch);
}
