// What is gone and what has come makes one list of peers of the other, and nothing that stays is in it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePeers, type Peer } from '../../../src/proxy/balance/peer.ts';
import { changesOf } from '../../../src/proxy/balance/peer-changes.ts';
import { peersOf } from '../../unit/balance/rig.ts';

/** Two of each address, which are other objects with the same place in the order. */
const all = peersOf(Array.from({ length: 16 }, (_, i) => [`10.0.0.${i >> 1}:80`, 1] as const));
const list = fc.subarray(all).map((peers) => peers.toSorted(comparePeers));

const without = (peers: readonly Peer[], others: readonly Peer[]): Peer[] =>
  peers.filter((peer) => !others.includes(peer));

test('changes of lists', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { gone, come } = changesOf(before, after);
      expect(new Set([...without(before, gone), ...come])).toEqual(new Set(after));
      expect(new Set([...without(after, come), ...gone])).toEqual(new Set(before));
      if (before.every((peer, i) => peer === after[i]) && before.length === after.length)
        expect([...gone, ...come]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
