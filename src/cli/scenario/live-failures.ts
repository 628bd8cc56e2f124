// What is done with a scenario that failed on a live backend: its trace and its page are kept. Nothing is shrunk, as every
// run would take its time; `replay --on local --repeat N` tells how often it happens again.

import { join } from 'node:path';
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { Canary } from '../../../sim/canaries/canary.ts';
import { sha256Hex } from '../../base/hash.ts';
import { writeOutput } from '../output-file.ts';
import { failuresFolder, readTraceFile, writeTraceFile } from '../simulate/trace-files.ts';
import { failuresMax, rerunLine, type ScenarioFailure, storyLinesMax } from './failures.ts';

export type Traces = ReadonlyMap<ScenarioRun, readonly string[]>;

async function keep(
  run: ScenarioRun,
  lines: readonly string[],
  canary: Canary | null,
  where: string,
): Promise<ScenarioFailure> {
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  const { witnessRows } = await import('../../../sim/trace/explain.ts');
  const { toPage } = await import('../../../sim/trace/view/page.ts');
  const { file, name, label, seed, backend, violations } = run;
  const { property, message } = violations[0]!;
  const handle = sha256Hex(lines.join('\n')).slice(0, 8);
  const trace = join(failuresFolder, `${handle}.jsonl.gz`);
  writeTraceFile(trace, lines);
  const read = await readTraceFile(trace);
  const view = join(failuresFolder, `${handle}.html`);
  writeOutput(view, toPage(read));
  const rows = witnessRows(read).slice(-storyLinesMax);
  return {
    backend,
    file,
    name,
    label,
    seed,
    handle,
    property,
    propertyName: findProperty(property)?.name ?? 'a promise of the scenario',
    message,
    story: rows.map((row, index) => `${String(index + 1).padStart(2)}  ${row}`),
    confirmed: null,
    // Nothing can be tried again in the same way; of what always holds it is known.
    cause: property.startsWith('P') ? 'TIDEGATE' : '',
    shrunk: '',
    trace,
    // A plan is re-hosted on real processes; of a cluster it can be run in virtual time.
    replay: `npx tidegate replay ${handle}${backend === 'local' ? ' --on local --repeat 5' : ''}${canary === null ? '' : ` --canary ${canary.name}`}`,
    rerun: `${rerunLine(run, canary)}${where}`,
    view,
  };
}

/** Of each scenario the first run that failed. `where`: options that say on which cluster, for who wants to run it again. */
export async function keepLiveFailures(
  results: readonly ScenarioResult[],
  traces: Traces,
  canary: Canary | null,
  where: string,
): Promise<readonly ScenarioFailure[]> {
  const failed = results.flatMap(({ runs }) => {
    const first = runs.find((run) => traces.has(run));
    return first === undefined ? [] : [first];
  });
  const failures: ScenarioFailure[] = [];
  for (const run of failed.slice(0, failuresMax))
    failures.push(await keep(run, traces.get(run)!, canary, where));
  return failures;
}
