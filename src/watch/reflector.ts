// Follows one kind: list, watch, resume, list again. What it tells its sink is always a state the cluster was in:
// first a whole list, then every change after it in order; a new whole list replaces everything that was said before.
import { createBackoff } from '../base/backoff.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { WatchFailure } from './failure.ts';
import { collectInitial } from './initial.ts';
import { collectionPath, type FollowedKind, resourceName } from './kind.ts';
import { listAll } from './page.ts';
import { defaultReflectorLimits, type ReflectorLimits } from './reflector-limits.ts';
import { openStream, type StreamEnd } from './stream.ts';

export interface ReflectorEnv {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface ReflectorSink {
  /** The whole kind (in the followed namespace): what is not in it is gone. */
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

export function createReflector(
  env: ReflectorEnv,
  kind: FollowedKind,
  sink: ReflectorSink,
  options: ReflectorOptions = {},
): Reflector {
  const limits = { ...defaultReflectorLimits, ...options.limits };
  const name = resourceName(kind);
  const path = collectionPath(kind, options.namespace ?? null);
  const label = `watch/${name}/${options.namespace ?? ''}`;
  const backoff = createBackoff({ firstMs: limits.retryFirstMs, maxMs: limits.retryMaxMs });
  const state = {
    synced: false,
    watching: false,
    revision: '',
    lists: 0,
    watches: 0,
    events: 0,
    lastFailure: '',
  };
  let running = false;
  /** Every list and watch belongs to one generation; answers of an older one are dropped. */
  let generation = 0;
  let call: HttpCall | null = null;
  let timer: Timer | null = null;
  let streamInitial = options.watchList ?? true;
  let pageItems = limits.pageItems;
  /** Answers in a row that gave nothing; after a few of them the revision itself is suspected. */
  let fruitless = 0;
  let initialFailures = 0;
  let missingAnswers = 0;
  let objectsHeld = false;
  let openedUs = 0;

  const draw = (): number => env.random.uint32(label);

  const step = (delayMs: number, run: () => void): void => {
    generation++;
    call?.cancel();
    timer?.cancel();
    call = null;
    state.watching = false;
    const mine = generation;
    timer = env.clock.after(delayMs, () => {
      if (running && mine === generation) run();
    });
  };
  /** Wraps a callback so that it does nothing once its list or watch has been given up. */
  const current = <A extends unknown[]>(run: (...args: A) => void): ((...args: A) => void) => {
    const mine = generation;
    return (...args) => {
      if (running && mine === generation) run(...args);
    };
  };

  const report = (failure: WatchFailure): void => {
    const text = `${failure.kind}: ${failure.detail}`;
    if (text === state.lastFailure) return;
    state.lastFailure = text;
    const advice =
      failure.kind === 'denied'
        ? `allow get, list and watch on ${name} for this service account`
        : 'the last known state stays in use';
    env.log.warn(`cannot follow ${name}: ${failure.detail}; ${advice}`, { kind: kind.kind });
  };
  const recovered = (): void => {
    if (state.lastFailure !== '') env.log.info(`following ${name} again`, { kind: kind.kind });
    state.lastFailure = '';
  };
  const delayFor = (failure: WatchFailure | null): number => {
    const ownMs = backoff.nextMs(draw());
    return Math.max(ownMs, failure?.retryAfterMs ?? 0);
  };

  const startOver = (delayMs: number): void => step(delayMs, streamInitial ? streamFirst : list);

  const accept = (objects: readonly KubeObject[], revision: string): void => {
    state.revision = revision;
    state.synced = true;
    objectsHeld = objects.length > 0;
    fruitless = 0;
    missingAnswers = 0;
    initialFailures = 0;
    recovered();
    sink.replaced(objects, revision);
  };

  const listFailed = (failure: WatchFailure): void => {
    if (failure.kind === 'missing' && kind.custom) return kindMissing();
    if (failure.kind === 'toolarge' && pageItems > 1) {
      pageItems = Math.max(1, pageItems >> 2);
      return startOver(0);
    }
    report(failure);
    startOver(delayFor(failure));
  };

  /** The CRD is not installed: no objects, look again now and then. Objects we hold are dropped only when it is sure. */
  const kindMissing = (): void => {
    missingAnswers++;
    if (objectsHeld && missingAnswers < limits.missingAnswersNeeded) return startOver(delayFor(null));
    if (!state.synced || objectsHeld) {
      env.log.info(`${name} is not installed in this cluster; looking again every while`, {
        kind: kind.kind,
      });
      accept([], '0');
    }
    backoff.reset();
    startOver(limits.missingRetryMs / 2 + (limits.missingRetryMs / 2) * (draw() / 0x100000000));
  };

  const list = (): void => {
    state.lists++;
    const pages = { ...limits, pageItems };
    const done = current(
      (failure: WatchFailure | null, result: { objects: readonly KubeObject[]; revision: string } | null) => {
        if (result === null) return listFailed(failure!);
        accept(result.objects, result.revision);
        step(0, watch);
      },
    );
    call = listAll(env, kind, path, pages, done);
  };

  const streamFirst = (): void => {
    state.lists++;
    const initial = collectInitial(env.clock, limits, {
      onDone: current((objects: readonly KubeObject[], revision: string) => {
        accept(objects, revision);
        opened();
      }),
      onStalled: current(() => {
        env.log.info(`the API server does not stream the first state of ${name}; listing instead`);
        streamInitial = false;
        startOver(0);
      }),
    });
    state.watches++;
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: String(timeoutSeconds()),
    });
    const stream = openStream(env, kind, `${path}?${query}`, limits, {
      onOpen: () => {},
      onEvent: current((event) => {
        if (initial.done) applied(event);
        else initial.add(event);
      }),
      onEnd: current((end: StreamEnd) => {
        if (initial.done) return streamEnded(end);
        initial.cancel();
        initialEnded(end);
      }),
    });
    call = {
      cancel() {
        stream.cancel();
        initial.cancel();
      },
    };
  };

