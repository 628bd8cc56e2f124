// What stays of a history once it is judged: plain data that travels between threads, and the sums over many of them.
// The sums take reports in the order of the histories, so they are the same however many threads ran them.
import { createFold } from '../scheduler/fold.ts';
import type { Plan } from './plan.ts';

export interface FoundViolation {
  readonly property: string;
  readonly message: string;
  readonly atUs: number;
  readonly witnesses: readonly string[];
  /** Equal for the same defect; see signature.ts. */
  readonly signature: string;
}

export interface HistoryReport {
  /** 'seed 1 index 12' */
  readonly label: string;
  readonly hash: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly requests: number;
  /** Id of each property and how often its premise held. */
  readonly premises: readonly (readonly [id: string, held: number])[];
  /** One for each fault that began. */
  readonly faults: readonly (readonly [name: string, hits: number])[];
  readonly sometimes: readonly (readonly [what: string, count: number])[];
  /** Of the fault table. */
  readonly cells: readonly string[];
  readonly violations: readonly FoundViolation[];
  /** Only where something was violated. */
  readonly plan: Plan | null;
}

export interface PropertyTally {
  /** How often it could have been violated, and in how many histories. */
  premises: number;
  histories: number;
  /** Histories that violated it. */
  violated: number;
}

export interface FaultTally {
  injected: number;
  /** How many of them met something. */
  met: number;
  hits: number;
}

export interface Tally {
  readonly histories: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly requests: number;
  /** Over the hashes of all histories in their order. */
  readonly hash: string;
  readonly properties: ReadonlyMap<string, PropertyTally>;
  readonly faults: ReadonlyMap<string, FaultTally>;
  readonly sometimes: ReadonlyMap<string, number>;
  readonly cells: ReadonlyMap<string, number>;
  add(report: HistoryReport): void;
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function increase(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

export function createTally(): Tally {
  const properties: Map<string, PropertyTally> = new Map();
  const faults: Map<string, FaultTally> = new Map();
  const sometimes: Map<string, number> = new Map();
  const cells: Map<string, number> = new Map();
  const fold = createFold();
  const sums = { histories: 0, events: 0, simulatedMs: 0, requests: 0 };
  const propertyOf = (id: string): PropertyTally =>
    entryOf(properties, id, () => ({ premises: 0, histories: 0, violated: 0 }));
  return {
    get histories() {
      return sums.histories;
    },
    get events() {
      return sums.events;
    },
    get simulatedMs() {
      return sums.simulatedMs;
    },
    get requests() {
      return sums.requests;
    },
    get hash() {
      return fold.hex();
    },
    properties,
    faults,
    sometimes,
    cells,
    add(report) {
      sums.histories++;
      sums.events += report.events;
      sums.simulatedMs += report.simulatedMs;
      sums.requests += report.requests;
      fold.addText(report.hash);
      for (const [id, held] of report.premises) {
        const tally = propertyOf(id);
        tally.premises += held;
        if (held > 0) tally.histories++;
      }
      for (const id of new Set(report.violations.map(({ property }) => property))) propertyOf(id).violated++;
      for (const [name, hits] of report.faults) {
        const tally = entryOf(faults, name, () => ({ injected: 0, met: 0, hits: 0 }));
        tally.injected++;
        tally.hits += hits;
        if (hits > 0) tally.met++;
      }
      for (const [what, count] of report.sometimes) increase(sometimes, what, count);
      for (const cell of report.cells) increase(cells, cell, 1);
    },
  };
}
