// The entry of a simulation thread or process: does one task at a time, each synchronously in virtual time.
import { parentPort, workerData } from 'node:worker_threads';
import type { CampaignSurroundings } from '../../../sim/history/campaign.ts';
import type { HistoryReport } from '../../../sim/history/report.ts';
import type { Recorder } from '../../../sim/scheduler/scheduler.ts';
import { plantCanary } from './canary-hook.ts';
import { underSentinel } from './sentinel.ts';
import type {
  ScenarioAnswer,
  ScenarioTask,
  Task,
  TaskResults,
  ThreadReply,
  ThreadRequest,
  ThreadStart,
  UnitsTask,
} from './task.ts';

type Perform = (task: Task) => TaskResults[keyof TaskResults];

function collectingRecorder(): Recorder {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('garbage can only be collected under --expose-gc');
  return { event() {}, observation() {}, checkpoint: () => gc() };
}

type RunScenario = (task: ScenarioTask) => ScenarioAnswer;

/** Loaded only where scenarios are run. */
async function scenarioRunner(
  crds: readonly unknown[],
  surroundings: CampaignSurroundings,
): Promise<RunScenario> {
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const { runOnSim } = await import('../../../scenarios/runner/sim/run.ts');
  const { kindNames } = await import('../../../sim/history/generate/kind-names.ts');
  const { readText } = await import('../scenario/files.ts');
  const around = { kinds: kindNames(crds), readText };
  return ({ file, text, settings, index, seed, keepsPlan }) => {
    const parsed = parseScenario(file, text, new Map(settings));
    const { complaints, cases } = parsed;
    const one = cases[index];
    const run =
      one === undefined ? null : runOnSim(parsed, one, { seed, keepsPlan }, around, surroundings, complaints);
    return { run, complaints };
  };
}

async function prepare({ crds, canary, forcesGc, scenarios }: ThreadStart): Promise<Perform> {
  const planted = canary === null ? null : await plantCanary(canary);
  const { judgePlan, recordUnit, runUnit } = await import('../../../sim/history/campaign.ts');
  const { writeTrace } = await import('../../../sim/trace/write.ts');
  const { replay } = await import('../../../sim/trace/replay.ts');
  if (planted?.isIn() === false)
    throw new Error(`canary ${canary?.name}: ${canary?.file} is not loaded by the simulator`);
  const surroundings: CampaignSurroundings = {
    crds: crds as CampaignSurroundings['crds'],
    guard: underSentinel,
    ...(forcesGc ? { recorder: collectingRecorder() } : {}),
  };
  const runScenario = scenarios ? await scenarioRunner(crds, surroundings) : null;
  const runUnits = ({ options, fromUnit, toUnit }: UnitsTask): readonly HistoryReport[] => {
    const reports: HistoryReport[] = [];
    for (let unit = fromUnit; unit < toUnit; unit++)
      try {
        reports.push(...runUnit(options, unit, surroundings));
      } catch (error) {
        throw new Error(`seed ${options.seed} index ${unit}: ${textOf(error)}`);
      }
    return reports;
  };
  return (task) => {
    switch (task.do) {
      case 'units':
        return runUnits(task);
      case 'judge':
        return judgePlan(task.plan, task.property, surroundings);
      case 'trace':
        return writeTrace(task.plan, task.violation, task.head, surroundings);
      case 'replay':
        return replay(task.trace, surroundings);
      case 'scenario':
        return runScenario!(task);
      case 'record':
        return recordUnit(task.options, task.unit, surroundings);
    }
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function answer(perform: Perform, { task }: ThreadRequest): ThreadReply {
  try {
    return { ok: true, result: perform(task) };
  } catch (error) {
    return { ok: false, error: textOf(error) };
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const perform = await prepare(workerData as ThreadStart);
  port.on('message', (request: ThreadRequest) => port.postMessage(answer(perform, request)));
} else if (process.send !== undefined) {
  let prepared: Promise<Perform> | null = null;
  process.on('message', async (message) => {
    if (prepared === null) prepared = prepare(message as ThreadStart);
    else process.send!(answer(await prepared, message as ThreadRequest));
  });
} else throw new Error('this is not a program: `tidegate simulate` starts it');
