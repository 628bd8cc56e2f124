// Where an entry stands in a list in order of rank.
import { compareRanks, type Entry } from './table.ts';

export function insertionPoint(list: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRanks(list[middle]!.rank, entry.rank) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
