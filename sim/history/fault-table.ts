// The table "fault x phase x object kind": in which phase of a run a fault met something, and what changed meanwhile.
import type { Evidence, FaultRecord } from '../evidence/evidence.ts';
import type { Plan } from './plan.ts';

/**
 * A fault belongs to each phase that its time touches: a process of ours started less than two seconds before; the operator
 * changes something meanwhile, or did so less than a second before; neither; it lasts until everything heals.
 */
export const phases = ['starting', 'changing', 'steady', 'until-heal'] as const;
export type Phase = (typeof phases)[number];

/** Resource names as the store has them; 'nothing' where none of them changed meanwhile. */
export const objectKinds = [
  'ingresses.networking.k8s.io',
  'services',
  'endpointslices.discovery.k8s.io',
  'secrets',
  'kongplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'pods',
  'deployments.apps',
  'nothing',
] as const;
export type ObjectKind = (typeof objectKinds)[number];

const startingUs = 2_000_000;
const changingUs = 1_000_000;
/** What happens at once is looked at for so long. */
const aftermathUs = 1_000_000;

function phasesOf(record: FaultRecord, evidence: Evidence, plan: Plan): readonly Phase[] {
  const { fromUs, toUs } = record;
  const found: Phase[] = [];
  const starts = evidence.lives.some(
    ({ what, atUs }) => what === 'start' && atUs <= fromUs && atUs > fromUs - startingUs,
  );
  if (starts) found.push('starting');
  const changes = plan.timeline.some(
    ({ do: kind, atMs }) => kind === 'operate' && atMs * 1000 <= toUs && atMs * 1000 > fromUs - changingUs,
  );
  if (changes) found.push('changing');
  if (found.length === 0) found.push('steady');
  if (toUs > fromUs && toUs >= plan.healMs * 1000) found.push('until-heal');
  return found;
}

function kindsOf({ fromUs, toUs }: FaultRecord, evidence: Evidence): readonly ObjectKind[] {
  const endUs = Math.max(toUs, fromUs + aftermathUs);
  const touched = new Set<string>();
  for (const { resource, atUs } of evidence.store) if (atUs >= fromUs && atUs <= endUs) touched.add(resource);
  const found = objectKinds.filter((kind) => touched.has(kind));
  return found.length === 0 ? ['nothing'] : found;
}

export function cellName(fault: string, phase: Phase, kind: ObjectKind): string {
  return `${fault} ${phase} ${kind}`;
}

/** Cells that a history filled, each once per fault of its plan that met something. */
export function cellsOf(evidence: Evidence, plan: Plan): readonly string[] {
  return evidence.faults
    .filter(({ hits }) => hits > 0)
    .flatMap((record) =>
      phasesOf(record, evidence, plan).flatMap((phase) =>
        kindsOf(record, evidence).map((kind) => cellName(record.fault, phase, kind)),
      ),
    );
}

export interface FaultRow {
  readonly fault: string;
  readonly phase: Phase;
  /** By object kind: how often, or why it cannot be. */
  readonly cells: Readonly<Record<ObjectKind, number | string>>;
}

export interface TabledFault {
  readonly name: string;
  readonly lastsMsMax: number;
  readonly isChange?: true;
}

function impossible({ lastsMsMax, isChange }: TabledFault, phase: Phase, kind: ObjectKind): string | null {
  if (phase === 'until-heal' && lastsMsMax === 0) return 'it happens at once';
  return kind === 'nothing' && isChange === true ? 'it is a change itself' : null;
}

/** All rows of all faults, in their order; `counts` by cell name. */
export function faultTable(
  faults: readonly TabledFault[],
  counts: ReadonlyMap<string, number>,
): readonly FaultRow[] {
  return faults.flatMap((fault) =>
    phases.map((phase) => {
      const cells = objectKinds.map((kind): [ObjectKind, number | string] => {
        const count = counts.get(cellName(fault.name, phase, kind)) ?? 0;
        const reason = impossible(fault, phase, kind);
        return [kind, count === 0 && reason !== null ? reason : count];
      });
      return {
        fault: fault.name,
        phase,
        cells: Object.fromEntries(cells) as Record<ObjectKind, number | string>,
      };
    }),
  );
}
