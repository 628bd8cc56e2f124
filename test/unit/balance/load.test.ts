// Least connections and latency: who is picked, as Kong's arithmetic has it, worked out by hand.
import { describe, expect, test } from 'vitest';
import type { BalancedTarget } from '../../../src/proxy/balance/balancer.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { decayedAverage, Latency } from '../../../src/proxy/balance/latency.ts';
import { LeastConnections } from '../../../src/proxy/balance/least-connections.ts';
import { type PeerEntry, peersOf, requestOf, use } from './rig.ts';

const entries = (weights: readonly number[]): PeerEntry[] =>
  weights.map((weight, i) => [`${i}:80`, weight] as const);

describe('least connections', () => {
  /** Digits pick (the number expected), a digit after '-' ends one of that target's requests. */
  const table: readonly (readonly [string, readonly number[], string])[] = [
    ['equal ones take turns', [1, 1, 1], '0 1 2 0 1 2'],
    ['who has ended one is next', [1, 1, 1], '0 1 2 -1 1 -2 2'],
    // (count + 1) / weight: 1/3 2/3 | 1/1, so the third is level with the light one.
    ['the heaviest of idle ones is first', [1, 3], '1 1 0 1'],
    ['a heavy one has its multiple', [1, 2], '1 0 1 1 0 1'],
    ['ended ones count no more', [1, 2], '1 -1 1 -1 1 -1 1'],
  ];
  test.each(table)('%s', (_name, weights, script) => {
    const balancer = new LeastConnections(new Int32Array(healthWords(8)));
    use(balancer, peersOf(entries(weights)));
    const open = new Map<string, BalancedTarget[]>();
    const picked: string[] = [];
    for (const step of script.split(' ')) {
      if (step.startsWith('-')) {
        open.get(step.slice(1))!.pop()!.load!.end(-1);
        picked.push(step);
        continue;
      }
      const target = balancer.pick(null, requestOf())!;
      const name = target.hostHeader.slice(0, 1);
      open.set(name, [...(open.get(name) ?? []), target]);
      picked.push(name);
    }
    expect(picked.join(' ')).toBe(script);
  });

  test('counts stay with a target whose weight changes, or whose neighbours do', () => {
    const balancer = new LeastConnections(new Int32Array(healthWords(8)));
    use(balancer, peersOf(entries([1, 1])));
    const first = balancer.pick(null, requestOf())!;
    use(balancer, peersOf(entries([2, 2, 2])));
    const picked = [1, 2].map(() => balancer.pick(null, requestOf())!.hostHeader);
    expect(picked).toEqual(['1:80', '2:80']);
    first.load!.end(-1);
    expect(balancer.pick(null, requestOf())!.hostHeader).toBe('0:80');
  });

  test('one that is out or was tried is passed by, whatever it has', () => {
    const words = new Int32Array(healthWords(8));
    const balancer = new LeastConnections(words);
    const peers = peersOf(entries([1, 1, 1, 1, 1]), words);
    use(balancer, peers);
    for (const slot of [0, 1, 3]) forceHealth(words, slot, false);
    const first = balancer.pick(null, requestOf())!;
    const second = balancer.pick([first], requestOf())!;
    expect(new Set([first, second])).toEqual(new Set([peers[2], peers[4]]));
    expect(balancer.pick([first, second], requestOf())).not.toBeNull();
    for (const slot of [2, 4]) forceHealth(words, slot, false);
    expect(balancer.pick(null, requestOf())).toBeNull();
  });
});

describe('latency', () => {
  // e^-0.1 = 0.9048374180, e^-1 = 0.3678794412, by hand.
  test.each([
    [0, 0, 0.2, 0],
    [0.1, 10, 0, 0.03678794412],
    [0.1, 10, 0.3, 0.226424111765],
    [0.5, 1, 0.1, 0.461934967191],
    [0.5, -5, 0.1, 0.5],
    [0, 1_000_000, 0.25, 0.25],
  ])('%d after %d s with %d: %d', (ewma, elapsed, seconds, expected) => {
    expect(decayedAverage(ewma, elapsed, seconds)).toBeCloseTo(expected, 9);
  });

  function world(weights: readonly number[], words = new Int32Array(healthWords(8))) {
    let nowUs = 1_000_000_000;
    const balancer = new Latency(words, { monotonicUs: () => nowUs });
    const peers = peersOf(entries(weights), words);
    use(balancer, peers);
    const pick = (tried: readonly BalancedTarget[] | null = null) => balancer.pick(tried, requestOf())!;
    return {
      balancer,
      peers,
      pick,
      name: () => pick().hostHeader.slice(0, 1),
      wait: (seconds: number) => {
        nowUs += seconds * 1_000_000;
      },
    };
  }

  test('those nothing is known of take turns; then the fastest is asked until another is faster', () => {
    const { peers, name, wait } = world([1, 1, 1]);
    expect([name(), name(), name(), name()].join('')).toBe('0120');
    wait(1);
    // 0.1 s, 0.05 s and 0.2 s after 1 s: each counts 1 - e^-0.1 = 0.0952.
    peers[0]!.load!.end(0.1);
    peers[1]!.load!.end(0.05);
    peers[2]!.load!.end(0.2);
    expect([name(), name(), name()].join('')).toBe('111');
    wait(10);
    // 0.00476 / e + 0.632 * 0.3 = 0.1914 against 0.00952 and 0.019, faded to a third.
    peers[1]!.load!.end(0.3);
    expect(name()).toBe('0');
  });

  test('weight divides the time', () => {
    const { peers, name, wait } = world([1, 4]);
    wait(1);
    peers[0]!.load!.end(0.1);
    peers[1]!.load!.end(0.3);
    expect(name()).toBe('1');
  });

  test('what is not asked fades and is tried again', () => {
    const { peers, name, wait } = world([1, 1]);
    wait(10);
    peers[0]!.load!.end(1);
    peers[1]!.load!.end(0.1);
    let rounds = 0;
    while (name() === '1') {
      wait(1);
      peers[1]!.load!.end(0.1);
      rounds++;
    }
    // 0.632 e^(-n/10) falls under what the other keeps, 0.1 - 0.0368 e^(-n/10), at e^(-n/10) = 0.1495: after 19.0 s.
    expect(rounds).toBe(20);
  });

  test('a newcomer begins with the average, itself counted as nothing', () => {
    const { balancer, peers, pick, wait } = world([1, 1]);
    wait(1000);
    peers[0]!.load!.end(0.3);
    peers[1]!.load!.end(0.6);
    const more = peersOf(entries([1, 1, 1]));
    // (0.3 + 0.6 + 0) / 3 = 0.3, a moment's fading apart from the first.
    use(balancer, more);
    expect(new Set([pick().hostHeader, pick().hostHeader])).toEqual(new Set(['0:80', '2:80']));
  });

  test('tries that failed tell nothing; failed and unhealthy ones are passed by', () => {
    const words = new Int32Array(healthWords(8));
    const { peers, pick, wait } = world([1, 1, 1], words);
    wait(1);
    for (const [i, peer] of peers.entries()) peer.load!.end((i + 1) / 10);
    peers[0]!.load!.end(-1);
    expect(pick()).toBe(peers[0]);
    expect(pick([peers[0]!])).toBe(peers[1]);
    forceHealth(words, 0, false);
    expect(pick()).toBe(peers[1]);
    expect(pick([peers[1]!])).toBe(peers[2]);
    expect(pick([peers[1]!, peers[2]!])).toBe(peers[1]);
  });
});
