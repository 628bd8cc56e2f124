// Kong's circuit breaker: whether enough of an upstream is available for any of it to be used. Asked for every try, so it is
// worked out again only when some target has become healthy or unhealthy, or the targets are others.
import type { SharedWords } from '../../ports/shared.ts';
import { healthEpoch } from './health.ts';
import { isAvailable, type PeerList } from './peer.ts';

export class Quorum {
  readonly #words: SharedWords;
  #list: PeerList | null = null;
  #epoch = 0;
  #isMet = true;

  constructor(words: SharedWords) {
    this.#words = words;
  }

  /** Strictly more than the threshold, in percent of the weight. */
  isMet(list: PeerList): boolean {
    if (list.threshold === 0) return true;
    // Read first: a change while the targets are counted is then seen the next time.
    const epoch = healthEpoch(this.#words);
    if (list !== this.#list || epoch !== this.#epoch) {
      this.#list = list;
      this.#epoch = epoch;
      this.#isMet = isEnough(this.#words, list);
    }
    return this.#isMet;
  }
}

function isEnough(words: SharedWords, { peers, threshold, totalWeight }: PeerList): boolean {
  let available = 0;
  for (const peer of peers) if (isAvailable(words, peer)) available += peer.weight;
  return totalWeight > 0 && (available / totalWeight) * 100 > threshold;
}
