// The circuit breaker remembers what it has worked out, and yet always says what counting would say.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  forceHealth,
  healthWords,
  isHealthy,
  recordFailure,
  recordSuccess,
} from '../../../src/proxy/balance/health.ts';
import { listOf } from '../../../src/proxy/balance/peer.ts';
import { Quorum } from '../../../src/proxy/balance/quorum.ts';
import { type PeerEntry, peersOf } from '../../unit/balance/rig.ts';

const targets = 6;
const event = fc.oneof(
  fc.record({ kind: fc.constantFrom('success', 'failure', 'in', 'out'), slot: fc.nat(targets - 1) }),
  /** Other targets: so many of them, of these weights, and another threshold. */
  fc.record({
    kind: fc.constant('list' as const),
    weights: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: targets }),
    threshold: fc.constantFrom(0, 20, 50, 99),
  }),
);
const checks = { passive: { unhealthy: { http_failures: 2 } } };

test('enough is available = counting says so', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const words = new Int32Array(healthWords(targets));
      const quorum = new Quorum(words);
      let list = listOf([], 0, 0);
      for (const each of events) {
        if (each.kind === 'list') {
          const entries = each.weights.map((weight, i): PeerEntry => [`10.0.0.${i}:80`, weight]);
          list = listOf(peersOf(entries, words, checks), entries.length, each.threshold);
        } else if (each.kind === 'success') recordSuccess(words, each.slot, 2);
        else if (each.kind === 'failure') recordFailure(words, each.slot, 'http', 2);
        else forceHealth(words, each.slot, each.kind === 'in');
        const available = list.peers.reduce(
          (sum, { weight, slot }) => sum + (isHealthy(words, slot) ? weight : 0),
          0,
        );
        const isEnough = list.threshold === 0 || available * 100 > list.threshold * list.totalWeight;
        expect(quorum.isMet(list)).toBe(isEnough);
      }
    }),
    { numRuns: 300 },
  );
});
