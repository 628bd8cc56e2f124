// `tidegate scenario explain`: what a scenario will do, and when, without judging it.
import type { Plan, TimelineEntry } from '../../../sim/history/plan.ts';
import { CommandError, exitInternal, exitOk, exitUsage } from '../exit-codes.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import { createPool } from '../simulate/pool.ts';
import { refuseComplaints, type Selected, selectScenarios } from './selection.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(3).padStart(9);

/** 'gateway-1' is what scenarios call proxy-1. */
const named = (target: string): string =>
  target
    .replace(
      /\bgateway-(\d+)\/worker-(\d+)/,
      (_whole, gateway: string, worker: string) => `proxy-${gateway}/worker-${Number(worker) + 1}`,
    )
    .replace(/\bgateway-(\d+)/, 'proxy-$1');

function describe(entry: TimelineEntry): string {
  switch (entry.do) {
    case 'operate': {
      const { verb, resource, namespace, name, body } = entry.operation;
      const place = `${resource.split('.', 1)[0]} ${namespace === '' ? '' : `${namespace}/`}${name}`;
      const text = body === null || verb !== 'merge' ? '' : ` ${JSON.stringify(body).slice(0, 120)}`;
      return `${verb} ${place}${text}`;
    }
    case 'fault': {
      const until = entry.untilMs > entry.atMs ? ` until ${(entry.untilMs / 1000).toFixed(3)}` : '';
      const when =
        entry.when === null
          ? ''
          : ` ${entry.when.point} of write ${entry.when.index} of ${named(entry.when.host)}`;
      const figures = Object.entries(entry.parameters).map(([key, value]) => `${key}=${value}`);
      return (
        ['fault', entry.fault, named(entry.target), ...figures].filter((part) => part !== '').join(' ') +
        until +
        when
      );
    }
    case 'expect':
      return `expect ${entry.text}`;
    case 'request':
      return `${entry.client} sends ${entry.request.method} ${entry.request.host}${entry.request.path}`;
  }
}

function clientLines({ timeline }: Plan): readonly string[] {
  const groups: Map<string, { first: number; last: number; count: number }> = new Map();
  for (const entry of timeline) {
    if (entry.do !== 'request') continue;
    const name = entry.client.replace(/-\d+-\d+$/, '');
    const group = groups.get(name) ?? { first: entry.atMs, last: entry.atMs, count: 0 };
    group.last = entry.atMs;
    group.count++;
    groups.set(name, group);
  }
  return [...groups].map(
    ([name, { first, last, count }]) =>
      `${seconds(first)}  ${name} send ${count} requests until ${(last / 1000).toFixed(3)}`,
  );
}

function explainPlan(plan: Plan): readonly string[] {
  const { world, timeline, healMs, objects } = plan;
  const { mode, gateways, workers, controllers, apiServers, nodes } = world;
  const who =
    mode === 'combined'
      ? `${gateways} proxies of ${workers} workers, each with its controller`
      : `${gateways} proxies of ${workers} workers, ${controllers} controllers`;
  const steps = timeline.flatMap((entry) =>
    entry.do === 'request' ? [] : [`${seconds(entry.atMs)}  ${describe(entry)}`],
  );
  return [
    `  world: ${who}, ${apiServers} API servers, ${nodes} nodes, ${objects.length} objects`,
    ...[...clientLines(plan), ...steps].sort().map((line) => `  ${line}`),
    `  ${seconds(healMs)}  nothing goes on any more; from here on everything has to come right by itself`,
  ];
}

async function chosen(
  paths: readonly string[],
  filter: string,
  settings: ReadonlyMap<string, string>,
): Promise<Selected> {
  const selected = await selectScenarios(paths, filter, settings);
  const exact = selected.filter(({ parsed }) => parsed.name.toLowerCase() === filter);
  const [one, ...others] = exact.length > 0 ? exact : selected;
  if (one === undefined) throw new CommandError(exitUsage, 'no scenario has that name; --list shows them');
  if (others.length > 0)
    throw new CommandError(
      exitUsage,
      `several scenarios have that in their names: ${[one, ...others].map(({ parsed }) => `'${parsed.name}'`).join(', ')}`,
    );
  return one;
}

/** `name`: a file, or part of a name of one under scenarios/. */
export async function explainScenario(
  name: string,
  isFile: boolean,
  settings: ReadonlyMap<string, string>,
  seed: number,
): Promise<number> {
  const selected = isFile
    ? await chosen([name], '', settings)
    : await chosen(['scenarios'], name.toLowerCase(), settings);
  const { file, parsed } = selected;
  process.stdout.write(`${parsed.name}\n  ${parsed.promise}\n`);
  const pool = createPool({ jobs: 1, crds: readDefinitions(), scenarios: 'sim' });
  for (const [index, one] of parsed.cases.entries()) {
    const task = {
      do: 'scenario',
      ...file,
      settings: selected.settings,
      index,
      seed,
      keepsPlan: true,
    } as const;
    const { run, complaints } = await pool.run(task);
    if (complaints.length > 0) await pool.close();
    await refuseComplaints(complaints);
    if (run?.plan == null) throw new CommandError(exitInternal, `${file.file}: the run left no plan`);
    process.stdout.write(`\ncase ${one.label === '' ? 'without parameters' : one.label}, seed ${seed}\n`);
    process.stdout.write(`${explainPlan(run.plan).join('\n')}\n`);
    for (const { text } of one.promises) process.stdout.write(`     always  ${text}\n`);
    for (const { text } of one.sometimes) process.stdout.write(`  sometimes  ${text}\n`);
  }
  await pool.close();
  return exitOk;
}
