// The backend `k3s`: any cluster whose API is at hand. That the cluster is a k3s in a container is the business of container.ts
// alone.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { defaultKnobs, type Knobs } from '../../../sim/history/plan.ts';
import type { CompiledWorld } from '../../compile/world.ts';
import { figureKnobs } from '../../language/world-shape.ts';
import type { LiveBackend, Recorded } from '../backend.ts';
import type { Api } from './api.ts';
import type { GateSide } from './api-gates.ts';
import { cannot } from './faults.ts';
import type { ManifestsOf } from './proxies.ts';
import type { Reach } from './reach.ts';
import { openWorld } from './world.ts';

const recorded: readonly (keyof Evidence)[] = [
  'requests',
  'receipts',
  'store',
  'lives',
  'faults',
  'expectations',
  'sometimes',
];
export const records: Recorded = new Set(recorded);

/** A node is lost here by its pods, not by its silence, so nobody waits for it; and processes take what they take to start. */
const idle: ReadonlySet<string> = new Set(['nodeGraceMs', 'bootMs']);

function unsupportedWorld({ shape, knobs, objects }: CompiledWorld): string {
  if (shape.mode === 'split') return 'controllers of their own are not run in a cluster yet';
  const wide = objects.find(
    ({ resource }) =>
      resource.startsWith('kongclusterplugins.') || resource.startsWith('customresourcedefinitions.'),
  );
  if (wide !== undefined)
    return `${wide.object.kind} ${wide.object.metadata.name} would be everybody's in a cluster`;
  const set = Object.entries(figureKnobs).find(
    ([, knob]) => !idle.has(knob) && knobs[knob as keyof Knobs] !== defaultKnobs[knob as keyof Knobs],
  );
  return set === undefined ? '' : `the figure ${set[0]} cannot be set in a cluster`;
}

export interface ClusterOptions {
  readonly api: Api;
  readonly image: string;
  readonly reach: Reach;
  readonly manifestsOf: ManifestsOf;
  /** null: more than the namespaces of a run must not be touched. */
  readonly gate: GateSide | null;
  readonly keeps: boolean;
  readonly say: (sentence: string) => void;
  /** Another one for each world. */
  readonly nextRun: () => string;
}

export function clusterBackend(options: ClusterOptions): LiveBackend {
  const { nextRun, ...rest } = options;
  return {
    name: 'k3s',
    capabilities: {
      world: unsupportedWorld,
      fault: (fault, { shape }) => cannot(fault, shape, options.gate !== null),
      client: () => '',
      expectation: () => '',
    },
    records,
    leavesOut: new Map(),
    open: (world, given) => openWorld(world, { ...given, ...rest, run: nextRun() }),
  };
}
