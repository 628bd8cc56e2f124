// Random plans: a fast-check arbitrary, and the plan of one index under one seed, which is a function of the two alone.
import fc from 'fast-check';
import { keyedUint32 } from '../../../src/base/prng.ts';
import type { TieBreak } from '../../scheduler/scheduler.ts';
import { recoverMs } from '../bounds.ts';
import type { OperateEntry, Plan, PlannedObject, TimelineEntry } from '../plan.ts';
import { planVersion } from '../plan.ts';
import { type Application, classIn, namespaceObject, objectsOf } from './application.ts';
import { faultDraws, faultEntries } from './faults.ts';
import {
  applications,
  balancings,
  clientKnobs,
  knobs as knobDraws,
  namespaces,
  outsides,
  recoveryKnobs,
  shapes,
  zoneDraws,
} from './ingredients.ts';
import { operationNames, operationsOf } from './operations.ts';
import { clientDraws, clientsOf, happeningsOf, requestDraws, requestsOf } from './requests.ts';

/** Pods are up and everybody has a config by then. */
const startMs = 6_000;
const healMs = 16_000;
const lastRequestMs = 26_000;
/** Quiet that is left when everything must have recovered. */
const restMs = 5_000;

/** One world in so many has gateways that keep their config; drawn apart, so that no other draw is another for it. */
/** Seconds that Services want pods to take that are new among others. */
const slowStarts = [0, 0, 0, 0, 0, 2, 5] as const;
const keepsConfigEvery = 3;

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

export const strategyDraws = fc.record({
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
    const other = apps[(application + 1) % apps.length]!;
    const timed = operationsOf(name, app, draw, pauseMs, other);
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

export const compareEntries = (a: TimelineEntry, b: TimelineEntry): number =>
  a.atMs - b.atMs || (a.id < b.id ? -1 : 1);

export function strategyOf(
  name: PlanOptions['strategy'],
  drawn: { readonly gridUs: number; readonly changePoints: readonly number[] },
): TieBreak {
  return name === 'pct' ? { name, ...drawn } : { name: 'uniform' };
}

/** An ExternalName has no ports of its own that an Ingress could speak of by name. */
function withName(app: Application, isOutside: boolean): Application {
  return isOutside ? { ...app, isOutside, namesPort: false } : app;
}

export function plans(options: PlanOptions = {}): fc.Arbitrary<Plan> {
  return fc
    .record({
      seed: fc.nat(0x7fffffff),
      shape: shapes,
      knobs: knobDraws,
      apps: applications,
      clients: clientDraws,
      requests: requestDraws,
      operations: operationDraws,
      faults: faultDraws,
      strategy: strategyDraws,
      balancings,
      clientKnobs,
      outsides,
      recoveryKnobs,
      zones: zoneDraws,
    })
    .map((drawn) => {
      const { gatewayZone, distributions } = drawn.zones;
      const apps = drawn.apps.map((app, index) => {
        const trafficDistribution = gatewayZone === '' ? '' : distributions[index]!;
        const slowStartSeconds = slowStarts[keyedUint32(drawn.seed, 'slowStart', index) % slowStarts.length]!;
        const balancing = drawn.balancings[index]!;
        const whole = { ...app, balancing, trafficDistribution, slowStartSeconds } as Application;
        return withName(whole, drawn.outsides[index]!);
      });
      const keepsConfig = keyedUint32(drawn.seed, 'keepsConfig', 0) % keepsConfigEvery === 0;
      const knobs = {
        ...drawn.knobs,
        ...drawn.clientKnobs,
        ...drawn.recoveryKnobs,
        keepsConfig,
        gatewayZone,
      };
      const used = namespaces.filter((name) => apps.some(({ namespace }) => namespace === name));
      const objects: readonly PlannedObject[] = [
        classIn(gatewayZone),
        ...used.map(namespaceObject),
        ...apps.flatMap(objectsOf),
      ];
      const clients = clientsOf(drawn.clients, drawn.shape.gateways);
      const strategy = strategyOf(options.strategy, drawn.strategy);
      const operations = operationEntries(drawn.operations, apps);
      const faults = faultEntries(
        drawn.faults,
        drawn.shape,
        { objects, clients, knobs, operations },
        { fromMs: startMs, healMs },
        options.faults,
      );
      const requests = requestsOf(
        drawn.requests,
        clients,
        apps,
        happeningsOf(faults, operations),
        { fromMs: startMs, toMs: lastRequestMs },
        knobs.segmentBytesMax,
      );
      const timeline = [...requests, ...operations, ...faults].sort(compareEntries);
      return {
        version: planVersion,
        seed: drawn.seed,
        strategy,
        world: drawn.shape,
        knobs,
        objects,
        clients,
        timeline,
        healMs,
        endMs: healMs + recoverMs({ knobs, strategy }) + restMs,
      };
    });
}
