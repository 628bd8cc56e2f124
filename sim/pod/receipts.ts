// What a pod remembers of its requests: bounded rings, so that a long run costs no more than a short one.

export interface Receipt {
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Wall time when the request was complete. */
  readonly timeMs: number;
}

export interface Ring<T> {
  add(item: T): void;
  /** Oldest first. */
  items(): readonly T[];
  /** Items ever added; more than items() once the oldest were dropped. */
  readonly total: number;
}

export function createRing<T>(itemsMax: number): Ring<T> {
  const items: T[] = [];
  let next = 0;
  let total = 0;
  return {
    add(item) {
      total++;
      if (items.length < itemsMax) {
        items.push(item);
        return;
      }
      items[next] = item;
      next = (next + 1) % itemsMax;
    },
    items: () => [...items.slice(next), ...items.slice(0, next)],
    get total() {
      return total;
    },
  };
}
