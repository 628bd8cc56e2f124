// CPU per request of our proxy beside nginx: the same routes, the same backend, the same load, in interleaved rounds.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuUs, findProgram, freePort, onlyChild, output, reachable, start, stop } from './programs.ts';
import { backendConfig, declarativeConfig, nginxProxyConfig } from './proxy-config.ts';

const exitOk = 0;
const exitOverGate = 1;
const exitMissing = 3;
const gateRatio = 1.25;
const connections = 64;
const warmUpSeconds = 5;

interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
}

interface Round {
  readonly nginxUs: number;
  readonly oursUs: number;
  readonly ratio: number;
  readonly nginxPerSecond: number;
  readonly oursPerSecond: number;
}

const usage = 'usage: npm run bench -- proxy [--json] [--rounds 7] [--seconds 3] [--engine]';

async function load(wrk: string, port: number, seconds: number): Promise<number> {
  const url = `http://127.0.0.1:${port}/p3/item`;
  const text = await output(wrk, [
    '-t1',
    `-c${connections}`,
    `-d${seconds}`,
    '-H',
    'Host: h4.example.com',
    url,
  ]);
  const match = /(\d+) requests in/.exec(text);
  if (match === null) throw new Error(`wrk said:\n${text}`);
  if (/Non-2xx or 3xx responses|Socket errors/.test(text)) throw new Error(`requests failed:\n${text}`);
  return Number(match[1]);
}

interface Sum {
  us: number;
  requests: number;
}

/** One second of load. */
async function measure(wrk: string, contender: Contender, sum: Sum): Promise<void> {
  const before = cpuUs(contender.pid);
  sum.requests += await load(wrk, contender.port, 1);
  sum.us += cpuUs(contender.pid) - before;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Our proxy as it ships: the command, one worker thread, a declarative file. `engine`: only the data path. */
function startOurs(
  folder: string,
  port: number,
  adminPort: number,
  backendPort: number,
  engine: boolean,
): ChildProcess {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  if (engine) return start(process.execPath, [at('./engine.ts'), String(port), String(backendPort)]);
  const config = `${folder}/kong.json`;
  writeFileSync(config, JSON.stringify(declarativeConfig(backendPort)));
  return start(process.execPath, [
    at('../../bin/tidegate.js'),
    'proxy',
    '--workers=1',
    `--proxy-port=${port}`,
    '--proxy-tls-port=0',
    `--admin-port=${adminPort}`,
    `--config=${config}`,
  ]);
}

async function runRounds(
  wrk: string,
  pair: readonly [Contender, Contender],
  rounds: number,
  seconds: number,
): Promise<Round[]> {
  const [nginx, ours] = pair;
  // What is compared is the steady state: V8 goes on optimising for some seconds.
  for (const contender of pair) await load(wrk, contender.port, warmUpSeconds);
  const results: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    const a: Sum = { us: 0, requests: 0 };
    const b: Sum = { us: 0, requests: 0 };
    // In turns of a second, and who goes first alternates: a machine that is faster at times favours nobody.
    for (let turn = 0; turn < seconds; turn++) {
      const isFirst = (i + turn) % 2 === 0;
      if (isFirst) await measure(wrk, nginx, a);
      await measure(wrk, ours, b);
      if (!isFirst) await measure(wrk, nginx, a);
    }
    results.push({
      nginxUs: a.us / a.requests,
      oursUs: b.us / b.requests,
      ratio: b.us / b.requests / (a.us / a.requests),
      nginxPerSecond: a.requests / seconds,
      oursPerSecond: b.requests / seconds,
    });
  }
  return results;
}

function report(rounds: readonly Round[], about: Record<string, string>, json: boolean): number {
  const ratios = rounds.map((round) => round.ratio);
  const summary = {
    ...about,
    case: `small keep-alive GET, ${connections} connections, 100 routes, key-auth active on another route`,
    rounds,
    nginxUsMedian: median(rounds.map((round) => round.nginxUs)),
    oursUsMedian: median(rounds.map((round) => round.oursUs)),
    ratioMedian: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    gate: gateRatio,
    passed: median(ratios) <= gateRatio,
  };
  if (json) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } else {
    for (const [name, value] of Object.entries(about)) process.stdout.write(`${name.padEnd(8)} ${value}\n`);
    process.stdout.write(`case     ${summary.case}\n\nround  nginx us  ours us  ratio  nginx/s  ours/s\n`);
    for (const [i, round] of rounds.entries()) {
      const cells = [
        round.nginxUs.toFixed(2).padStart(8),
        round.oursUs.toFixed(2).padStart(8),
        round.ratio.toFixed(3),
      ];
      const rates = [Math.round(round.nginxPerSecond), Math.round(round.oursPerSecond)].map((n) =>
        String(n).padStart(7),
      );
      process.stdout.write(`${String(i + 1).padStart(5)}  ${cells.join(' ')}  ${rates.join(' ')}\n`);
    }
    const spread = `[${summary.ratioMin.toFixed(3)} - ${summary.ratioMax.toFixed(3)}]`;
    process.stdout.write(
      `\nCPU per request, ratio to nginx: median ${summary.ratioMedian.toFixed(3)} ${spread}, `,
    );
    process.stdout.write(`gate ${gateRatio}: ${summary.passed ? 'passed' : 'NOT passed'}\n`);
  }
  return summary.passed ? exitOk : exitOverGate;
}

export async function benchProxy(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      engine: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return exitOk;
  }
  const nginx = findProgram('nginx');
  const wrk = findProgram('wrk');
  if (nginx === null || wrk === null) {
    process.stderr.write(`bench proxy not run: ${nginx === null ? 'nginx' : 'wrk'} is not installed\n`);
    return exitMissing;
  }
  const folder = mkdtempSync(`${tmpdir()}/tidegate-bench-`);
  const children: ChildProcess[] = [];
  const run = async (child: ChildProcess, port: number): Promise<ChildProcess> => {
    children.push(child);
    await reachable(port, child);
    return child;
  };
  try {
    const backendPort = await freePort();
    const nginxPort = await freePort();
    const oursPort = await freePort();
    writeFileSync(`${folder}/backend.conf`, backendConfig(folder, backendPort));
    writeFileSync(`${folder}/proxy.conf`, nginxProxyConfig(folder, nginxPort, backendPort));
    await run(start(nginx, ['-c', `${folder}/backend.conf`]), backendPort);
    const master = await run(start(nginx, ['-c', `${folder}/proxy.conf`]), nginxPort);
    const ours = await run(
      startOurs(folder, oursPort, await freePort(), backendPort, values.engine),
      oursPort,
    );
    const pair = [
      { name: 'nginx', pid: onlyChild(master.pid!), port: nginxPort },
      { name: 'ours', pid: ours.pid!, port: oursPort },
    ] as const;
    const rounds = await runRounds(wrk, pair, Number(values.rounds), Number(values.seconds));
    const version = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    const about = {
      tidegate: `${version.version}${values.engine ? ' (data path only, hand-made tables)' : ', 1 worker'}`,
      node: process.version,
      nginx: (await output(nginx, ['-v'])).trim(),
      wrk: (await output(wrk, ['-v'])).split('\n')[0]!,
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    };
    return report(rounds, about, values.json);
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}
