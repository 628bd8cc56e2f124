// Ctrl-C or SIGTERM during a campaign: the first one ends it early, with a summary of what was done; the second ends the
// program.
import { exitInterrupted, exitTerminated } from '../exit-codes.ts';

export interface Interrupt {
  readonly happened: boolean;
  /** What a shell would tell of a program that the signal had ended. */
  readonly exitCode: number;
  /** From now on a signal ends the program, as without us. */
  endListening(): void;
}

const exitCodes = { SIGINT: exitInterrupted, SIGTERM: exitTerminated } as const;
type Heard = keyof typeof exitCodes;

export function listenForInterrupt(onInterrupt: () => void = () => undefined): Interrupt {
  let heard: Heard | null = null;
  const endListening = (): void => {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    heard = signal as Heard;
    endListening();
    process.stderr.write('\nstopping; once more ends at once\n');
    onInterrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get happened() {
      return heard !== null;
    },
    get exitCode() {
      return exitCodes[heard ?? 'SIGINT'];
    },
    endListening,
  };
}
