// The end of a command that serves: the first SIGTERM or SIGINT asks, the second ends at once.
import { exitOk } from './exit-codes.ts';

export function waitForStop(): Promise<string> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(exitOk);
      stopping = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** What is still on its way to a log reader gets this long: one that stands still must not hold a stopped process. */
const outputMs = 1000;

/** The exit code of a command that was told to stop and has. */
export function exitStopped(): number {
  setTimeout(() => process.exit(exitOk), outputMs).unref();
  return exitOk;
}
