// What tells one list of peers from the next: algorithms that keep something of each peer change only that.
import { comparePeers, type Peer } from './peer.ts';

export interface PeerChanges {
  readonly gone: readonly Peer[];
  readonly come: readonly Peer[];
}

/** Both in order; what is the same object in both has not changed. */
export function changesOf(before: readonly Peer[], after: readonly Peer[]): PeerChanges {
  const gone: Peer[] = [];
  const come: Peer[] = [];
  let [old, next] = [0, 0];
  while (old < before.length && next < after.length) {
    const left = before[old]!;
    const right = after[next]!;
    const order = left === right ? 0 : comparePeers(left, right);
    if (left !== right && order <= 0) gone.push(left);
    if (left !== right && order >= 0) come.push(right);
    if (order <= 0) old++;
    if (order >= 0) next++;
  }
  gone.push(...before.slice(old));
  come.push(...after.slice(next));
  return { gone, come };
}
