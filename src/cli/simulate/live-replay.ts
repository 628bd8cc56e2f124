// `tidegate replay TRACE --on local --repeat N`: how often the plan of a trace fails in the same way with real processes, where
// no two runs are the same.
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { Trace } from '../../../sim/trace/format.ts';
import { CommandError, exitEnvironment, exitInconclusive, exitProblems } from '../exit-codes.ts';
import { canPlant } from './canary-hook.ts';
import { readDefinitions } from './definitions.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createPool } from './pool.ts';
import type { HostAnswer } from './task.ts';

export interface LiveReplayOptions {
  readonly repeat: number;
  readonly jobs: number;
  readonly canary: Canary | null;
  readonly json: boolean;
}

export function demandCloneForLocal(): void {
  if (!canPlant)
    throw new CommandError(
      exitEnvironment,
      'local needs a clone: it watches processes from inside by editing their TypeScript while it is loaded',
    );
}

export async function replayOnLocal(
  { plan, manifest }: Trace,
  { repeat, jobs, canary, json }: LiveReplayOptions,
): Promise<number> {
  demandCloneForLocal();
  const pool = createPool({
    jobs: Math.min(jobs, repeat),
    crds: readDefinitions(),
    canary,
    scenarios: 'local',
  });
  const interrupt = listenForInterrupt(() => pool.interrupt());
  const label = manifest.origin;
  const all = await Promise.all(
    Array.from({ length: repeat }, () => (interrupt.happened ? null : pool.run({ do: 'host', plan, label }))),
  );
  interrupt.endListening();
  await pool.close();
  const answers = all.filter((answer): answer is HostAnswer => answer !== null);
  const isSame = ({ report }: HostAnswer): boolean =>
    report.violations.some(({ property }) => property === manifest.property);
  const reproduced = answers.filter(isSame).length;
  const others = [
    ...new Set(
      answers.flatMap(({ report }) =>
        report.violations
          .filter(({ property }) => property !== manifest.property)
          .map(({ property, message }) => `${property}: ${message.split('\n', 1)[0]}`),
      ),
    ),
  ];
  const undecided = answers
    .filter((answer) => !isSame(answer) && answer.undecided !== '')
    .map((answer) => answer.undecided);
  const leftOut = answers[0]?.leftOut ?? [];
  const told = { reproduced, of: answers.length, property: manifest.property, others, undecided, leftOut };
  if (json) process.stdout.write(`${JSON.stringify(told)}\n`);
  else
    process.stdout.write(
      [
        `reproduced ${reproduced} of ${answers.length}`,
        `  ${manifest.property}: ${manifest.message.split('\n', 1)[0]}`,
        ...others.map((line) => `  also ${line}`),
        ...undecided.map((line) => `  undecided: ${line}`),
        ...leftOut.map((line) => `  left out: ${line}`),
        '',
      ].join('\n'),
    );
  if (reproduced > 0) return exitProblems;
  return interrupt.happened ? interrupt.exitCode : exitInconclusive;
}
