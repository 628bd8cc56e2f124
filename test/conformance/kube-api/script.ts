// The script: fast-check's commands, drawn with a fixed seed. The same list for every cluster.
import fc from 'fast-check';
import { deleting } from './deleting.ts';
import { type KindName, kindNames } from './model.ts';
import type { Draw, Operation } from './operation.ts';
import { reading } from './reading.ts';
import { writing } from './writing.ts';

export type ScriptStep =
  | { readonly operation: Operation; readonly draw: Draw }
  | { readonly watch: KindName; readonly color: string; readonly mark: number };

const colors = ['red', 'green', 'blue'] as const;

const draws: fc.Arbitrary<Draw> = fc.record({
  kind: fc.constantFrom(...kindNames),
  name: fc.constantFrom('alpha', 'beta', 'gamma'),
  color: fc.constantFrom(...colors),
  value: fc.integer({ min: 0, max: 3 }),
  choice: fc.integer({ min: 0, max: 9 }),
});

const operations: fc.Arbitrary<ScriptStep> = fc.oneof(
  ...[...writing, ...reading, ...deleting].map((operation) => ({
    weight: operation.weight,
    arbitrary: draws.map((draw) => ({ operation, draw })),
  })),
);

const watches: fc.Arbitrary<ScriptStep> = fc.record({
  watch: fc.constantFrom(...kindNames),
  color: fc.constantFrom('', ...colors),
  mark: fc.nat({ max: 1_000 }),
});

/** A step for fast-check: it says itself whether it fits, and what it does. */
export interface Runner {
  fits(step: ScriptStep): boolean;
  run(step: ScriptStep): Promise<void>;
}

class StepCommand implements fc.AsyncCommand<Runner, Runner> {
  readonly step: ScriptStep;
  constructor(step: ScriptStep) {
    this.step = step;
  }
  check(runner: Readonly<Runner>): boolean {
    return runner.fits(this.step);
  }
  run(_model: Runner, runner: Runner): Promise<void> {
    return runner.run(this.step);
  }
}

export const seed = 20261127;
const steps = 400;

export function scriptCommands(): Iterable<fc.AsyncCommand<Runner, Runner>> {
  const step = fc.oneof({ weight: 25, arbitrary: operations }, { weight: 1, arbitrary: watches });
  const commands = fc.commands([step.map((one) => new StepCommand(one))], {
    maxCommands: steps,
    size: 'max',
  });
  // Of several scripts the longest: their lengths are drawn too.
  const drawn = fc.sample(commands, { seed, numRuns: 20 }).map((one) => [...one]);
  return drawn.reduce((longest, one) => (one.length > longest.length ? one : longest));
}
