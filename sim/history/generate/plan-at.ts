// The plan of one index under one seed: a function of the two alone, and of the user's manifests where there are some.
import fc from 'fast-check';
import { keyedUint32 } from '../../../src/base/prng.ts';
import type { Plan } from '../plan.ts';
import type { ManifestWorld } from './manifest-world.ts';
import { manifestPlans } from './manifests.ts';
import { type PlanOptions, plans } from './plan.ts';

export interface PlanSource extends PlanOptions {
  /** Histories around these manifests instead of random applications. */
  readonly manifests?: ManifestWorld;
}

/** The plan number `index` under `seed`: the same on every machine and in every process. */
export function planAt(seed: number, index: number, source: PlanSource = {}): Plan {
  const { manifests } = source;
  const arbitrary = manifests === undefined ? plans(source) : manifestPlans(manifests, source);
  const [plan] = fc.sample(arbitrary, { seed: keyedUint32(seed, 'plan', index) | 0, numRuns: 1 });
  return plan!;
}
