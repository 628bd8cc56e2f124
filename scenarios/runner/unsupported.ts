// What a scenario asks for that a backend cannot do, found before anything is run.
import { compileExpectation } from '../compile/expectation.ts';
import { hostOf } from '../compile/fault-entry.ts';
import type { CompiledWorld } from '../compile/world.ts';
import { parseObjectName } from '../language/kinds.ts';
import type { ScenarioCase } from '../language/parse.ts';
import type { StepSpec } from '../language/step-shapes.ts';
import type { Capabilities } from './backend.ts';
import { restartFault, restartNames } from './restart.ts';
import { aimAt } from './stage.ts';

interface Asked {
  readonly one: ScenarioCase;
  readonly world: CompiledWorld;
  readonly seed: number;
  readonly can: Capabilities;
}

const silent = (): void => undefined;

function expectationReason(
  { can, world }: Asked,
  { value, at }: Extract<StepSpec, { key: 'expect' }>,
): string {
  // What was rolled out last matters to what is asked, not to who can ask it.
  const rolledOut = parseObjectName('deployment/any');
  const cluster = {
    list: () => [],
    proxies: world.shape.gateways,
    rolledOut: typeof rolledOut === 'string' ? null : rolledOut,
  };
  if (value.only !== undefined) return can.expectation('only');
  const compiled = compileExpectation(value, at, cluster, silent) ?? [];
  return firstOf(compiled, ({ expectation }) => can.expectation(expectation.kind));
}

function restartReason({ can, world }: Asked, names: readonly string[]): string {
  const processes = names
    .filter((name) => !name.startsWith('deployment/'))
    .flatMap((name) => restartNames(name, world.shape));
  return firstOf(processes, (name) => {
    const host = hostOf(name, world.shape);
    if (host === null) return '';
    const fault = restartFault(host, world.shape, name.startsWith('controller'));
    const why = can.fault(fault, world);
    return why === '' ? '' : `restart ${name}: ${why}`;
  });
}

function stepReason(asked: Asked, step: StepSpec): string {
  switch (step.key) {
    case 'fault': {
      const aimed = aimAt(step.value, asked.world, asked.seed, silent);
      const why = aimed === null ? '' : asked.can.fault(aimed, asked.world);
      return why === '' ? '' : `fault ${step.value.word}: ${why}`;
    }
    case 'restart':
      return restartReason(asked, step.value);
    case 'expect':
      return expectationReason(asked, step);
    case 'repeat':
      return firstOf(step.value.steps, (inner) => stepReason(asked, inner));
    default:
      return '';
  }
}

function firstOf<T>(items: readonly T[], reason: (item: T) => string): string {
  for (const item of items) {
    const why = reason(item);
    if (why !== '') return why;
  }
  return '';
}

/** The first thing that cannot be done; '' = all can. */
export function unsupportedIn(
  one: ScenarioCase,
  world: CompiledWorld,
  seed: number,
  can: Capabilities,
): string {
  const asked = { one, world, seed, can };
  return (
    can.world(world) ||
    firstOf(one.spec.clients, ({ value }) => can.client(value)) ||
    firstOf(one.spec.steps, (step) => stepReason(asked, step))
  );
}

/** Names of the faults that these steps begin. */
export function faultsIn(steps: readonly StepSpec[]): readonly string[] {
  return steps.flatMap((step): readonly string[] => {
    if (step.key === 'fault') return [step.value.found.fault.name];
    return step.key === 'repeat' ? faultsIn(step.value.steps) : [];
  });
}
