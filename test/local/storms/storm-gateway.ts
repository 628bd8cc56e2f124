// The gateway process of a storm: started under a limit of open files, and looked at from outside.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { exitOf } from '../proxy/running-proxy.ts';

export interface Figures {
  readonly residentKb: number;
  readonly files: number;
}

export interface StormGateway {
  readonly port: number;
  readonly status: string;
  figures(): Figures;
  /** A counter or gauge of /metrics; not a number while the page does not answer. */
  metric(line: string): Promise<number>;
  stop(): Promise<number | null>;
}

/** Of this process. */
export function openFilesMax(): number {
  const limits = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return Number(limits?.[1] ?? 0);
}

function figuresOf(pid: number): Figures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    residentKb: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]),
    files: readdirSync(`/proc/${pid}/fd`).length,
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes('\n')) return text;
  }
  throw new Error('the gateway ended before it was up');
}

export async function startStormGateway(
  backend: string,
  headTimeoutMs: number,
  openFiles: number,
): Promise<StormGateway> {
  const program = new URL('./gateway-program.ts', import.meta.url).pathname;
  const command = [process.execPath, program, backend, String(headTimeoutMs)];
  const child = spawn('sh', ['-c', 'ulimit -n "$0"; exec "$@"', String(openFiles), ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child, 'spawn');
  const ready = JSON.parse(await firstLine(child)) as { pid: number; port: number; status: string };
  return {
    port: ready.port,
    status: ready.status,
    figures: () => figuresOf(ready.pid),
    async metric(line) {
      const text = await fetch(`${ready.status}/metrics`).then(
        (reply) => reply.text(),
        () => '',
      );
      const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
      return Number(found?.slice(line.length + 1) ?? Number.NaN);
    },
    stop() {
      child.kill('SIGTERM');
      return exitOf(child);
    },
  };
}
