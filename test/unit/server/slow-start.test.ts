// Slow start as the main thread keeps time for it: who begins with a part of its share, and when it has all of it.
import { expect, test } from 'vitest';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { SlotPair } from '../../../src/proxy/server/slots.ts';
import { createSlowStart, shareAfter } from '../../../src/proxy/server/slow-start.ts';

test.each([
  [0, 10_000, 100],
  [1, 10_000, 100],
  [2_500, 10_000, 325],
  [5_000, 10_000, 550],
  [9_999, 10_000, 999],
  [10_000, 10_000, 0],
  [99_000, 10_000, 0],
  [-5, 10_000, 100],
])('after %d of %d ms: %d', (elapsedMs, windowMs, expected) => {
  expect(shareAfter(elapsedMs, windowMs)).toBe(expected);
});

function world(tag = 'tidegate-slow-start=10s', algorithm = 'round-robin') {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  const clock = {
    wallMs: () => 0,
    monotonicUs: () => nowMs * 1000,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return { cancel: () => (timers = timers.filter((each) => each !== timer)) };
    },
  };
  const run = (untilMs: number): void => {
    for (;;) {
      const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      timers = timers.filter((each) => each !== next);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = untilMs;
  };
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const hash = algorithm === 'consistent-hashing' ? { hash_on: 'ip' } : {};
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    upstreams: [{ name: 'up', tags: [tag], algorithm, ...hash }],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const config = decoded.value;
  const [upstream] = config.entities.upstreams.keys();
  const pair = (slot: number): SlotPair => [`${upstream} 10.0.0.${slot}:80`, slot];
  const shares = new Int32Array(8);
  const slowStart = createSlowStart({ clock, log }, shares);
  const come = (fresh: readonly number[], staying: readonly number[]): void =>
    slowStart.newcomers(fresh.map(pair), () => [...staying, ...fresh].map(pair), config);
  return { slowStart, shares, run, come, pair, config, warnings, pending: () => timers.length };
}

test('a newcomer grows from a tenth to all of it, and nothing is left running', () => {
  const { shares, run, come, pending } = world();
  come([2, 3], [1]);
  expect([...shares.slice(0, 4)]).toEqual([0, 0, 100, 100]);
  run(5_000);
  expect([...shares.slice(0, 4)]).toEqual([0, 0, 550, 550]);
  run(9_950);
  expect(shares[2]).toBeGreaterThan(980);
  run(10_100);
  expect([...shares]).toEqual(new Array(8).fill(0));
  expect(pending()).toBe(0);
});

test('where all are new nobody is held back', () => {
  const { shares, come, pending } = world();
  come([1, 2], []);
  expect([...shares]).toEqual(new Array(8).fill(0));
  expect(pending()).toBe(0);
});

test.each([
  ['another tag', 'team-a', 'round-robin', 0],
  ['too long', 'tidegate-slow-start=1h', 'round-robin', 1],
  ['no duration', 'tidegate-slow-start=', 'least-connections', 1],
  ['of no use', 'tidegate-slow-start=10s', 'consistent-hashing', 0],
])('nobody is held back: %s', (_name, tag, algorithm, warned) => {
  const { shares, come, pending, warnings } = world(tag, algorithm);
  for (let i = 0; i < 3; i++) come([3], [1, 2]);
  expect([...shares]).toEqual(new Array(8).fill(0));
  expect(pending()).toBe(0);
  expect(warnings).toHaveLength(warned);
});

test('who is well again begins anew, and a word that is given away does not', () => {
  const { slowStart, shares, run, come, pair, config } = world();
  come([2], [1]);
  run(6_000);
  slowStart.recovered(...pair(2), config);
  expect(shares[2]).toBe(100);
  slowStart.recovered(...pair(1), config);
  slowStart.clear(1);
  run(11_000);
  expect([shares[1], shares[2]]).toEqual([0, 550]);
  slowStart.stop();
  run(60_000);
  expect(shares[2]).toBe(550);
});
