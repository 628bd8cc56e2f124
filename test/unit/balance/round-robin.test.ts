// Who is picked, and what passive checks make of answers.
import { describe, expect, test } from 'vitest';
import { forceHealth, healthWords, isHealthy } from '../../../src/proxy/balance/health.ts';
import { RoundRobin } from '../../../src/proxy/balance/round-robin.ts';
import { peersOf, use } from './rig.ts';

function balancer(
  weights: readonly number[],
  words: Int32Array,
  settings: Record<string, unknown> = {},
): RoundRobin {
  const made = new RoundRobin(words);
  const peers = peersOf(
    weights.map((weight, i) => [`${i}:80`, weight] as const),
    words,
    settings,
  );
  use(made, peers, (settings['threshold'] as number | undefined) ?? 0);
  return made;
}

function picks(from: RoundRobin, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += from.pick(null)?.hostHeader.slice(0, 1) ?? '-';
  return text;
}

describe('order', () => {
  const table: readonly (readonly [
    string,
    readonly number[],
    readonly number[],
    Record<string, unknown>,
    string,
  ])[] = [
    ['equal weights take turns', [1, 1, 1], [], {}, '012012'],
    ['weights are smooth', [3, 1], [], {}, '00100010'],
    ['so are large ones', [5, 1, 1], [], {}, '0001200'],
    ['unhealthy ones lose their turns', [2, 1, 1], [1], {}, '02002002'],
    ['weight 0 gets nothing', [1, 0, 1], [], {}, '0202'],
    ['unhealthy ones are left out', [1, 1, 1], [1], {}, '0202'],
    ['all unhealthy: nobody', [1, 1], [0, 1], {}, '--'],
    ['no targets: nobody', [], [], {}, '-'],
    ['under the threshold: nobody', [1, 1], [0], { threshold: 50 }, '--'],
    ['over the threshold', [1, 1, 1], [0], { threshold: 50 }, '1212'],
  ];
  test.each(table)('%s', (_name, weights, unhealthy, settings, expected) => {
    const words = new Int32Array(healthWords(8));
    for (const slot of unhealthy) forceHealth(words, slot, false);
    expect(picks(balancer(weights, words, settings), expected.length)).toBe(expected);
  });

  test('those already tried are avoided while another one is there', () => {
    const words = new Int32Array(healthWords(2));
    const made = balancer([1, 1], words);
    const first = made.pick(null)!;
    const second = made.pick([first])!;
    expect(second.hostHeader).not.toBe(first.hostHeader);
    expect(made.pick([first, second])).not.toBeNull();
  });
});

describe('counters', () => {
  test('passive checks take a target out and statuses in no list count nothing', () => {
    const words = new Int32Array(healthWords(1));
    const made = balancer([1], words, { passive: { unhealthy: { http_failures: 2, timeouts: 1 } } });
    const { health } = made.pick(null)!;
    health!.reportStatus(500);
    health!.reportStatus(404);
    expect(isHealthy(words, 0)).toBe(true);
    health!.reportStatus(503);
    expect(made.pick(null)).toBeNull();
    forceHealth(words, 0, true);
    health!.reportTcpFailure();
    expect(isHealthy(words, 0)).toBe(true);
    health!.reportTimeout();
    expect(isHealthy(words, 0)).toBe(false);
  });
});
