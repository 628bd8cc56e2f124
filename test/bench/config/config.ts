// `npm run bench -- config`: what it costs a proxy process with traffic to take a config again with one change in it: whole by
// POST, or the change alone by PATCH.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { encodeDelta } from '../../../src/kong/decode-delta.ts';
import { applyDelta, type Delta } from '../../../src/kong/delta.ts';
import { median, type Spread, spreadOf, table } from '../figures.ts';
import { readCount } from '../options.ts';
import { drawIndexes, mixes } from '../router/mixes.ts';
import { documentOf } from '../router/subjects.ts';
import { changeOf } from '../router/tables.ts';
import { figuresOf, readTableWork, send, startBackend, startSubject, startThread } from './subject.ts';

const usage =
  'usage: npm run bench -- config [--routes 50000] [--posts 10] [--windows 10] [--rate 1000] [--json]';
const mix = mixes[0]!;
const connections = 16;
const changesPerWindow = 30;
const changeEveryMs = 50;
const slowMs = 5;

interface Traffic {
  readonly requests: Spread;
  readonly slow: number;
  readonly failures: number;
}

type Window = 'quiet' | 'patched' | 'elsewhere' | 'posted';

interface Figures {
  readonly bytes: number;
  /** The text alone, by JSON.parse. */
  readonly parseMs: number;
  /** Text to checked entities, in this process. */
  readonly readMs: number;
  readonly firstPostMs: number;
  readonly postMs: readonly number[];
  readonly patchMs: Spread;
  /** Of all changes under traffic: how many took the worker at most so many seconds. */
  readonly workerSeconds: Readonly<Record<string, number>>;
  readonly quiet: Traffic;
  readonly patched: Traffic;
  /** The same changes at another process without traffic: what the machine's processors cost that do the work. */
  readonly elsewhere: Traffic;
  readonly posted: Traffic;
  readonly residentMb: number;
}

/** One route of another path each time, one after the other. */
function deltasOf(document: unknown, count: number): readonly Delta[] {
  const decoded = decodeDeclarative(document);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error[0]));
  let current = decoded.value;
  return Array.from({ length: count }, (_, version) => {
    const change = changeOf(current, version, version);
    const next = applyDelta(current, change);
    const delta = { ...change, to: next.id };
    current = next;
    return delta;
  });
}

function timedMs(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** One after the other at a steady pace; how long each took. */
async function patchAll(admin: string, changes: readonly Delta[]): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (const delta of changes) {
    const startMs = performance.now();
    const headers = { 'if-match': `"${delta.from}"` };
    tookMs.push((await send(admin, 'PATCH', Buffer.from(encodeDelta(delta)), headers)).milliseconds);
    await pause(Math.max(0, changeEveryMs - (performance.now() - startMs)));
  }
  return tookMs;
}

