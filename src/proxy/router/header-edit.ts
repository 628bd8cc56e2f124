// Changing what is filed by headers, where it is much.
import { hashLiteral } from './bucket.ts';
import {
  chooseHeader,
  entryKey,
  filingHeaders,
  type HeaderName,
  hashOfValue,
  headerName,
  type ManyByHeader,
} from './header-bucket.ts';
import { insertionPoint } from './insertion-point.ts';
import { ShardedMap, type ShardedMapEdit } from './sharded-map.ts';
import type { Entry, HeaderCondition } from './table.ts';

interface Filed extends HeaderName {
  count: number;
}

export class HeaderEdit {
  readonly #names: Map<string, Filed>;
  readonly #byKey: ShardedMapEdit<number, readonly Entry[]>;
  readonly #lengthCounts: number[];
  #size: number;

  constructor(names: readonly HeaderName[], from: ManyByHeader | null) {
    this.#names = new Map(names.map((each, i) => [each.name, { ...each, count: from?.nameCounts[i] ?? 0 }]));
    this.#byKey = (from?.byKey ?? new ShardedMap<number, readonly Entry[]>()).edit();
    this.#lengthCounts = from?.lengthCounts.slice() ?? [];
    this.#size = from?.size ?? 0;
  }

  #keys({ literal }: Entry, { name, values }: HeaderCondition): readonly number[] {
    const header = this.#names.get(name) ?? headerName(name);
    const literalHash = hashLiteral(literal);
    return values.map((value) => entryKey(literalHash, hashOfValue(header, value)));
  }

  #count(entry: Entry, name: string, by: 1 | -1): void {
    const { length } = entry.literal;
    while (this.#lengthCounts.length <= length) this.#lengthCounts.push(0);
    this.#lengthCounts[length]! += by;
    const filed = this.#names.get(name) ?? { ...headerName(name), count: 0 };
    filed.count += by;
    this.#names.set(name, filed);
    if (filed.count === 0) this.#names.delete(name);
    this.#size += by;
  }

  add(entry: Entry): void {
    const literalHash = hashLiteral(entry.literal);
    const header = chooseHeader(
      filingHeaders(entry),
      (name, value) => this.#byKey.get(entryKey(literalHash, hashOfValue(name, value)))?.length ?? 0,
    );
    for (const key of this.#keys(entry, header)) {
      const list = this.#byKey.get(key) ?? [];
      this.#byKey.set(key, list.toSpliced(insertionPoint(list, entry), 0, entry));
    }
    this.#count(entry, header.name, 1);
  }

  /** The header that was chosen for it depends on who was there then: all are looked at. */
  remove(entry: Entry): void {
    let filedBy: string | null = null;
    for (const header of filingHeaders(entry))
      for (const key of this.#keys(entry, header)) {
        const list = this.#byKey.get(key) ?? [];
        const at = list.indexOf(entry);
        if (at === -1) continue;
        if (list.length === 1) this.#byKey.delete(key);
        else this.#byKey.set(key, list.toSpliced(at, 1));
        filedBy = header.name;
      }
    if (filedBy !== null) this.#count(entry, filedBy, -1);
  }

  finish(): { readonly names: readonly HeaderName[]; readonly byHeader: ManyByHeader } {
    const filed = [...this.#names.values()];
    return {
      names: filed.map(({ name, hash }) => ({ name, hash })),
      byHeader: {
        byKey: this.#byKey.finish(),
        lengthCounts: this.#lengthCounts,
        nameCounts: filed.map(({ count }) => count),
        size: this.#size,
      },
    };
  }
}