  const initialEnded = (end: StreamEnd): void => {
    initialFailures++;
    const refused = end.type === 'failed' && end.failure.kind === 'refused';
    if (refused || initialFailures >= limits.initialFailuresMax) streamInitial = false;
    if (end.type === 'failed' && !refused) return listFailed(end.failure);
    if (end.type === 'unreadable')
      report({ kind: 'broken', detail: end.detail, retryAfterMs: null, answered: true });
    startOver(refused ? 0 : delayFor(null));
  };

  const timeoutSeconds = (): number =>
    limits.watchSecondsMin + Math.floor(limits.watchSecondsMin * (draw() / 0x100000000));

  const applied = (event: Parameters<Parameters<typeof openStream>[4]['onEvent']>[0]): void => {
    state.revision = event.revision;
    fruitless = 0;
    backoff.reset();
    recovered();
    if (event.type === 'bookmark') return sink.progressed(event.revision);
    state.events++;
    objectsHeld = true;
    if (event.type === 'changed') sink.changed(event.object, event.revision);
    else sink.deleted(event.object, event.revision);
  };

  const opened = (): void => {
    state.watching = true;
    openedUs = env.clock.monotonicUs();
  };

  const watch = (): void => {
    state.watches++;
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: state.revision,
      timeoutSeconds: String(timeoutSeconds()),
    });
    call = openStream(env, kind, `${path}?${query}`, limits, {
      onOpen: current(opened),
      onEvent: current(applied),
      onEnd: current(streamEnded),
    });
  };

  const streamEnded = (end: StreamEnd): void => {
    const livedLong = state.watching && env.clock.monotonicUs() - openedUs >= limits.livedLongMs * 1000;
    if (livedLong) backoff.reset();
    if (end.type === 'closed' || end.type === 'silent') return step(livedLong ? 0 : delayFor(null), watch);
    if (end.type === 'unreadable') {
      report({ kind: 'broken', detail: end.detail, retryAfterMs: null, answered: true });
      return startOver(delayFor(null));
    }
    const { failure } = end;
    if (failure.kind === 'expired') return startOver(delayFor(null));
    if (failure.kind === 'missing') return startOver(delayFor(null));
    report(failure);
    if (failure.answered && failure.kind !== 'busy' && failure.kind !== 'denied') fruitless++;
    if (fruitless >= limits.fruitlessMax) {
      fruitless = 0;
      return startOver(delayFor(failure));
    }
    step(delayFor(failure), watch);
  };

  return {
    start() {
      if (running) return;
      running = true;
      startOver(0);
    },
    stop() {
      running = false;
      generation++;
      call?.cancel();
      timer?.cancel();
      state.watching = false;
    },
    status: state,
  };
}
