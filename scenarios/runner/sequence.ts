// One thing after the other, where each calls back when it is done.

/** `done` comes after the last. What calls back at once nests, so lists are short where that may be. */
export function inSequence<T>(
  items: readonly T[],
  run: (item: T, next: () => void) => void,
  done: () => void,
): void {
  const step = (index: number): void => {
    if (index >= items.length) done();
    else run(items[index]!, () => step(index + 1));
  };
  step(0);
}
