// `npm run bench -- idle`: a system in which nothing changes does nothing, while watches end and begin, bookmarks arrive and
// the lease is renewed.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { killPrograms } from '../../local/rolling/program.ts';
import { table } from '../figures.ts';
import { readCount } from '../options.ts';
import { cpuUs } from '../programs.ts';
import { type Stand, startStand } from '../stand.ts';
import { type Counters, complaintsAbout, hurriedWatches, readCounters } from './counters.ts';

const exitOk = 0;
const exitMoved = 1;
const exitMissing = 3;
const usage = 'usage: npm run bench -- idle [--seconds 60] [--ingresses 100] [--json]';
/** Status writes and their echoes are over by then. */
const settleMs = 5_000;
const bookmarkMs = 5_000;
const watchSeconds = 12;

interface Result {
  readonly before: Counters;
  readonly after: Counters;
  readonly gatewayCpuMs: number;
  readonly clusterCpuMs: number;
  readonly complaints: readonly string[];
}

async function measure(stand: Stand, seconds: number): Promise<Result> {
  await pause(settleMs);
  const cpu = () => [stand.gateway, stand.cluster].map(({ process }) => cpuUs(process.pid!) / 1000);
  const before = await readCounters(stand);
  const [gatewayBefore, clusterBefore] = cpu();
  process.stderr.write(`quiet for ${seconds} s\n`);
  await pause(seconds * 1000);
  const [gatewayAfter, clusterAfter] = cpu();
  const after = await readCounters(stand);
  return {
    before,
    after,
    gatewayCpuMs: gatewayAfter! - gatewayBefore!,
    clusterCpuMs: clusterAfter! - clusterBefore!,
    complaints: complaintsAbout(before, after),
  };
}

function print(result: Result, seconds: number, ingresses: number): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  process.stdout.write(`${seconds} s with ${ingresses} Ingresses and no change; ${machine}\n\n`);
  const rows = (part: keyof Counters) =>
    Object.entries(result.before[part]).map(([name, value]) => [
      name,
      String(value),
      String(result.after[part][name]),
    ]);
  process.stdout.write(table([['counter', 'before', 'after'], ...rows('work'), ...rows('signs')]));
  const share = (ms: number) => `${ms.toFixed(0)} ms of CPU, ${(ms / seconds / 10).toFixed(2)} % of one core`;
  process.stdout.write(`\ncontroller and proxy  ${share(result.gatewayCpuMs)}\n`);
  process.stdout.write(`simulated cluster     ${share(result.clusterCpuMs)}\n`);
  for (const complaint of result.complaints) process.stdout.write(`NOT idle: ${complaint}\n`);
}

export async function benchIdle(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      ingresses: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return exitOk;
  }
  const seconds = readCount('seconds', values.seconds, watchSeconds + 3, 86_400);
  const ingresses = readCount('ingresses', values.ingresses, 1, 10_000);
  if (!existsSync('/proc/self/stat')) {
    process.stderr.write('bench idle not run: this system has no /proc to read CPU time from\n');
    return exitMissing;
  }
  try {
    process.stderr.write(`starting a cluster with ${ingresses} Ingresses and a gateway\n`);
    const stand = await startStand({
      ingresses,
      clusterNodeArgs: hurriedWatches(bookmarkMs, watchSeconds),
    });
    const result = await measure(stand, seconds);
    await stand.stop();
    if (values.json) process.stdout.write(`${JSON.stringify({ seconds, ingresses, ...result })}\n`);
    else print(result, seconds, ingresses);
    return result.complaints.length === 0 ? exitOk : exitMoved;
  } catch (error) {
    process.stderr.write(`bench idle not run: ${(error as Error).message}\n`);
    return exitMissing;
  } finally {
    killPrograms();
  }
}
