// The simulated API server: one core with two fronts, direct calls (`store`) and HTTP (`handler`).
import type { RE2JS } from 're2js';
import type { Clock } from '../../src/ports/clock.ts';
import type { HttpHandler } from '../../src/ports/http.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Random } from '../../src/ports/random.ts';
import { createWebhooks, type WebhookClients } from './admission/webhooks.ts';
import { createHandler, type HttpFront } from './api/handler.ts';
import type { PodLogs } from './api/logs.ts';
import type { WatchEnd } from './api/watch.ts';
import { bootstrap } from './bootstrap.ts';
import { createClusterStore } from './cluster-store.ts';
import { registerCustomResources } from './crd.ts';
import { apiVersionOf, resourceNameOf } from './resource.ts';
import { builtInDefinitions } from './resources/built-in.ts';
import { compilePattern } from './schema/pattern.ts';
import type { PatternTest } from './schema/validate.ts';
import { createStore } from './store.ts';
import type { ClusterStore } from './store-api.ts';
import type { WriteCore } from './store-writes.ts';
import { type CacheLag, createWatchCache } from './watch-cache.ts';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Bearer token that every request must carry; undefined: anyone may do anything. */
  readonly token?: string;
  /** Answers `kubectl logs`. Undefined: there are none. */
  readonly logs?: PodLogs;
  /** How admission webhooks are reached. Undefined: they cannot be, and their failurePolicy says what that means. */
  readonly webhooks?: WebhookClients;
}

/** Another process of the API server over the same store. */
export interface ReplicaPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How far its watch cache is behind the store. */
  readonly lag: CacheLag;
}

export interface ApiServer {
  readonly store: ClusterStore;
  readonly handler: HttpHandler;
  replica(ports: ReplicaPorts): HttpFront;
  /** How the store names a kind, or null where nobody knows it. */
  resourceOf(
    apiVersion: string,
    kind: string,
  ): { readonly resource: string; readonly namespaced: boolean } | null;
  /**
   * Forgets all history up to and including this version: older watches and continue tokens get 410. Of every kind, as
   * etcd's compaction does, or of one, as its watch cache does when it is full.
   */
  compact(beforeVersion: number, resource?: string): void;
  /** Ends open watches of its own front; answers how many. */
  disconnectWatches(how: WatchEnd, resource?: string): number;
  /** How watches from a compacted version are refused: as kube-apiserver does ('event', the default), or by HTTP status. */
  expiredWatchesAs(how: 'event' | 'status'): void;
  /** Open watches, for tests and the live view. */
  readonly watches: number;
}

/** A pattern that the linear-time engine refuses matches everything, as it cannot be judged. */
function createPatternTest(log: Log): PatternTest {
  const known = new Map<string, RE2JS | null>();
  return (pattern, text) => {
    let regex = known.get(pattern);
    if (regex === undefined) {
      const made = compilePattern(pattern);
      if (typeof made === 'string')
        log.warn('schema pattern is not valid and is ignored', { pattern, error: made });
      regex = typeof made === 'string' ? null : made;
      known.set(pattern, regex);
    }
    return regex === null || regex.matcher(text).find();
  };
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, random, log } = options;
  const store = createStore();
  for (const definition of builtInDefinitions()) store.define(definition);
  const core: WriteCore = {
    store,
    clock,
    random,
    matches: createPatternTest(log),
    guard: (_request, run) => run(),
    webhooks: createWebhooks(store, options.webhooks ?? null),
    admission: (nowMs) => ({ store: clusterStore, nowMs }),
  };
  const clusterStore = createClusterStore(core);
  registerCustomResources(core, clusterStore, log);
  bootstrap(clusterStore);
  const fronts: Set<HttpFront> = new Set();
  const replica = (ports: ReplicaPorts): HttpFront => {
    const front = createHandler({
      core: { ...core, clock: ports.clock, random: ports.random },
      cache: createWatchCache(store, ports.clock, ports.lag),
      token: options.token ?? null,
      logs: options.logs ?? null,
      log: ports.log,
    });
    fronts.add(front);
    return front;
  };
  const front = replica({ clock, random, log, lag: () => 0 });
  clusterStore.subscribe('customresourcedefinitions.apiextensions.k8s.io', (type, { metadata }) => {
    if (type === 'DELETED') for (const each of fronts) each.disconnectWatches('close', metadata.name);
  });
  return {
    store: clusterStore,
    handler: front.handler,
    replica,
    resourceOf(apiVersion, kind) {
      const found = store
        .definitions()
        .find((definition) => definition.kind === kind && apiVersionOf(definition) === apiVersion);
      return found === undefined ? null : { resource: resourceNameOf(found), namespaced: found.namespaced };
    },
    compact(beforeVersion, resource) {
      const all = resource === undefined ? store.definitions().map(resourceNameOf) : [resource];
      for (const name of all) store.table(name).compact(Math.min(beforeVersion, store.version));
    },
    disconnectWatches: (how, resource) => front.disconnectWatches(how, resource),
    expiredWatchesAs(how) {
      front.conduct.goneAs = how;
    },
    get watches() {
      return front.watches;
    },
  };
}
