// Random plans: a fast-check arbitrary, and the plan of one index under one seed, which is a function of the two alone.
import fc from 'fast-check';
import { keyedUint32 } from '../../../src/base/prng.ts';
import { faults } from '../../faults/catalogue.ts';
import type { AimedPlan } from '../../faults/fault.ts';
import type { TieBreak } from '../../scheduler/scheduler.ts';
import type { FaultEntry, OperateEntry, Plan, PlannedObject, TimelineEntry } from '../plan.ts';
import { planVersion } from '../plan.ts';
import { type Application, classObject, namespaceObject, objectsOf } from './application.ts';
import { applications, knobs, namespaces, shapes } from './ingredients.ts';
import { operationNames, operationsOf } from './operations.ts';
import { clientDraws, clientsOf, requestDraws, requestsOf } from './requests.ts';

/** Pods are up and everybody has a config by then. */
const startMs = 6_000;
const healMs = 16_000;
const lastRequestMs = 26_000;
/** What waits longest: a back-off of the reflector at its end, a lease that runs out. */
const endMs = 86_000;

export interface PlanOptions {
  /** Names of faults to choose from; absent: all. */
  readonly faults?: readonly string[];
  readonly strategy?: 'uniform' | 'pct';
}

interface DrawnOperation {
  readonly name: (typeof operationNames)[number];
  readonly application: number;
  readonly atPermille: number;
  readonly draw: number;
  readonly pauseMs: number;
}

const operationDraws: fc.Arbitrary<readonly DrawnOperation[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...operationNames),
    application: fc.nat(63),
    atPermille: fc.nat(999),
    draw: fc.nat(0xffff),
    pauseMs: fc.integer({ min: 50, max: 3_000 }),
  }),
  { maxLength: 6 },
);

/** Which kinds of faults a history has at all (swarm), and the faults that come of them. */
const faultDraws = fc.record({
  kinds: fc.array(fc.nat(0xffff), { maxLength: 4 }),
  entries: fc.array(fc.record({ kind: fc.nat(63), atPermille: fc.nat(999), seed: fc.nat(0x7fffffff) }), {
    maxLength: 6,
  }),
});

const strategyDraws = fc.record({
  gridUs: fc.constantFrom(100, 1_000, 5_000),
  changePoints: fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 4 }),
});

function operationEntries(
  draws: readonly DrawnOperation[],
  apps: readonly Application[],
): readonly OperateEntry[] {
  return draws.flatMap(({ name, application, atPermille, draw, pauseMs }, index) => {
    const drawnMs = startMs + Math.floor(((healMs - startMs) * atPermille) / 1000);
    const app = apps[application % apps.length]!;
    const timed = operationsOf(name, app, draw, pauseMs);
    // Half-done things are done by then, in their order.
    const atMs = Math.min(drawnMs, healMs - Math.max(0, ...timed.map(({ afterMs }) => afterMs)));
    return timed.map(
      ({ afterMs, operation }, step): OperateEntry => ({
        id: `o${index + 1}${step === 0 ? '' : `.${step}`}`,
        atMs: atMs + afterMs,
        do: 'operate',
        operation,
        recipe: name,
      }),
    );
  });
}

function faultEntries(
  drawn: {
    readonly kinds: readonly number[];
    readonly entries: readonly { kind: number; atPermille: number; seed: number }[];
  },
  shape: Plan['world'],
  parts: AimedPlan,
  names: readonly string[] | undefined,
): readonly FaultEntry[] {
  const choice =
    names === undefined
      ? faults
      : faults.filter(({ name, id }) => names.includes(name) || names.includes(id));
  const kinds = drawn.kinds.map((kind) => choice[kind % choice.length]!);
  if (kinds.length === 0) return [];
  return drawn.entries.flatMap(({ kind, atPermille, seed }, index) => {
    const fault = kinds[kind % kinds.length]!;
    const aimed = fault.aim((what, below) => keyedUint32(seed, what, 0) % below, shape, parts);
    if (aimed === null) return [];
    const atMs = startMs + Math.floor(((healMs - startMs) * atPermille) / 1000);
    const lastsMs = fault.lastsMsMax === 0 ? 0 : 1 + (keyedUint32(seed, 'lasts', 0) % fault.lastsMsMax);
    return [
      {
        id: `f${index + 1}`,
        atMs,
        do: 'fault',
        fault: fault.name,
        untilMs: Math.min(healMs, atMs + lastsMs),
        target: aimed.target,
        parameters: aimed.parameters,
        when: aimed.when ?? null,
      } as const,
    ];
  });
}

const compareEntries = (a: TimelineEntry, b: TimelineEntry): number =>
  a.atMs - b.atMs || (a.id < b.id ? -1 : 1);

export function plans(options: PlanOptions = {}): fc.Arbitrary<Plan> {
  return fc
    .record({
      seed: fc.nat(0x7fffffff),
      shape: shapes,
      knobs,
      apps: applications,
      clients: clientDraws,
      requests: requestDraws,
      operations: operationDraws,
      faults: faultDraws,
      strategy: strategyDraws,
    })
    .map((drawn) => {
      const { apps } = drawn;
      const used = namespaces.filter((name) => apps.some(({ namespace }) => namespace === name));
      const objects: readonly PlannedObject[] = [
        classObject,
        ...used.map(namespaceObject),
        ...apps.flatMap(objectsOf),
      ];
      const clients = clientsOf(drawn.clients, drawn.shape.gateways);
      const strategy: TieBreak =
        options.strategy === 'pct' ? { name: 'pct', ...drawn.strategy } : { name: 'uniform' };
      const timeline = [
        ...requestsOf(
          drawn.requests,
          clients,
          apps,
          { fromMs: startMs, toMs: lastRequestMs },
          drawn.knobs.segmentBytesMax,
        ),
        ...operationEntries(drawn.operations, apps),
        ...faultEntries(drawn.faults, drawn.shape, { objects, clients, knobs: drawn.knobs }, options.faults),
      ].sort(compareEntries);
      return {
        version: planVersion,
        seed: drawn.seed,
        strategy,
        world: drawn.shape,
        knobs: drawn.knobs,
        objects,
        clients,
        timeline,
        healMs,
        endMs,
      };
    });
}

/** The plan number `index` under `seed`: the same on every machine and in every process. */
export function planAt(seed: number, index: number, options: PlanOptions = {}): Plan {
  const [plan] = fc.sample(plans(options), { seed: keyedUint32(seed, 'plan', index) | 0, numRuns: 1 });
  return plan!;
}
