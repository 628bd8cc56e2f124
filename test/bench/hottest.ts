// Functions of a profile by the time spent in themselves; `npm run bench -- hottest FILE` prints those of a file.
import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { parseArgs } from 'node:util';
import { readCount, UsageError } from './options.ts';

export interface Hot {
  readonly percent: number;
  readonly name: string;
}

const usage = 'usage: npm run bench -- hottest FILE.cpuprofile [--count 25]';

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const place =
    url === '' ? '' : ` ${url.replace(/^.*?\/(src|sim|node_modules)\//, '$1/')}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

/** Shares of the time in which the thread was not idle. */
export function hottest({ nodes, samples = [] }: Profiler.Profile, count = 10): readonly Hot[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const hits = samples.map((id) => names.get(id)!).filter((name) => name !== '(idle)');
  const counts: Map<string, number> = new Map();
  for (const name of hits) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, own]) => ({ percent: Math.round((own * 1000) / hits.length) / 10, name }))
    .sort((a, b) => b.percent - a.percent)
    .slice(0, count);
}

export const writeHottest = (list: readonly Hot[]): string =>
  list.map(({ percent, name }) => `${percent.toFixed(1).padStart(5)} %  ${name}\n`).join('');

export async function benchHottest(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { count: { type: 'string', default: '25' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError(usage);
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
  process.stdout.write(writeHottest(hottest(profile, readCount('count', values.count, 1, 1000))));
  return 0;
}
