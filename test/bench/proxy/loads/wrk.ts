// wrk as the load: it knows its total only at the end, so that the backend counts meanwhile.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { stop } from '../../programs.ts';
import type { Load, Target } from './load.ts';

const secondsMax = 600;
/** Slow is not failed: on a busy machine hundreds of connections wait long. */
const timeoutSeconds = 60;
const unitsUs: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 };

function text(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let received = '';
      answer.on('data', (part: Buffer) => {
        received += part.toString('latin1');
      });
      answer.on('end', () => resolve(received));
    }).on('error', reject);
  });
}

/** What nginx has served: the third number of its status page. */
async function servedBy(backendPort: number): Promise<number> {
  const found = /^ *\d+ +\d+ +(\d+) *$/m.exec(await text(`http://127.0.0.1:${backendPort}/status`));
  if (found === null) throw new Error('the backend does not tell how much it has served');
  return Number(found[1]);
}

function percentileUs(said: string, percent: number): number {
  const found = new RegExp(`^ +${percent}% +([0-9.]+)(us|ms|s) *$`, 'm').exec(said);
  if (found === null) throw new Error(`wrk said:\n${said}`);
  return Number(found[1]) * unitsUs[found[2]!]!;
}

function argumentsOf(target: Target, script: string | null): readonly string[] {
  const { asking, port, connections } = target;
  // The host of the address is what wrk names in the handshake.
  const address = asking.isTls ? `https://${asking.serverName}` : 'http://127.0.0.1';
  return [
    '-t1',
    `-c${connections}`,
    `-d${secondsMax}`,
    `--timeout=${timeoutSeconds}`,
    '--latency',
    ...(script === null ? [] : ['-s', script]),
    ...['-H', `Host: ${asking.host}`],
    ...(asking.closes ? ['-H', 'Connection: close'] : []),
    `${address}:${port}${asking.path}`,
  ];
}

function writeScript(folder: string, bodyBytes: number): string {
  const path = `${folder}/post-${bodyBytes}.lua`;
  writeFileSync(path, `wrk.method = "POST"\nwrk.body = string.rep("x", ${bodyBytes})\n`);
  return path;
}

export function createWrkLoad(program: string, folder: string, backendPort: number): Load {
  let child: ChildProcess | null = null;
  let said = '';
  let asked = 0;
  return {
    async begin(target) {
      const { bodyBytes } = target.asking;
      const script = bodyBytes === 0 ? null : writeScript(folder, bodyBytes);
      said = '';
      child = spawn(program, [...argumentsOf(target, script)], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout!.on('data', (part: Buffer) => {
        said += part.toString('latin1');
      });
      await once(child, 'spawn');
    },
    async count() {
      asked++;
      return (await servedBy(backendPort)) - asked;
    },
    async end() {
      const ended = once(child!, 'close');
      // Told to stop, it still says what it saw.
      child!.kill('SIGINT');
      await ended;
      child = null;
      if (/Non-2xx or 3xx responses|Socket errors/.test(said)) throw new Error(`requests failed:\n${said}`);
      return { p50Us: percentileUs(said, 50), p99Us: percentileUs(said, 99) };
    },
    async close() {
      if (child !== null) await stop(child);
    },
  };
}
