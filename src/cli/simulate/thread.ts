// The entry of a simulation thread or process: does one task at a time, synchronously in virtual time, or as time goes by.
import { parentPort, workerData } from 'node:worker_threads';
import type { CampaignSurroundings } from '../../../sim/history/campaign.ts';
import type { HistoryReport } from '../../../sim/history/report.ts';
import type { Recorder } from '../../../sim/scheduler/scheduler.ts';
import { plantCanary } from './canary-hook.ts';
import { livePlans, liveScenarios, simulatedScenarios } from './scenario-thread.ts';
import { underSentinel } from './sentinel.ts';
import type { Task, TaskResults, ThreadReply, ThreadRequest, ThreadStart, UnitsTask } from './task.ts';

type Result = TaskResults[keyof TaskResults];
type Perform = (task: Task) => Result | Promise<Result>;

function collectingRecorder(): Recorder {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('garbage can only be collected under --expose-gc');
  return { event() {}, observation() {}, checkpoint: () => gc() };
}

async function prepare({ crds, canary, forcesGc, scenarios }: ThreadStart): Promise<Perform> {
  const planted = canary === null || scenarios === 'local' ? null : await plantCanary(canary);
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
  const runScenario =
    scenarios === null
      ? null
      : scenarios === 'sim'
        ? await simulatedScenarios(crds, surroundings)
        : await liveScenarios(crds, canary, interrupt.signal);
  const hostPlan = scenarios === 'local' ? await livePlans(crds, canary, interrupt.signal) : null;
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
      case 'host':
        return hostPlan!(task);
      case 'record':
        return recordUnit(task.options, task.unit, surroundings);
    }
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function answer(perform: Perform, task: Task): Promise<ThreadReply> {
  try {
    return { ok: true, result: await perform(task) };
  } catch (error) {
    return { ok: false, error: textOf(error) };
  }
}

/** Of the whole thread: who interrupts it wants nothing more of it. */
const interrupt = new AbortController();

async function obey(
  perform: Perform,
  { task }: ThreadRequest,
  reply: (answer: ThreadReply) => void,
): Promise<void> {
  if (task === 'interrupt') interrupt.abort();
  else reply(await answer(perform, task));
}

if (parentPort !== null) {
  const port = parentPort;
  const perform = await prepare(workerData as ThreadStart);
  port.on('message', (request: ThreadRequest) => {
    void obey(perform, request, (reply) => port.postMessage(reply));
  });
} else if (process.send !== undefined) {
  let prepared: Promise<Perform> | null = null;
  process.on('message', async (message) => {
    if (prepared === null) prepared = prepare(message as ThreadStart);
    else await obey(await prepared, message as ThreadRequest, (reply) => process.send!(reply));
  });
} else throw new Error('this is not a program: `tidegate simulate` starts it');
