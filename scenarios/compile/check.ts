// Checks a case without running it: files that it names, objects that it speaks of, faults and what they are aimed at.
import { parseObjectName } from '../language/kinds.ts';
import { hint } from '../language/nearest.ts';
import type { ScenarioCase } from '../language/parse.ts';
import type { Placed } from '../language/reading.ts';
import type { StepSpec } from '../language/step-shapes.ts';
import { aimFault } from './fault-entry.ts';
import { readCopies, readObjects } from './objects.ts';
import type { Surroundings } from './surroundings.ts';
import { compileWorld } from './world.ts';

interface Check {
  readonly file: string;
  readonly one: ScenarioCase;
  readonly surroundings: Surroundings;
  /** Objects that there are at some time, by 'resource namespace/name'. */
  readonly known: Set<string>;
}

const idOf = (resource: string, namespace: string, name: string): string =>
  `${resource} ${namespace === '' ? '' : `${namespace}/`}${name}`;

function takeFile(
  { file, one, surroundings, known }: Check,
  name: Placed<string>,
  count: number | null,
): void {
  const text = surroundings.readText(file, name.value);
  if (text === null) {
    one.complain(name.at, `there is no file ${name.value} beside the scenario or in a folder above it`);
    return;
  }
  const read =
    count === null
      ? readObjects(text, one.values, surroundings)
      : readCopies(text, count, one.values, surroundings);
  if (!read.ok) one.complain(name.at, read.error);
  else for (const { id } of read.value) known.add(id);
}

function mention({ one, known }: Check, key: Placed<string>): void {
  const name = parseObjectName(key.value);
  if (typeof name === 'string') one.complain(key.at, name);
  else if (!known.has(idOf(name.resource, name.namespace, name.name))) {
    const same = [...known]
      .filter((id) => id.startsWith(`${name.resource} `))
      .map((id) => id.slice(id.lastIndexOf('/') + 1));
    one.complain(key.at, `there is no ${key.value} in this scenario${hint(name.name, same)}`);
  }
}

function checkStep(check: Check, step: StepSpec): void {
  switch (step.key) {
    case 'set':
    case 'scale':
    case 'rollout':
    case 'patch':
      for (const { key } of step.value) mention(check, key);
      return;
    case 'apply':
    case 'delete':
      for (const item of step.value)
        if ('count' in item) takeFile(check, item.file, item.count);
        else if (/\.(ya?ml|json)$/.test(item.value)) takeFile(check, item, null);
        else mention(check, item);
      return;
    case 'start':
    case 'stop': {
      const names = check.one.spec.clients.map(({ key }) => key.value);
      for (const name of step.value)
        if (!names.includes(name))
          check.one.complain(step.at, `there are no clients '${name}'${hint(name, names)}`);
      return;
    }
    case 'repeat':
      for (const inner of step.value.steps) checkStep(check, inner);
      return;
    default:
  }
}

function faultsOf(steps: readonly StepSpec[]): readonly Extract<StepSpec, { readonly key: 'fault' }>[] {
  return steps.flatMap((step) =>
    step.key === 'fault' ? [step] : step.key === 'repeat' ? faultsOf(step.value.steps) : [],
  );
}

export function checkCase(file: string, one: ScenarioCase, surroundings: Surroundings): void {
  const compiled = compileWorld(file, one, surroundings);
  if (compiled === null) return;
  const { objects, shape, knobs } = compiled;
  const check: Check = { file, one, surroundings, known: new Set(objects.map(({ id }) => id)) };
  for (const step of one.spec.steps) checkStep(check, step);
  for (const { value } of faultsOf(one.spec.steps))
    aimFault(value, shape, { objects, knobs, clients: [], operations: [] }, 1, one.complain);
}
