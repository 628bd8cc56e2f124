// `tidegate replay`: the run of a trace again. On the same build it must be the same run to the last event; on another build
// the question is whether the plan still fails.
import { availableParallelism } from 'node:os';
import type { Trace } from '../../sim/trace/format.ts';
import type { Outcome, Replay } from '../../sim/trace/replay.ts';
import type { Command, CommandInput } from './command.ts';
import {
  CommandError,
  exitInconclusive,
  exitInternal,
  exitOk,
  exitProblems,
  exitUsage,
} from './exit-codes.ts';
import { buildIdentity } from './simulate/build.ts';
import { readDefinitions } from './simulate/definitions.ts';
import { explain } from './simulate/explain.ts';
import { replayOnLocal } from './simulate/live-replay.ts';
import { backendOption, canaryOption, countOption } from './simulate/options.ts';
import { createPool } from './simulate/pool.ts';
import { readTraceFile } from './simulate/trace-files.ts';

interface Told {
  readonly answer: 'REPRODUCED' | 'DIVERGED' | Outcome['answer'];
  readonly exitCode: number;
  /** Sentences for people, one a line. */
  readonly details: readonly string[];
}

const exitCodes: Readonly<Record<Outcome['answer'], number>> = {
  FIXED: exitOk,
  'STILL FAILS': exitProblems,
  CHANGED: exitProblems,
  'NOT REACHED': exitInconclusive,
};

function detailOf(outcome: Outcome, { property }: Trace['manifest']): string {
  switch (outcome.answer) {
    case 'FIXED':
      return `the plan no longer violates ${property}, though it came as far as it did then`;
    case 'STILL FAILS':
      return `${property}: ${outcome.message}`;
    case 'CHANGED':
      return `no longer ${property}, but ${outcome.property}: ${outcome.message}`;
    case 'NOT REACHED':
      return `nothing is violated, which proves nothing: ${outcome.reason}`;
  }
}

async function tellSameBuild(trace: Trace, { divergence, hash, events, verdict }: Replay): Promise<Told> {
  const { describeLine } = await import('../../sim/trace/replay.ts');
  if (divergence !== null)
    return {
      answer: 'DIVERGED',
      exitCode: exitInternal,
      details: [
        `at event ${divergence.event}, though the build is the same; this is a defect of the simulator`,
        `trace:  ${describeLine(divergence.traced)}`,
        `replay: ${describeLine(divergence.replayed)}`,
      ],
    };
  const isSame = hash === trace.end.hash && JSON.stringify(verdict) === JSON.stringify(trace.verdict);
  if (!isSame)
    return {
      answer: 'DIVERGED',
      exitCode: exitInternal,
      details: [`after the last event: hash ${trace.end.hash} in the trace, ${hash} now, or another verdict`],
    };
  const { property, message } = trace.manifest;
  return {
    answer: 'REPRODUCED',
    exitCode: exitProblems,
    details: [
      `the same ${events} events, the same hash ${hash}, the same verdict`,
      `${property}: ${message}`,
    ],
  };
}

async function tellOtherBuild(trace: Trace, run: () => Promise<Replay>): Promise<Told> {
  const { classify, unknownFaults } = await import('../../sim/trace/replay.ts');
  const unknown = unknownFaults(trace);
  const outcome: Outcome =
    unknown.length > 0
      ? { answer: 'NOT REACHED', reason: `this build has no fault ${unknown.join(', ')}` }
      : classify(trace, (await run()).verdict);
  const { node, product, build } = trace.manifest;
  const from =
    trace.manifest.det === false
      ? `in virtual time, what real processes did (tidegate ${product}, node ${node}, ${build})`
      : `another build than that of the trace (tidegate ${product}, node ${node}, ${build})`;
  return {
    answer: outcome.answer,
    exitCode: exitCodes[outcome.answer],
    details: [from, detailOf(outcome, trace.manifest)],
  };
}

const repeatMax = 1_000;

async function run(input: CommandInput): Promise<number> {
  const [path, ...surplus] = input.positionals;
  if (path === undefined || surplus.length > 0)
    throw new CommandError(exitUsage, "give one trace; see 'tidegate replay --help'");
  const canary = await canaryOption(input);
  const trace = await readTraceFile(path);
  const repeat = countOption(input, 'repeat', 1, repeatMax);
  if (backendOption(input) === 'local')
    return replayOnLocal(trace, {
      repeat: repeat ?? 1,
      jobs: availableParallelism(),
      canary,
      json: input.options['json'] === true,
    });
  if (repeat !== null) throw new CommandError(exitUsage, '--repeat goes with --on local');
  // What real processes did is not the same run again, on whatever build.
  const isSameBuild =
    trace.manifest.det !== false &&
    trace.manifest.build === buildIdentity(canary) &&
    trace.manifest.node === process.versions.node;
  const pool = createPool({ jobs: 1, crds: readDefinitions(), canary });
  const replay = (): Promise<Replay> =>
    pool.run({ do: 'replay', trace: { plan: trace.plan, run: trace.run } });
  const told = isSameBuild ? await tellSameBuild(trace, await replay()) : await tellOtherBuild(trace, replay);
  const explains = input.options['explain'] === true && told.exitCode === exitProblems;
  const more = explains ? await explain(pool, trace) : [];
  await pool.close();
  if (input.options['json'] === true)
    process.stdout.write(
      `${JSON.stringify({ answer: told.answer, sameBuild: isSameBuild, details: told.details, explanation: more })}\n`,
    );
  else {
    const lines = [told.answer, ...told.details.map((line) => `  ${line}`), ...more];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return told.exitCode;
}

export const command: Command = {
  name: 'replay',
  summary: 'the run of a trace again: the same events, or what another build makes of its plan',
  usage: 'TRACE',
  options: {
    on: {
      type: 'string',
      value: 'BACKEND',
      default: 'sim',
      help: 'sim, or local: the portable steps of its plan with real processes (in a clone)',
    },
    repeat: { type: 'string', value: 'N', help: 'on local: so many runs; absent: one' },
    explain: {
      type: 'boolean',
      default: false,
      help: 'also which entries and times it takes, and what led there',
    },
    canary: {
      type: 'string',
      value: 'NAME',
      help: 'with the defect that the trace was made with (only in a clone)',
    },
    json: { type: 'boolean', default: false, help: 'print one JSON object' },
  },
  examples: [
    [
      'tidegate replay .tidegate/traces/P12-seed-1-index-12.jsonl.gz',
      'exit 1: REPRODUCED, STILL FAILS or CHANGED; 0: FIXED; 2: NOT REACHED; 70: DIVERGED',
    ],
    [
      'tidegate replay trace.jsonl.gz --on local --repeat 5',
      'prints "reproduced 4 of 5"; exit 1: at least once, 2: not once',
    ],
  ],
  run,
};