async function measure(routes: number, posts: number, windows: number, rate: number): Promise<Figures> {
  const backend = await startBackend();
  const url = `http://127.0.0.1:${backend.port}`;
  const document = documentOf(mix, routes, () => url);
  const text = JSON.stringify(document);
  const changed = JSON.stringify({
    ...document,
    services: [...document.services, { name: 'one-more', url }],
  });
  const deltas = deltasOf(document, windows * changesPerWindow);
  const [program, twin] = [await startSubject(), await startSubject()];
  const [admin, twinAdmin] = [program, twin].map(({ ready }) => String(ready['admin'])) as [string, string];
  const whole = (body: string) => send(admin, 'POST', Buffer.from(body), {});
  const { milliseconds: firstPostMs } = await whole(text);
  await send(twinAdmin, 'POST', Buffer.from(text), {});
  const traffic = startThread({
    kind: 'traffic',
    port: Number(new URL(String(program.ready['proxy'])).port),
    ratePerSecond: rate,
    connections,
    requests: drawIndexes(routes, 1 << 14, true).map((index) => mix.request(index, routes)),
  });
  await pause(5_000);
  await figuresOf(traffic);
  const before = await readTableWork(admin);
  const samples = { quiet: [], patched: [], elsewhere: [], posted: [] } as Record<Window, number[]>;
  const failed = { quiet: 0, patched: 0, elsewhere: 0, posted: 0 };
  const take = async (window: Window): Promise<void> => {
    const { milliseconds, failures } = await figuresOf(traffic);
    samples[window].push(...milliseconds);
    failed[window] += failures;
  };
  const patchMs: number[] = [];
  // In turns: what disturbs the machine for a while disturbs all.
  for (let window = 0; window < windows; window++) {
    await pause(changesPerWindow * changeEveryMs);
    await take('quiet');
    const changes = deltas.slice(window * changesPerWindow, (window + 1) * changesPerWindow);
    patchMs.push(...(await patchAll(admin, changes)));
    await take('patched');
    await patchAll(twinAdmin, changes);
    await take('elsewhere');
    process.stderr.write(`${window + 1} of ${windows}\n`);
  }
  const after = await readTableWork(admin);
  await whole(text);
  await take('posted');
  samples.posted.length = 0;
  const postMs: number[] = [];
  for (let post = 0; post < posts; post++)
    postMs.push((await whole(post % 2 === 0 ? changed : text)).milliseconds);
  await take('posted');
  const status = readFileSync(`/proc/${program.process.pid}/status`, 'utf8');
  const result: Figures = {
    bytes: Buffer.byteLength(text),
    parseMs: median(Array.from({ length: 5 }, () => timedMs(() => JSON.parse(text)))),
    readMs: median(Array.from({ length: 5 }, () => timedMs(() => decodeDeclarative(JSON.parse(text))))),
    firstPostMs,
    postMs,
    patchMs: spreadOf(patchMs),
    workerSeconds: Object.fromEntries(
      [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]),
    ),
    quiet: trafficOf(samples.quiet, failed.quiet),
    patched: trafficOf(samples.patched, failed.patched),
    elsewhere: trafficOf(samples.elsewhere, failed.elsewhere),
    posted: trafficOf(samples.posted, failed.posted),
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
  await Promise.all([
    traffic.terminate(),
    backend.thread.terminate(),
    program.end('SIGKILL'),
    twin.end('SIGKILL'),
  ]);
  return result;
}

function trafficOf(milliseconds: readonly number[], failures: number): Traffic {
  return {
    requests: spreadOf(milliseconds),
    slow: milliseconds.filter((each) => each > slowMs).length,
    failures,
  };
}

function print(figures: Figures, routes: number, about: string): void {
  const { bytes, parseMs, readMs, firstPostMs, postMs, patchMs, workerSeconds, residentMb } = figures;
  const row = (name: string, { requests, slow, failures }: Traffic): readonly string[] => [
    name,
    String(requests.count),
    ...[requests.p50, requests.p99, requests.max].map((ms) => ms.toFixed(2)),
    String(slow),
    String(failures),
  ];
  const bounds = Object.entries(workerSeconds).map(([bound, count]) => `${count} within ${bound} s`);
  process.stdout.write(
    `${about}\n\n${routes} routes, ${(bytes / 2 ** 20).toFixed(1)} MB: JSON.parse ${parseMs.toFixed(0)} ms, with checks ` +
      `${readMs.toFixed(0)} ms; first POST ${firstPostMs.toFixed(0)} ms, with one change ${median(postMs).toFixed(0)} ms\n` +
      `one change by PATCH: p50 ${patchMs.p50.toFixed(1)} ms, p99 ${patchMs.p99.toFixed(1)} ms; work of the worker: ` +
      `${bounds.join(', ')}\nresident ${residentMb.toFixed(0)} MB\n\n` +
      table([
        ['requests', 'count', 'ms p50', 'p99', 'max', `> ${slowMs} ms`, 'failed'],
        row('nothing changes', figures.quiet),
        row('PATCH, 20 a second', figures.patched),
        row('PATCH, to another process', figures.elsewhere),
        row('POST, one after the other', figures.posted),
      ]),
  );
}

export async function benchConfig(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routes: { type: 'string', default: '50000' },
      posts: { type: 'string', default: '10' },
      windows: { type: 'string', default: '10' },
      rate: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const routes = readCount('routes', values.routes, 1, 500_000);
  const posts = readCount('posts', values.posts, 1, 10_000);
  const windows = readCount('windows', values.windows, 1, 10_000);
  const rate = readCount('rate', values.rate, 1, 20_000);
  const figures = await measure(routes, posts, windows, rate);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  if (values.json) {
    const settings = { routes, posts, windows, rate, node: process.version, machine };
    process.stdout.write(`${JSON.stringify({ config: figures, settings })}\n`);
  } else print(figures, routes, `${rate} requests a second, node ${process.version}, ${machine}`);
  return 0;
}
