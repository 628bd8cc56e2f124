// Runs a command of `tidegate` as a user would: in a process of its own.
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `file`: from the root of the project. */
const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

export function runProgram(file: string, ...args: readonly string[]): Promise<CommandOutcome> {
  const program = pathOf(file);
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

export const tidegate = (...args: readonly string[]): Promise<CommandOutcome> =>
  runProgram('bin/tidegate.js', ...args);

/** For who wants to meddle with it. */
export function startTidegate(...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [pathOf('bin/tidegate.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}
