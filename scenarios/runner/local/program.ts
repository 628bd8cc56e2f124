// A command of `tidegate` as a process of its own, observed, that ends when this one does.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ObserverStart, observerVariable } from './observer/records.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const preload = new URL('./observer/preload.ts', import.meta.url).href;

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly observer: ObserverStart;
  onLine(line: string): void;
  onExit(how: string): void;
}

export interface Program {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Says something to its observer. */
  tell(command: string): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Told in whole lines; a last one without its end is told too. */
function eachLine(stream: NodeJS.ReadableStream, tell: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) tell(line);
  });
  stream.on('end', () => {
    if (rest !== '') tell(rest);
  });
}

/** Throws where the process cannot be started. */
export function startProgram({ args, observer, onLine, onExit }: ProgramOptions): Program {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', preload, `${root}bin/tidegate.js`, ...args],
    {
      cwd: root,
      // Its end is how it hears that nobody needs it any more.
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, [observerVariable]: JSON.stringify(observer) },
      // A Ctrl-C is for the runner, which ends it.
      detached: true,
    },
  );
  if (child.pid === undefined) throw new Error('the process cannot be started');
  child.stdin!.on('error', () => undefined);
  eachLine(child.stderr!, onLine);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      onExit(signal ?? `exit code ${code}`);
      resolve();
    });
  });
  child.once('error', (error) => onExit(error.message));
  return {
    pid: child.pid,
    ended,
    signal: (signal) => void child.kill(signal),
    tell: (command) => void child.stdin!.write(`${command}\n`),
  };
}
