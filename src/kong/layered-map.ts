// A large map with a few changes laid over it: the next version of a table then costs what has changed, not what there is.
// To its readers it is a map like any other, in the order in which a map that was changed would be.

/** Smaller maps are copied: looking in one place is faster than in two. */
const copiedMax = 2_048;
/** With more changes than this over it the map is made anew. */
const changesMax = 512;

class LayeredMap<V extends object> implements ReadonlyMap<string, V> {
  readonly base: ReadonlyMap<string, V>;
  /** In the places that they have in `base`. */
  readonly replaced: ReadonlyMap<string, V>;
  /** No longer in `base`; one that has come back is among `added`. */
  readonly removed: ReadonlySet<string>;
  /** Behind all others. */
  readonly added: ReadonlyMap<string, V>;
  readonly size: number;

  constructor({ base, replaced, removed, added }: Layers<V>) {
    this.base = base;
    this.replaced = replaced;
    this.removed = removed;
    this.added = added;
    this.size = base.size - removed.size + added.size;
  }

  get(key: string): V | undefined {
    const found = this.added.get(key) ?? this.replaced.get(key);
    if (found !== undefined) return found;
    return this.removed.has(key) ? undefined : this.base.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): Generator<[string, V], undefined> {
    for (const [key, value] of this.base)
      if (!this.removed.has(key)) yield [key, this.replaced.get(key) ?? value];
    yield* this.added;
    return undefined;
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}

interface Layers<V> {
  readonly base: ReadonlyMap<string, V>;
  readonly replaced: ReadonlyMap<string, V>;
  readonly removed: ReadonlySet<string>;
  readonly added: ReadonlyMap<string, V>;
}

/** A change in the making. The map that it starts from stays as it is. */
export interface MapEdit<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  /** The edit must not be used any more. */
  finish(): ReadonlyMap<string, V>;
}

class LayerEdit<V extends object> implements MapEdit<V> {
  readonly #base: ReadonlyMap<string, V>;
  readonly #replaced: Map<string, V>;
  readonly #removed: Set<string>;
  readonly #added: Map<string, V>;

  constructor({ base, replaced, removed, added }: Layers<V>) {
    this.#base = base;
    this.#replaced = new Map(replaced);
    this.#removed = new Set(removed);
    this.#added = new Map(added);
  }

  get(key: string): V | undefined {
    const found = this.#added.get(key) ?? this.#replaced.get(key);
    if (found !== undefined) return found;
    return this.#removed.has(key) ? undefined : this.#base.get(key);
  }

  set(key: string, value: V): void {
    if (this.#base.has(key) && !this.#removed.has(key)) this.#replaced.set(key, value);
    else this.#added.set(key, value);
  }

  delete(key: string): void {
    this.#added.delete(key);
    this.#replaced.delete(key);
    if (this.#base.has(key)) this.#removed.add(key);
  }

  finish(): ReadonlyMap<string, V> {
    const layered = new LayeredMap<V>({
      base: this.#base,
      replaced: this.#replaced,
      removed: this.#removed,
      added: this.#added,
    });
    const changes = this.#replaced.size + this.#removed.size + this.#added.size;
    return changes > changesMax ? new Map(layered) : layered;
  }
}

function editCopy<V>(map: ReadonlyMap<string, V>): MapEdit<V> {
  const copy = new Map(map);
  return {
    get: (key) => copy.get(key),
    set: (key, value) => void copy.set(key, value),
    delete: (key) => void copy.delete(key),
    finish: () => copy,
  };
}

export function editMap<V extends object>(map: ReadonlyMap<string, V>): MapEdit<V> {
  if (map instanceof LayeredMap) return new LayerEdit<V>(map as LayeredMap<V>);
  if (map.size <= copiedMax) return editCopy(map);
  return new LayerEdit<V>({ base: map, replaced: new Map(), removed: new Set(), added: new Map() });
}
