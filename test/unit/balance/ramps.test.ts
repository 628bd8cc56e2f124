// Slow start as a worker applies it: who is on the way up gets the part of its share that the shared word says, never more.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerBalancer } from '../../../src/proxy/balance/balancer.ts';
import { balancerKind, createBalancer } from '../../../src/proxy/balance/create.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { type PeerEntry, peersOf, requestOf, upstreamOf, use } from './rig.ts';

const algorithms = ['round-robin', 'least-connections', 'latency'] as const;
const tags = ['tidegate-slow-start=30s'];

function world(algorithm: string, entries: readonly PeerEntry[], own: readonly string[] = tags) {
  const health = new Int32Array(healthWords(entries.length));
  const shares = new Int32Array(entries.length);
  const fields = algorithm === 'consistent-hashing' ? { hash_on: 'ip' } : {};
  const upstream = upstreamOf({ algorithm, tags: own, ...fields });
  const balancer = createBalancer(upstream, { health, shares }, { monotonicUs: () => 0 });
  use(balancer, peersOf(entries, health));
  return { balancer, health, shares };
}

function countsOf(balancer: PeerBalancer, picks: number, seconds = 0.01): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < picks; i++) {
    const target = balancer.pick(null, requestOf())!;
    target.load?.end(seconds);
    counts.set(target.hostHeader, (counts.get(target.hostHeader) ?? 0) + 1);
  }
  return counts;
}

const equal = (count: number): PeerEntry[] => Array.from({ length: count }, (_, i) => [`${i}:80`, 100]);

describe.each(algorithms)('%s', (algorithm) => {
  test('never more than its part', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(
        weights,
        fc.boolean(),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 900 }),
        (all, areEqual, share, picks) => {
          const entries = all.map((weight, i): PeerEntry => [`${i}:80`, areEqual ? 100 : weight]);
          const { balancer, shares } = world(algorithm, entries);
          shares[0] = share;
          const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
          const most = (picks * share * entries[0]![1]) / 1000 / total;
          expect(countsOf(balancer, picks).get('0:80') ?? 0).toBeLessThanOrEqual(most + 2);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('alone it gets everything, and without a share it is one of all', () => {
    const { balancer, health, shares } = world(algorithm, equal(3));
    shares.fill(100);
    forceHealth(health, 1, false);
    forceHealth(health, 2, false);
    expect(countsOf(balancer, 50).get('0:80')).toBe(50);
    for (const slot of [1, 2]) forceHealth(health, slot, true);
    shares.fill(0);
    const counts = countsOf(balancer, 300);
    if (algorithm !== 'latency') expect([...counts.values()]).toEqual([100, 100, 100]);
  });

  test('an upstream without the tag, or with a wrong one, looks at no shares', () => {
    for (const own of [[], ['tidegate-slow-start=soon'], ['tidegate-slow-start=16m']]) {
      const { balancer, shares } = world(algorithm, equal(2), own);
      shares[0] = 1;
      if (algorithm !== 'latency') expect(countsOf(balancer, 100).get('0:80')).toBe(50);
    }
  });
});

test.each([
  [100, 1000, 25],
  [500, 1000, 125],
  [900, 1000, 225],
  [999, 1000, 250],
])('of 4 in turn with a share of %d: %d choices', (share, picks, expected) => {
  const { balancer, shares } = world('round-robin', equal(4));
  shares[2] = share;
  const counts = countsOf(balancer, picks);
  expect(Math.abs(counts.get('2:80')! - expected)).toBeLessThanOrEqual(3);
  const others = ['0:80', '1:80', '3:80'].map((name) => counts.get(name)!);
  expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
});

test('hashing and sessions know no slow start; the tag makes another balancer of the others', () => {
  for (const algorithm of ['consistent-hashing', 'sticky-sessions']) {
    const cookie = algorithm === 'sticky-sessions' ? { sticky_sessions_cookie: 'at' } : { hash_on: 'ip' };
    const fields = { algorithm, ...cookie };
    expect(balancerKind(upstreamOf({ ...fields, tags }))).toBe(balancerKind(upstreamOf(fields)));
  }
  for (const algorithm of algorithms)
    expect(balancerKind(upstreamOf({ algorithm, tags }))).not.toBe(balancerKind(upstreamOf({ algorithm })));
});
