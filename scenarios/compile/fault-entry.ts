// A fault by the words of a scenario, aimed as the simulator's plans have it. What the scenario leaves open is drawn, keyed
// by the run's seed, so that repeats try different figures.

import type { AimedFault, AimedPlan } from '../../sim/faults/fault.ts';
import type { FaultEntry, WorldShape } from '../../sim/history/plan.ts';
import { keyedUint32 } from '../../src/base/prng.ts';
import type { FaultSpec } from '../language/fault-shape.ts';
import { kindWords, parseObjectName } from '../language/kinds.ts';
import { hint } from '../language/nearest.ts';
import { parseDuration, parseSize } from '../language/units.ts';

export type AimedEntry = Pick<FaultEntry, 'fault' | 'target' | 'parameters' | 'when'> & {
  /** How long it lasts where nothing ends it before; 0 = at once. */
  readonly lastsMs: number;
};

/** However long somebody wants it; worlds have to recover. */
export const lastsMsMax = 60_000;

const plurals: ReadonlyMap<string, string> = new Map(
  Object.entries(kindWords).map(([word, { resource }]) => [
    word === 'ingress' || word === 'ingressclass' ? `${word}es` : `${word}s`,
    resource,
  ]),
);

/** 'gateway-1/worker-0' of 'proxy-1/worker-1'; null where it is none. */
export function hostOf(text: string, shape: WorldShape): string | null {
  const proxy = /^proxy-([1-9])(?:\/worker-([1-9]))?$/.exec(text);
  if (proxy !== null)
    return `gateway-${proxy[1]}${proxy[2] === undefined ? '' : `/worker-${Number(proxy[2]) - 1}`}`;
  const controller = /^controller(?:-([1-9]))?$/.exec(text);
  if (controller === null) return null;
  const number = controller[1] ?? '1';
  return shape.mode === 'combined' ? `gateway-${number}` : `controller-${number}`;
}

function targetOf(text: string, aimed: AimedFault | null, shape: WorldShape): string | { error: string } {
  if (text === 'any') return aimed?.target ?? { error: 'this fault has to be aimed at something' };
  if (text === 'all') return '';
  const host = hostOf(text, shape);
  if (host !== null) {
    // What happens to a worker would happen to a whole process otherwise, and nobody starts that again.
    if (aimed?.target.includes('/worker-') === true && !host.includes('/'))
      return { error: `has to be aimed at a worker, as in '${text}/worker-1'` };
    return host;
  }
  const resource = plurals.get(text);
  if (resource !== undefined) return resource;
  if (!text.includes('/')) return text;
  const object = parseObjectName(text);
  if (typeof object === 'string') return { error: object };
  const place = `${object.namespace}/${object.name}`;
  // Faults of objects name them with their resource, those of applications by their Deployment alone.
  return aimed?.target.includes(' ') === true ? `${object.resource} ${place}` : place;
}

type Figure = string | number | boolean;

/** 'lagMs' of 'lag', 'everyMs' of 'every', 'pods' of 'pods'. */
function parameterOf(word: string, known: readonly string[]): string | null {
  const camel = word.replace(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
  return known.find((name) => name === camel || name.replace(/(Ms|Bytes|Seconds)$/, '') === camel) ?? null;
}

function figureOf(name: string, given: Figure): Figure {
  if (name.endsWith('Ms')) return parseDuration(given) ?? given;
  return /[bB]ytes/.test(name) ? (parseSize(given) ?? given) : given;
}

const wordOf = (name: string): string =>
  name.replace(/(Ms|Seconds)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a world of this kind could have of the fault, over several draws. */
function knownParameters(spec: FaultSpec, shape: WorldShape, plan: AimedPlan): readonly string[] {
  const names = new Set<string>();
  for (let draw = 0; draw < 12; draw++) {
    const aimed = spec.found.fault.aim((what, below) => keyedUint32(draw, what, 0) % below, shape, plan);
    for (const name of Object.keys(aimed?.parameters ?? {})) names.add(name);
  }
  return [...names];
}

/** Complains and answers null where the world has nothing to aim at, or a figure is not known. */
export function aimFault(
  spec: FaultSpec,
  shape: WorldShape,
  plan: AimedPlan,
  seed: number,
  complain: (at: number, message: string) => void,
): AimedEntry | null {
  const { fault, alias } = spec.found;
  const aimed = fault.aim((what, below) => keyedUint32(seed, `${spec.at} ${what}`, 0) % below, shape, plan);
  const target = targetOf(spec.target, aimed, shape);
  if (typeof target !== 'string') {
    complain(spec.at, `${spec.word}: ${target.error}`);
    return null;
  }
  if (fault.name === 'crash-controller' && shape.mode === 'combined') {
    complain(
      spec.at,
      `${spec.word} needs controllers of their own: world.mode is combined (or use controller-error)`,
    );
    return null;
  }
  const known = knownParameters(spec, shape, plan);
  const parameters: Record<string, Figure> = { ...aimed?.parameters, ...alias?.given };
  for (const [word, { value, at }] of spec.figures) {
    const name = alias?.parameters?.[word] ?? parameterOf(word, known);
    if (name === null) {
      complain(at, `${spec.word} has no figure '${word}'${hint(word, known.map(wordOf))}`);
      return null;
    }
    parameters[name] = figureOf(name, value);
  }
  const lastsMs = fault.lastsMsMax === 0 ? 0 : Math.min(lastsMsMax, spec.forMs ?? fault.lastsMsMax);
  const host = spec.target === 'any' ? target : (hostOf(spec.target, shape) ?? target);
  const when = spec.atWrite === null ? null : { host, index: spec.atWrite, point: spec.point };
  return { fault: fault.name, target, parameters, when, lastsMs };
}
