// `tidegate` commands as child processes that tell in a file when they are up.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url);
const readyTimeoutMs = 30_000;
const pollMs = 10;
const outputCharsMax = 200_000;

export interface Program {
  /** What the ready file said. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  /** From start to ready file. */
  readonly startMs: number;
  /** Standard output and standard error so far. */
  output(): string;
  /** Resolves to the exit code, null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Asks again and again; for what tells no one when it changes, such as a file or another process. */
export async function poll(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = readyTimeoutMs,
) {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const started = new Set<ChildProcess>();

/** Ends what a failed test left behind. */
export function killPrograms(): void {
  for (const child of started) child.kill('SIGKILL');
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

/** `nodeArgs` go to the runtime. */
export function spawnTidegate(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): {
  readonly child: ChildProcess;
  readonly output: () => string;
} {
  const child = spawn(process.execPath, [...nodeArgs, 'bin/tidegate.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  let text = '';
  const take = (part: Buffer): void => {
    text = `${text}${part}`.slice(-outputCharsMax);
  };
  child.stdout!.on('data', take);
  child.stderr!.on('data', take);
  return { child, output: () => text };
}

export async function startProgram(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-program-'));
  const readyFile = join(folder, 'ready.json');
  const startedMs = performance.now();
  const { child, output } = spawnTidegate([...args, '--ready-file', readyFile], nodeArgs);
  try {
    await poll(`tidegate ${args[0]} is up`, () => {
      if (child.exitCode !== null) throw new Error(`tidegate ${args[0]} ended with ${child.exitCode}`);
      return existsSync(readyFile);
    });
    return {
      ready: JSON.parse(readFileSync(readyFile, 'utf8')) as Record<string, unknown>,
      process: child,
      startMs: performance.now() - startedMs,
      output,
      end(signal) {
        child.kill(signal);
        return exitOf(child);
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output()}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
