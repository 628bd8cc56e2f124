// `npm run fuzz -- [TARGET]... --seconds N | --runs N --seed S`: mutated inputs against laws, for a while. Prints runs, seed and
// failures, each with the smallest input that still fails; exit 0: none, 1: some.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createDraws } from './target.ts';
import type { FuzzMessage, FuzzStart } from './worker.ts';

const exitFailures = 1;
const exitUsage = 64;
const names = ['codec', 'hello', 'http', 'proxy-protocol', 'router', 'translation', 'yaml'];
const secondsDefault = 10;
const unbounded = Number.POSITIVE_INFINITY;
/** An input that takes longer than this hangs. */
const stuckMs = 20_000;
const watchMs = 1_000;

const usage = `usage: npm run fuzz -- [${names.join('|')}] [--seconds N | --runs N] [--seed S]\n`;

function print(text: string): void {
  process.stdout.write(text);
}

/** Number of failures. */
function fuzz(target: string, seed: number, seconds: number, runsMax: number): Promise<number> {
  const progress = new SharedArrayBuffer(4);
  const words = new Int32Array(progress);
  const start: FuzzStart = { target, seed, seconds, runsMax, progress };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: start });
  let failures = 0;
  let [lastRun, movedMs] = [0, performance.now()];
  return new Promise((resolve) => {
    const finish = (): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(failures);
    };
    const watch = setInterval(() => {
      const run = Atomics.load(words, 0);
      if (run !== lastRun) [lastRun, movedMs] = [run, performance.now()];
      if (performance.now() - movedMs < stuckMs) return;
      failures++;
      print(`${target}: run ${run} of seed ${seed} does not end\n`);
      finish();
    }, watchMs);
    worker.on('message', (message: FuzzMessage) => {
      if (message.kind === 'done') {
        print(`${target}: ${message.runs} runs, seed ${seed}, ${failures} failures\n`);
        finish();
        return;
      }
      failures++;
      const { run, message: text, input } = message.failure;
      movedMs = performance.now();
      print(`${target}: run ${run} of seed ${seed}: ${text}\n  smallest input: ${JSON.stringify(input)}\n`);
    });
    worker.on('error', (error) => {
      failures++;
      print(`${target}: run ${Atomics.load(words, 0)} of seed ${seed} ends the thread: ${String(error)}\n`);
      finish();
    });
  });
}

function readNumber(text: string | undefined, byDefault: number): number {
  const number = text === undefined ? byDefault : Number(text);
  if (Number.isNaN(number) || number < 0) throw new Error(`'${text}' is not a number from 0`);
  return number;
}

async function main(): Promise<number> {
  let chosen: string[];
  let seconds: number;
  let seed: number;
  let runs: number;
  try {
    const options = {
      seconds: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      print(usage);
      return 0;
    }
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no target '${unknown}'`);
    chosen = positionals.length === 0 ? names : positionals;
    runs = readNumber(values.runs, unbounded);
    seconds = readNumber(values.seconds, values.runs === undefined ? secondsDefault : unbounded);
    // Another each time, and always told.
    seed = Math.floor(
      readNumber(values.seed, createDraws(Date.now() | 0, 'seed', process.pid).below(1_000_000)),
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    return exitUsage;
  }
  let failures = 0;
  for (const target of chosen) failures += await fuzz(target, seed, seconds / chosen.length, runs);
  return failures === 0 ? 0 : exitFailures;
}

process.exitCode = await main();
