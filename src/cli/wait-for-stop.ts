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
