// What a backend does for a scenario. Steps are the same everywhere (perform.ts); a backend only knows its cluster, its
// faults and its clock. So far there is one, `sim`; what another needs beyond this is added when it is built.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { Operation, PlannedClient, PlannedRequest } from '../../sim/history/plan.ts';
import type { CompiledExpectation } from '../compile/expectation.ts';
import type { AimedEntry } from '../compile/fault-entry.ts';

/** A fault that goes on until it is ended; what is over ends without a word. */
export interface Injection {
  end(): void;
}

export interface Driver {
  /** Milliseconds since the start of the run. */
  nowMs(): number;
  after(ms: number, run: () => void): void;
  read(resource: string, namespace: string, name: string): StoredObject | null;
  list(resource: string): readonly StoredObject[];
  /** A sentence where the cluster refuses it. */
  operate(operation: Operation): string | null;
  /** null: this backend cannot do it. `lastsMs`: null where only `end` ends it. */
  inject(fault: AimedEntry, lastsMs: number | null): Injection | null;
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
