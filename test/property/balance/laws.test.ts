// Laws of choosing (P22 and P23 of the simulator, for balancers by themselves): everybody gets the share of its weight, and
// a change of targets moves no request that it does not have to move.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConsistentHashing } from '../../../src/proxy/balance/consistent-hashing.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { LeastConnections } from '../../../src/proxy/balance/least-connections.ts';
import { RoundRobin } from '../../../src/proxy/balance/round-robin.ts';
import { addressOf, type PeerEntry, peersOf, requestOf, use } from '../../unit/balance/rig.ts';

const weight = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 1, 100, 65_535));
const targets = (max: number, min = 1) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: min, maxLength: max })
    .chain((lasts) =>
      fc
        .array(weight, { minLength: lasts.length, maxLength: lasts.length })
        .map((weights) => lasts.map((last, i): PeerEntry => [`10.0.0.${last}:80`, weights[i]!])),
    );

describe('P22: shares', () => {
  test('one round of the wheel gives each target exactly its weight, and none is late', () => {
    const small = fc
      .array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
      .map((weights) => weights.map((own, i): PeerEntry => [`10.0.0.${i}:80`, own]));
    fc.assert(
      fc.property(small, (entries) => {
        const balancer = new RoundRobin(new Int32Array(healthWords(entries.length)));
        use(balancer, peersOf(entries));
        const total = entries.reduce((sum, [, own]) => sum + own, 0);
        const isEqual = entries.every(([, own]) => own === entries[0]![1]);
        const round = isEqual ? entries.length : total;
        for (let rounds = 0; rounds < 2; rounds++) {
          const counts = new Map<string, number>();
          for (let i = 1; i <= round; i++) {
            const address = addressOf(balancer.pick(null));
            const count = (counts.get(address) ?? 0) + 1;
            counts.set(address, count);
            const own = entries.find(([other]) => other === address)![1];
            // Never a whole turn ahead of an even spread.
            if (!isEqual) expect(count).toBeLessThan((i / total) * own + entries.length);
          }
          for (const [address, own] of entries) expect(counts.get(address)).toBe(isEqual ? 1 : own);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('who stays while others come and go keeps its share', () => {
    fc.assert(
      fc.property(
        targets(10, 2),
        targets(10, 2),
        fc.integer({ min: 1, max: 300 }),
        (before, after, picks) => {
          const balancer = new RoundRobin(new Int32Array(healthWords(16)));
          use(balancer, peersOf(before, new Int32Array(healthWords(16)), null));
          for (let i = 0; i < picks; i++) balancer.pick(null);
          use(balancer, peersOf(after, new Int32Array(healthWords(16)), null));
          const usable = new Set(after.filter(([, own]) => own > 0).map(([address]) => address));
          for (let i = 0; i < 50; i++) {
            const picked = addressOf(balancer.pick(null));
            expect(usable.size === 0 ? picked === '-' : usable.has(picked)).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('with some out, everybody else is asked, and never one that is out', () => {
    fc.assert(
      fc.property(targets(8), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (entries, isOut) => {
        for (const Kind of [RoundRobin, LeastConnections]) {
          const words = new Int32Array(healthWords(8));
          const balancer = new Kind(words);
          use(balancer, peersOf(entries, words));
          for (const [i, out] of isOut.entries()) if (out) forceHealth(words, i, false);
          const usable = entries.filter(([, own], i) => own > 0 && !isOut[i]).map(([address]) => address);
          const seen = new Set(
            Array.from({ length: 400 }, () => addressOf(balancer.pick(null, requestOf()))),
          );
          if (usable.length === 0) expect(seen).toEqual(new Set(['-']));
          else for (const address of seen) expect(usable).toContain(address);
          const isClose = entries.every(([, own]) => own > 0 && own < 10);
          if (isClose && usable.length > 0) expect(seen.size).toBe(usable.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('least connections: nobody has more requests for its weight than the next would have had', () => {
    const few = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 200 }), (weights, count) => {
        const balancer = new LeastConnections(new Int32Array(healthWords(8)));
        use(balancer, peersOf(weights.map((own, i) => [`10.0.0.${i}:80`, own] as const)));
        const open = weights.map(() => 0);
        for (let i = 0; i < count; i++)
          open[Number(balancer.pick(null, requestOf())!.endpoint.host.slice(7))]!++;
        const most = Math.max(...open.map((own, i) => own / weights[i]!));
        const next = Math.min(...open.map((own, i) => (own + 1) / weights[i]!));
        expect(most).toBeLessThanOrEqual(next + 1e-9);
      }),
      { numRuns: 200 },
    );
  });

  test('consistent hashing: of 10,000 keys each of n targets gets about its part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 199 }), (count, from) => {
        const balancer = hashing();
        use(
          balancer,
          peersOf(Array.from({ length: count }, (_, i) => [`10.${from}.0.${i}:80`, 100] as const)),
        );
        const counts = new Map<string, number>();
        for (let i = 0; i < 10_000; i++) {
          const address = addressOf(balancer.pick(null, requestOf({ ip: `${from}-${i}` })));
          counts.set(address, (counts.get(address) ?? 0) + 1);
        }
        expect(counts.size).toBe(count);
        // 160 arcs of random length vary by 8 %; four times that and the draw of the keys.
        for (const share of counts.values()) {
          expect(share).toBeGreaterThan((10_000 / count) * 0.55);
          expect(share).toBeLessThan((10_000 / count) * 1.5);
        }
      }),
      { numRuns: 12 },
    );
  });
});

function hashing(): ConsistentHashing {
  return new ConsistentHashing(new Int32Array(healthWords(64)), 10_000, {
    read: ({ request }) => request.clientAddress,
    affinity: null,
  });
}

function placesOf(entries: readonly PeerEntry[], keys: readonly string[]): readonly string[] {
  const balancer = hashing();
  use(balancer, peersOf(entries, new Int32Array(64), null));
  return keys.map((key) => addressOf(balancer.pick(null, requestOf({ ip: key }))));
}

describe('P23: movement', () => {
  const keys = Array.from({ length: 2000 }, (_, i) => `key ${i}`);
  const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 2, maxLength: 30 });
  const entriesOf = (lasts: readonly number[]): PeerEntry[] =>
    lasts.map((last) => [`10.0.0.${last}:80`, 100] as const);

  test('a target more takes about its part, and moves hardly anything between the others', () => {
    fc.assert(
      fc.property(hosts, (lasts) => {
        const before = placesOf(entriesOf(lasts.slice(1)), keys);
        const after = placesOf(entriesOf(lasts), keys);
        const own = `10.0.0.${lasts[0]}:80`;
        const moved = keys.filter((_, i) => before[i] !== after[i]).length;
        const elsewhere = keys.filter((_, i) => before[i] !== after[i] && after[i] !== own).length;
        expect(moved / keys.length).toBeLessThan(1 / lasts.length + 0.12);
        // An entry of the newcomer may take a point that another one had: that one goes on to its next.
        expect(elsewhere / keys.length).toBeLessThan(0.12);
      }),
      { numRuns: 30 },
    );
  });

  test('the order in which targets are known, their health and other upstreams move nothing', () => {
    fc.assert(
      fc.property(hosts, fc.integer(), (lasts, seed) => {
        const shuffled = lasts.toSorted((a, b) => ((a * 7919 + seed) % 251) - ((b * 7919 + seed) % 251));
        expect(placesOf(entriesOf(shuffled), keys)).toEqual(placesOf(entriesOf(lasts), keys));
      }),
      { numRuns: 20 },
    );
  });

  test('one that is out moves only its own keys', () => {
    fc.assert(
      fc.property(hosts, (lasts) => {
        const words = new Int32Array(healthWords(64));
        const balancer = hashing();
        const peers = peersOf(entriesOf(lasts), words);
        const watched = new ConsistentHashing(words, 10_000, {
          read: ({ request }) => request.clientAddress,
          affinity: null,
        });
        use(balancer, peersOf(entriesOf(lasts), new Int32Array(64), null));
        use(watched, peers);
        forceHealth(words, 0, false);
        for (const key of keys) {
          const before = addressOf(balancer.pick(null, requestOf({ ip: key })));
          const after = addressOf(watched.pick(null, requestOf({ ip: key })));
          if (before === peers[0]!.hostHeader) expect(after).not.toBe(before);
          else expect(after).toBe(before);
        }
      }),
      { numRuns: 10 },
    );
  });
});
