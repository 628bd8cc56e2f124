// A map that shares structure with its earlier versions: a change copies one small shard and the list of shards.
const shardCount = 256;

const prime = 0x01000193;

/** FNV-1a in two halves that do not wait for each other: it is on the way of every request. */
function hashOf(key: string): number {
  let even = 0x811c9dc5 | 0;
  let odd = even;
  const last = key.length - 1;
  let i = 0;
  for (; i < last; i += 2) {
    even = Math.imul(even ^ key.charCodeAt(i), prime);
    odd = Math.imul(odd ^ key.charCodeAt(i + 1), prime);
  }
  if (i === last) even = Math.imul(even ^ key.charCodeAt(i), prime);
  return even ^ Math.imul(odd, prime);
}

function shardOf(key: string | number): number {
  const hash = typeof key === 'number' ? key : hashOf(key);
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (shardCount - 1);
}

export class ShardedMap<K extends string | number, V> {
  readonly #shards: readonly (ReadonlyMap<K, V> | null)[];
  readonly size: number;

  constructor(shards: readonly (ReadonlyMap<K, V> | null)[] = new Array(shardCount).fill(null), size = 0) {
    this.#shards = shards;
    this.size = size;
  }

  get(key: K): V | undefined {
    if (this.size === 0) return undefined;
    const shard = this.#shards[shardOf(key)]!;
    return shard === null ? undefined : shard.get(key);
  }

  *values(): Generator<V> {
    for (const shard of this.#shards) if (shard !== null) yield* shard.values();
  }

  edit(): ShardedMapEdit<K, V> {
    return new ShardedMapEdit(this.#shards, this.size);
  }
}

/** A change in the making: copies what it touches once. */
export class ShardedMapEdit<K extends string | number, V> {
  readonly #shards: (ReadonlyMap<K, V> | null)[];
  readonly #owned = new Set<number>();
  #size: number;

  constructor(shards: readonly (ReadonlyMap<K, V> | null)[], size: number) {
    this.#shards = shards.slice();
    this.#size = size;
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  #own(index: number): Map<K, V> {
    if (!this.#owned.has(index)) {
      this.#owned.add(index);
      this.#shards[index] = new Map(this.#shards[index] ?? []);
    }
    return this.#shards[index] as Map<K, V>;
  }

  set(key: K, value: V): void {
    const shard = this.#own(shardOf(key));
    if (!shard.has(key)) this.#size++;
    shard.set(key, value);
  }

  delete(key: K): void {
    const index = shardOf(key);
    if (this.#shards[index]?.has(key) !== true) return;
    this.#own(index).delete(key);
    this.#size--;
  }

  /** The edit must not be used any more. */
  finish(): ShardedMap<K, V> {
    return new ShardedMap(this.#shards, this.#size);
  }
}
