// Programs that a bench starts and measures: nginx, wrk, our own proxy. Each is ended by its own pid.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

export function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
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

/** User plus system time of all threads, in microseconds; the kernel counts hundredths of seconds. */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** nginx forks: the worker is the master's child. */
export function onlyChild(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  return Number(children[0]);
}
