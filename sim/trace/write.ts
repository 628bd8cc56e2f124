// Runs a plan once more with everything written down.
import { sha256Hex } from '../../src/base/hash.ts';
import { violationsOf } from '../history/campaign.ts';
import { judge, type Verdict } from '../history/judge.ts';
import type { Plan } from '../history/plan.ts';
import type { FoundViolation } from '../history/report.ts';
import { type History, type RunSurroundings, runHistory } from '../history/run.ts';
import {
  type Manifest,
  type StoreLine,
  secretsNote,
  type TraceLine,
  traceFormat,
  type VerdictLine,
} from './format.ts';
import { masked } from './mask.ts';
import { recordRun } from './record.ts';
import { tellStory } from './story.ts';

/** What the writer cannot know by itself. */
export type ManifestHead = Pick<
  Manifest,
  'product' | 'node' | 'build' | 'canary' | 'promise' | 'origin' | 'entriesBefore' | 'shrinkRuns'
>;

export function planHash(plan: Plan): string {
  return sha256Hex(JSON.stringify(plan));
}

/** What came of a history, as its verdict line has it. */
export function verdictOf(history: Pick<History, 'evidence'>, verdict: Verdict): VerdictLine {
  return {
    type: 'verdict',
    violations: violationsOf(verdict),
    premises: [...verdict.premises],
    faults: history.evidence.faults.map(({ id, fault, hits }) => [id, fault, hits]),
  };
}

export const verdictLine = (history: History): VerdictLine => verdictOf(history, judge(history));

function storeLines({ evidence }: Pick<History, 'evidence'>): readonly StoreLine[] {
  return evidence.store.map(({ atUs, version, type, resource, object }) => ({
    type: 'store',
    at: atUs,
    version,
    change: type,
    resource,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    object: masked(object),
  }));
}

/** All lines of a trace but those of the run itself, which is empty where time was real. */
function wholeTrace(
  history: Pick<History, 'plan' | 'evidence' | 'events' | 'hash'>,
  violation: FoundViolation,
  head: ManifestHead & Pick<Manifest, 'det'>,
  run: readonly string[],
  verdict: VerdictLine,
): readonly string[] {
  const { plan, evidence, events, hash } = history;
  const manifest: Manifest = {
    type: 'manifest',
    format: traceFormat,
    ...head,
    property: violation.property,
    message: violation.message,
    signature: violation.signature,
    planHash: planHash(plan),
    note: secretsNote,
  };
  const text = (line: TraceLine): string => JSON.stringify(line);
  const lines = [
    text(manifest),
    text({ type: 'plan', plan }),
    ...run,
    ...tellStory(plan, evidence).map(text),
    ...storeLines(history).map(text),
    text(verdict),
  ];
  lines.push(text({ type: 'end', events, hash, lines: lines.length }));
  return lines;
}

/** Lines of the trace of `plan`, of which `violation` is what it is about. */
export function writeTrace(
  plan: Plan,
  violation: FoundViolation,
  head: ManifestHead,
  surroundings: RunSurroundings,
): readonly string[] {
  const run: string[] = [];
  const recorder = recordRun((line) => run.push(line));
  const history = runHistory(plan, { ...surroundings, recorder });
  return wholeTrace(history, violation, head, run, verdictLine(history));
}

/** The same of what real processes left behind. */
export function writeLiveTrace(
  left: Pick<History, 'plan' | 'evidence'>,
  violation: FoundViolation,
  head: ManifestHead,
  verdict: VerdictLine,
): readonly string[] {
  const history = { ...left, events: 0, hash: '' };
  return wholeTrace(history, violation, { ...head, det: false }, [], verdict);
}
