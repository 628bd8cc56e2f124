// Runs a plan once more with everything written down.
import { sha256Hex } from '../../src/base/hash.ts';
import { violationsOf } from '../history/campaign.ts';
import { judge } from '../history/judge.ts';
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

export function verdictLine(history: History): VerdictLine {
  const verdict = judge(history);
  return {
    type: 'verdict',
    violations: violationsOf(verdict),
    premises: [...verdict.premises],
    faults: history.evidence.faults.map(({ id, fault, hits }) => [id, fault, hits]),
  };
}

function storeLines({ evidence }: History): readonly StoreLine[] {
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
    ...tellStory(plan, history.evidence).map(text),
    ...storeLines(history).map(text),
    text(verdictLine(history)),
  ];
  lines.push(text({ type: 'end', events: history.events, hash: history.hash, lines: lines.length }));
  return lines;
}
