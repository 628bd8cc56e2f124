// `tidegate shrink`: the smallest plan that still fails as the trace's does, as a new trace.
import type { FoundViolation } from '../../sim/history/report.ts';
import type { Trace } from '../../sim/trace/format.ts';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitInconclusive, exitOk, exitUsage } from './exit-codes.ts';
import { readDefinitions } from './simulate/definitions.ts';
import { shrinkPlan, writeTraceOf } from './simulate/failing.ts';
import { canaryOption, textOption } from './simulate/options.ts';
import { createPool, type Pool } from './simulate/pool.ts';
import { readTraceFile } from './simulate/trace-files.ts';

/** How the trace's plan fails on this build; null when it does not. */
async function violationNow(pool: Pool, { plan, manifest }: Trace): Promise<FoundViolation | null> {
  const { violations } = await pool.run({ do: 'judge', plan, property: manifest.property });
  return violations.find(({ signature }) => signature === manifest.signature) ?? violations[0] ?? null;
}

async function run(input: CommandInput): Promise<number> {
  const [path, ...more] = input.positionals;
  if (path === undefined || more.length > 0)
    throw new CommandError(exitUsage, "give one trace; see 'tidegate shrink --help'");
  const canary = await canaryOption(input);
  const trace = await readTraceFile(path);
  const out = textOption(input, 'out') ?? path.replace(/(\.shrunk)?(\.jsonl)?(\.gz)?$/, '.shrunk.jsonl.gz');
  const pool = createPool({ crds: readDefinitions(), canary });
  const violation = await violationNow(pool, trace);
  if (violation === null) {
    await pool.close();
    process.stdout.write(`${path}: its plan does not violate ${trace.manifest.property} on this build\n`);
    return exitInconclusive;
  }
  const shrunk = await shrinkPlan(pool, trace.plan, violation, () => undefined);
  const { origin, entriesBefore, shrinkRuns } = trace.manifest;
  const told = { label: origin, entriesBefore, shrinkRuns: shrinkRuns + shrunk.runs, canary };
  const replay = await writeTraceOf(pool, shrunk, told, out);
  await pool.close();
  process.stdout.write(
    `${trace.plan.timeline.length} entries before, ${shrunk.plan.timeline.length} now, after ${shrunk.runs} runs\n` +
      `  trace   ${out}\n  replay  ${replay}\n`,
  );
  return exitOk;
}

export const command: Command = {
  name: 'shrink',
  summary: 'the smallest plan that still fails as the one of a trace does',
  usage: 'TRACE',
  options: {
    canary: {
      type: 'string',
      value: 'NAME',
      help: 'with the defect that the trace was made with (only in a clone)',
    },
    out: {
      type: 'string',
      value: 'FILE',
      help: 'the new trace; absent: beside the old one, as .shrunk.jsonl.gz',
    },
  },
  examples: [['tidegate shrink failure.jsonl.gz', 'simulate does the same with what it finds']],
  run,
};
