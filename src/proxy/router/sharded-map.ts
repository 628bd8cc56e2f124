// A map that shares structure with its earlier versions: a change copies one small shard and the list of shards.
import { fnv1a } from '../../base/hash.ts';

const shardCount = 256;

function shardOf(key: string | number): number {
  return (
    (typeof key === 'number' ? key ^ (key >>> 8) ^ (key >>> 16) ^ (key >>> 24) : fnv1a(key)) &
    (shardCount - 1)
  );
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
