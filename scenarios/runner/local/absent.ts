// What a world of real processes has not. Capabilities say so before a run; whoever asks nevertheless is told here.

export class NotHere extends Error {}

/** Stands for a part of a simulated world; to use it is an error that names it. */
export function absent<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get() {
      throw new NotHere(`there is no ${what} on the backend local`);
    },
  });
}
