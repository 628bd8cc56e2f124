// What a backend does for a scenario. Steps are the same everywhere (perform.ts); a backend only knows its cluster, its
// faults and its clock. What takes time calls back: at once in virtual time, later where calls go over a network.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { Operation, PlannedClient, PlannedRequest } from '../../sim/history/plan.ts';
import type { CompiledExpectation } from '../compile/expectation.ts';
import type { AimedEntry } from '../compile/fault-entry.ts';

/** A fault that goes on until it is ended; of one that is over by itself `end` does nothing. */
export interface Injection {
  /** `done` is called when what it did has been undone, as far as the backend can tell. */
  end(done: () => void): void;
}

export interface Driver {
  /**
   * Once, when the world has the shape that it begins with: controllers and proxies start where they have not begun with the world.
   * `isCold`: at the same time as the pods, else after them.
   */
  begin(isCold: boolean, done: () => void): void;
  /** Milliseconds since the start of the run. */
  nowMs(): number;
  after(ms: number, run: () => void): void;
  /** The cluster as the backend has seen it; what `operate` was done with is in it. */
  read(resource: string, namespace: string, name: string): StoredObject | null;
  list(resource: string): readonly StoredObject[];
  /** create, replace, merge or delete; `done` hears a sentence where the cluster refuses it. */
  operate(operation: Operation, done: (refusal: string | null) => void): void;
  /** `lastsMs`: null where only `end` ends it. `begun` hears a sentence where it cannot be done. */
  inject(fault: AimedEntry, lastsMs: number | null, begun: (injection: Injection | string) => void): void;
  /** Sends over a client of this name, which is made when it is first needed. */
  send(client: PlannedClient, request: PlannedRequest): void;
  /** Looks until it is decided. */
  expect(expectation: CompiledExpectation, done: (met: boolean, seen: string) => void): void;
  /** Says that it is ready and is not on its way to its end. By index. */
  isProxyReady(index: number): boolean;
  /** A process of ours by the name of its host lives. */
  isAlive(host: string): boolean;
  /** Everything is served as the objects ask for; what is seen where it is not. */
  isServed(): { readonly served: boolean; readonly seen: string };
}
