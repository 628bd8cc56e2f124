// The exit codes of every command, and the error that carries one.

export const exitOk = 0;
/** Violated, or problems found. */
export const exitProblems = 1;
export const exitInconclusive = 2;
/** Something that the machine lacks: a port, a runtime, a container engine. */
export const exitEnvironment = 3;
export const exitUsage = 64;
export const exitBadInput = 65;
export const exitInternal = 70;
/** Ctrl-C, after a summary of what was done: what a shell tells of a program that SIGINT ended. */
export const exitInterrupted = 130;
/** The same with SIGTERM. */
export const exitTerminated = 143;
/** Whoever read our output has gone, as with `| head`: what a shell tells of a program that SIGPIPE ended. */
export const exitReaderGone = 141;

/** Shown to the user as it is, without a stack. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
