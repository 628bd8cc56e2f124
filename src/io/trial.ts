// Two implementations of one port: the lean one is used once its test has passed, the portable one where it has not.

export interface Trial<Port> {
  /** The first call of either kind begins the test; this one waits for its verdict. */
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
  let isBegun = false;
  const waiting: ((port: Port) => void)[] = [];

  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    test(lean, (failure) => {
      if (failure !== null) onFailure(failure);
      chosen = failure === null ? lean : portable;
      for (const tell of waiting.splice(0)) tell(chosen);
    });
  };

  return {
    whenChosen(then) {
      if (chosen !== null) {
        then(chosen);
        return;
      }
      waiting.push(then);
      begin();
    },
    current() {
      begin();
      return chosen ?? portable;
    },
  };
}
