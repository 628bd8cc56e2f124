// Writes down what a scenario does while it does it, as the timeline of a plan: what was judged can be read, replayed and
// run again elsewhere.
import type {
  ExpectEntry,
  FaultEntry,
  OperateEntry,
  Operation,
  PlannedClient,
  PlannedRequest,
  RequestEntry,
  TimelineEntry,
} from '../../sim/history/plan.ts';
import type { CompiledExpectation } from '../compile/expectation.ts';
import type { AimedEntry } from '../compile/fault-entry.ts';

/** Longest time of a fault whose end is not known yet. */
export const endlessMs = 3_600_000;

export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly clients: readonly PlannedClient[];
  operation(operation: Operation): OperateEntry;
  fault(fault: AimedEntry, lastsMs: number | null): FaultEntry;
  /** A fault of which only now is known when it ended. */
  ended(fault: FaultEntry): void;
  expectation(expectation: CompiledExpectation): ExpectEntry;
  /** `isNew`: nothing was sent over this client before. */
  request(
    client: PlannedClient,
    request: PlannedRequest,
  ): { readonly entry: RequestEntry; readonly isNew: boolean };
}

export function createTimeline(nowUs: () => number): Timeline {
  const entries: TimelineEntry[] = [];
  const clients: Map<string, PlannedClient> = new Map();
  const counts = { o: 0, f: 0, x: 0, r: 0 };
  let lastUs = -1;
  const idOf = (letter: keyof typeof counts): string => `${letter}${++counts[letter]}`;
  /** Now, and after whatever was written down before. */
  const stampMs = (): number => {
    lastUs = Math.max(nowUs(), lastUs + 1);
    return lastUs / 1000;
  };
  const add = <T extends TimelineEntry>(entry: T): T => {
    entries.push(entry);
    return entry;
  };
  return {
    entries,
    get clients() {
      return [...clients.values()];
    },
    operation: (operation) => add({ id: idOf('o'), atMs: stampMs(), do: 'operate', operation }),
    fault({ fault, target, parameters, when }, lastsMs) {
      const atMs = stampMs();
      const untilMs = atMs + (lastsMs ?? endlessMs);
      return add({ id: idOf('f'), atMs, do: 'fault', fault, untilMs, target, parameters, when });
    },
    ended(fault) {
      const index = entries.indexOf(fault);
      entries[index] = { ...fault, untilMs: Math.max(fault.atMs, nowUs() / 1000) };
    },
    expectation: (expectation) => add({ id: idOf('x'), atMs: stampMs(), do: 'expect', ...expectation }),
    request(client, request) {
      const isNew = !clients.has(client.name);
      if (isNew) clients.set(client.name, client);
      const entry = {
        id: idOf('r'),
        atMs: nowUs() / 1000,
        do: 'request',
        client: client.name,
        request,
      } as const;
      return { entry: add(entry), isNew };
    },
  };
}
