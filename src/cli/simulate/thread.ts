// The entry of a simulation thread: does one task at a time, each synchronously in virtual time.
import { parentPort, workerData } from 'node:worker_threads';
import type { CampaignSurroundings } from '../../../sim/history/campaign.ts';
import type { HistoryReport } from '../../../sim/history/report.ts';
import { plantCanary } from './canary-hook.ts';
import { underSentinel } from './sentinel.ts';
import type { Task, TaskResults, ThreadReply, ThreadRequest, ThreadStart, UnitsTask } from './task.ts';

if (parentPort === null) throw new Error('this is not a program: `tidegate simulate` starts it as a thread');
const port = parentPort;
const { crds, canary } = workerData as ThreadStart;
const planted = canary === null ? null : await plantCanary(canary);
const campaign = await import('../../../sim/history/campaign.ts');
const { writeTrace } = await import('../../../sim/trace/write.ts');
const { replay } = await import('../../../sim/trace/replay.ts');
if (planted?.isIn() === false)
  throw new Error(`canary ${canary?.name}: ${canary?.file} is not loaded by the simulator`);
const surroundings: CampaignSurroundings = {
  crds: crds as CampaignSurroundings['crds'],
  guard: underSentinel,
};

function runUnits(task: UnitsTask): readonly HistoryReport[] {
  const reports: HistoryReport[] = [];
  for (let unit = task.fromUnit; unit < task.toUnit; unit++)
    try {
      reports.push(...campaign.runUnit(task.options, unit, surroundings));
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`seed ${task.options.seed} index ${unit}: ${stack}`);
    }
  return reports;
}

function perform(task: Task): TaskResults[keyof TaskResults] {
  switch (task.do) {
    case 'units':
      return runUnits(task);
    case 'judge':
      return campaign.judgePlan(task.plan, task.property, surroundings);
    case 'trace':
      return writeTrace(task.plan, task.violation, task.head, surroundings);
    case 'replay':
      return replay(task.trace, surroundings);
  }
}

port.on('message', ({ id, task }: ThreadRequest) => {
  let reply: ThreadReply;
  try {
    reply = { id, ok: true, result: perform(task) };
  } catch (error) {
    reply = { id, ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(reply);
});
