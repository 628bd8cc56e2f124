// `tidegate trace`: a trace for people, as text, as a page, or for ui.perfetto.dev.

import type { Trace } from '../../sim/trace/format.ts';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitOk, exitUsage } from './exit-codes.ts';
import { writeOutput } from './output-file.ts';
import { textOption } from './simulate/options.ts';
import { readTraceFile } from './simulate/trace-files.ts';

type View = (trace: Trace, all: boolean) => Promise<string>;

const views: Readonly<Record<string, View>> = {
  show: async (trace, all) => (await import('../../sim/trace/view/text.ts')).showTrace(trace, all),
  html: async (trace) => (await import('../../sim/trace/view/page.ts')).toPage(trace),
  perfetto: async (trace) => (await import('../../sim/trace/view/perfetto.ts')).toPerfetto(trace),
};

async function run(input: CommandInput): Promise<number> {
  const [name = '', path, ...more] = input.positionals;
  const view = Object.hasOwn(views, name) ? views[name]! : null;
  if (view === null || path === undefined || more.length > 0)
    throw new CommandError(
      exitUsage,
      "give show, html or perfetto, and one trace; see 'tidegate trace --help'",
    );
  const text = await view(await readTraceFile(path), input.options['all'] === true);
  const out = textOption(input, 'out');
  if (out === null) process.stdout.write(text);
  else writeOutput(out, text);
  return exitOk;
}

export const command: Command = {
  name: 'trace',
  summary: 'a trace for people: as text, as one page, or for ui.perfetto.dev',
  usage: 'show|html|perfetto TRACE',
  options: {
    out: { type: 'string', value: 'FILE', help: 'where to write; absent: standard output' },
    all: { type: 'boolean', default: false, help: 'show: also reads, leases and events' },
  },
  examples: [
    ['tidegate trace show failure.jsonl.gz', 'what was violated, the plan, and who did what when'],
    ['tidegate trace html failure.jsonl.gz --out failure.html', 'one page with lanes over time'],
    ['tidegate trace perfetto failure.jsonl.gz --out failure.json', 'open it on ui.perfetto.dev'],
  ],
  run,
};
