// Programs that a bench starts and measures: nginx, wrk, our own proxy. Each is ended by its own pid.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

export function findProgram(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    const path = `${folder}/${name}`;
    if (folder !== '' && existsSync(path)) return path;
  }
  return null;
}

export function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      // Some programs print their version and end with 1.
      if (error !== null && stdout === '' && stderr === '') reject(error);
      else resolve(stdout + stderr);
    });
  });
}

/** `outputFile`: where standard output is appended to; absent: it is dropped. */
export function start(program: string, args: readonly string[], outputFile?: string): ChildProcess {
  if (outputFile === undefined) return spawn(program, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const file = openSync(outputFile, 'a');
  const child = spawn(program, [...args], { stdio: ['ignore', file, 'inherit'] });
  closeSync(file);
  return child;
}

export function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), 3000);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Resolves when the port answers connections. */
export function reachable(port: number, child: ChildProcess, leftMs = 15_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const attempt = (remainingMs: number): void => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.on('error', () => {
        if (child.exitCode !== null)
          reject(new Error(`the program for port ${port} ended with ${child.exitCode}`));
        else if (remainingMs <= 0) reject(new Error(`nothing answers on port ${port}`));
        else setTimeout(() => attempt(remainingMs - 50), 50);
      });
    };
    attempt(leftMs);
  });
}

/** User plus system time of all threads, in microseconds. */
export function cpuUs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const task of readdirSync(tasks)) {
    const path = `${tasks}/${task}/schedstat`;
    if (!existsSync(path)) return cpuTicksUs(pid);
    nanoseconds += Number(readFileSync(path, 'latin1').split(' ')[0]);
  }
  return nanoseconds / 1000;
}

/** The same where a kernel keeps no finer account than hundredths of seconds. */
function cpuTicksUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(found?.[1] ?? 0) / 1024;
}

/** nginx forks: its workers are the master's children. Resolves when there are so many. */
export async function childrenOf(pid: number, count: number, leftMs = 5000): Promise<readonly number[]> {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  if (children.length >= count) return children;
  if (leftMs <= 0) throw new Error(`process ${pid} has ${children.length} children, not ${count}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return childrenOf(pid, count, leftMs - 20);
}
