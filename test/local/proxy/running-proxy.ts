// `tidegate proxy` as a child process on free ports, and what tests do with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url);
const readyLimitMs = 30_000;
const pollMs = 25;

export interface ReadyRecord {
  readonly pid: number;
  readonly proxy: string;
  readonly proxyTls: string | null;
  readonly admin: string;
  readonly adminTls: string | null;
  readonly status: string | null;
  readonly workers: number;
}

export interface RunningProxy {
  readonly ready: ReadyRecord;
  readonly process: ChildProcess;
  /** Standard output and standard error so far. */
  output(): string;
  /** Resolves to the exit code. */
  stop(): Promise<number | null>;
}

export function runTidegate(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, ['src/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function collectOutput(child: ChildProcess): () => string {
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

export async function startProxyProcess(
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-proxy-'));
  const readyFile = join(directory, 'ready.json');
  const adminPort = args.includes('--admin-port') ? [] : ['--admin-port', '0'];
  const ports = ['--proxy-port', '0', '--proxy-tls-port', '0', '--status-port', '0', ...adminPort];
  const child = runTidegate(
    ['proxy', ...ports, '--workers', '2', '--ready-file', readyFile, ...args],
    variables,
  );
  const output = collectOutput(child);
  const deadline = Date.now() + readyLimitMs;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the proxy did not start:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyRecord;
  return {
    ready,
    process: child,
    output,
    async stop() {
      child.kill('SIGTERM');
      const code = await exitOf(child);
      rmSync(directory, { recursive: true });
      return code;
    },
  };
}

export interface Backend {
  readonly url: string;
  readonly server: Server;
  /** Requests it has seen. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** Answers with its name and the headers that it got; `/slow` after a while. */
export async function startBackend(name: string, slowMs = 300): Promise<Backend> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const answer = () => response.end(JSON.stringify({ name, path: request.url, headers: request.headers }));
    if (request.url?.startsWith('/slow')) setTimeout(answer, slowMs);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
