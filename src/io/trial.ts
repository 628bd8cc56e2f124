// Two implementations of one port: the lean one is used once its test has passed, the portable one where it has not.

export interface Trial<Port> {
  /** The first call begins the test; all wait for its verdict. */
  whenChosen(then: (chosen: Port) => void): void;
  /** The portable one while there is no verdict. */
  current(): Port;
}

export function createTrial<Port>(
  lean: Port,
  portable: Port,
  test: (port: Port, done: (failure: string | null) => void) => void,
  onFailure: (failure: string) => void,
): Trial<Port> {
  let chosen: Port | null = null;
  let waiting: ((port: Port) => void)[] = [];
  return {
    whenChosen(then) {
      if (chosen !== null) {
        then(chosen);
        return;
      }
      waiting.push(then);
      if (waiting.length > 1) return;
      test(lean, (failure) => {
        if (failure !== null) onFailure(failure);
        const port = failure === null ? lean : portable;
        chosen = port;
        const told = waiting;
        waiting = [];
        for (const tell of told) tell(port);
      });
    },
    current: () => chosen ?? portable,
  };
}
