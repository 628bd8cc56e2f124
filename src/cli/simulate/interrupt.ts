// Ctrl-C during a campaign: the first one ends it early, with a summary of what was done; the second ends the program.

export interface Interrupt {
  readonly happened: boolean;
  /** From now on Ctrl-C ends the program, as without us. */
  endListening(): void;
}

export function listenForInterrupt(onInterrupt: () => void = () => undefined): Interrupt {
  let happened = false;
  const onSignal = (): void => {
    happened = true;
    process.stderr.write('\nstopping; once more ends at once\n');
    onInterrupt();
  };
  process.once('SIGINT', onSignal);
  return {
    get happened() {
      return happened;
    },
    endListening: () => void process.removeListener('SIGINT', onSignal),
  };
}
