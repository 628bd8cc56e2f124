// A list of objects in canonical order that is cheap to change and cheap to hand out: copied only when a change follows a
// hand-out.
import type { DecodedObject } from '../kube/metadata.ts';
import { compareObjects } from '../kube/snapshot.ts';

export class SortedTable<T extends DecodedObject> {
  #list: T[] = [];
  #isShared = false;

  /** Index of the first object that does not come before `object`. */
  #position(object: T): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareObjects(this.#list[middle]!, object) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #own(): T[] {
    if (this.#isShared) {
      this.#list = this.#list.slice();
      this.#isShared = false;
    }
    return this.#list;
  }

  insert(object: T): void {
    this.#own().splice(this.#position(object), 0, object);
  }

  /** `object` itself, not one like it. */
  remove(object: T): void {
    const list = this.#own();
    const position = this.#position(object);
    if (list[position] === object) list.splice(position, 1);
  }

  /** The caller may keep it: it never changes. */
  share(): readonly T[] {
    this.#isShared = true;
    return this.#list;
  }
}
