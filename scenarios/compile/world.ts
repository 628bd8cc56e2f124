// The world that a scenario begins with, as the shape, the figures and the objects of a plan.
import { defaultKnobs, type Knobs, type PlannedObject, type WorldShape } from '../../sim/history/plan.ts';
import type { ScenarioCase } from '../language/parse.ts';
import { figureKnobs } from '../language/world-shape.ts';
import { readCopies, readObjects, withGround } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

export interface CompiledWorld {
  readonly shape: WorldShape;
  readonly knobs: Knobs;
  readonly objects: readonly PlannedObject[];
}

/** As long as two processes with their workers take on two cores; pods of the beginning are there before, as on other backends. */
const bootMs = 2_000;

function knobsOf({ spec }: ScenarioCase): Knobs {
  const knobs: Record<keyof Knobs, unknown> = { ...defaultKnobs, bootMs };
  for (const [word, value] of Object.entries(spec.world?.figures ?? {})) {
    if (value === undefined) continue;
    const knob = figureKnobs[word as keyof typeof figureKnobs];
    knobs[knob] = knob.endsWith('Us') ? Number(value) * 1000 : value;
  }
  return knobs as unknown as Knobs;
}

/** Complains where a file is missing or cannot be read; null then, and where there is none. */
export function compileWorld(
  file: string,
  one: ScenarioCase,
  surroundings: Surroundings,
): CompiledWorld | null {
  const { spec, values, complain } = one;
  if (spec.world === undefined) return null;
  const { use, apply, proxies, workers, mode, controllers, nodes } = spec.world;
  const objects: PlannedObject[] = [];
  let failed = false;
  const take = (name: string, at: number, count: number | null): void => {
    const text = surroundings.readText(file, name);
    const read =
      text === null
        ? {
            ok: false as const,
            error: `there is no file ${name} beside the scenario or in a folder above it`,
          }
        : count === null
          ? readObjects(text, values, surroundings)
          : readCopies(text, count, values, surroundings);
    if (read.ok) objects.push(...read.value);
    else {
      failed = true;
      complain(at, read.error);
    }
  };
  for (const { value, at } of use) take(`apps/${value}.yaml`, at, null);
  for (const item of apply)
    if ('count' in item) take(item.file.value, item.file.at, item.count);
    else take(item.value, item.at, null);
  if (failed) return null;
  const shape: WorldShape = {
    apiServers: spec.world['api-servers'],
    controllers,
    gateways: proxies,
    workers,
    mode,
    nodes,
  };
  return { shape, knobs: knobsOf(one), objects: withGround(objects) };
}
