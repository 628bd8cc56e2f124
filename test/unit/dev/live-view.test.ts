// The page of `dev` as text: what a person reads, whatever the size of the terminal.
import { describe, expect, test } from 'vitest';
import { cutLine, formatPage, type LivePage } from '../../../src/cli/dev/live-view.ts';

const page: LivePage = {
  addresses: [['proxy', 'http://127.0.0.1:8000']],
  hints: ['curl http://127.0.0.1:8000/'],
  pods: [
    { name: 'shop-a', state: 'ready', address: '127.1.0.1' },
    { name: 'shop-b', state: 'starting', address: '' },
  ],
  traffic: {
    sent: 30,
    answered: 30,
    failed: 0,
    lastFailure: '',
    byPod: new Map([['shop-a', 30]]),
    latenciesMs: [1, 2, 3],
  },
  perSecond: 20,
  changes: ['12:00:00 pod shop-a is ready'],
  keys: 's scale   q quit',
};

const plain = (lines: readonly string[]) =>
  lines.map((line) => line.replaceAll(/\x1b\[[0-9;]*m/g, '').trimEnd());

test('the whole page', () => {
  expect(plain(formatPage(page, 120, 40))).toEqual([
    'tidegate dev',
    '  proxy      http://127.0.0.1:8000',
    '',
    '  $ curl http://127.0.0.1:8000/',
    '',
    '  requests 30 (20/s)  failed 0  p50 2.0 ms  p99 3.0 ms',
    '',
    '  shop-a    127.1.0.1     ready        #################### 30',
    '  shop-b                  starting     .................... 0',
    '',
    '  12:00:00 pod shop-a is ready',
    '',
    '  s scale   q quit',
  ]);
});

test('a failure is shown with its reason', () => {
  const traffic = { ...page.traffic!, failed: 2, lastFailure: 'status 502: bad' };
  expect(plain(formatPage({ ...page, traffic }, 120, 40))[5]).toBe(
    '  requests 30 (20/s)  failed 2  p50 2.0 ms  p99 3.0 ms  last: status 502: bad',
  );
});

describe('never larger than the terminal', () => {
  const pods = Array.from({ length: 500 }, (_, i) => ({
    name: `pod-${i}`,
    state: 'ready',
    address: '127.1.0.1',
  }));
  test.each([
    [80, 24],
    [20, 10],
    [200, 60],
  ])('%d columns, %d rows', (columns, rows) => {
    const lines = formatPage({ ...page, pods }, columns, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...plain(lines).map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});

test('escape codes have no width and stay whole', () => {
  expect(cutLine('\x1b[31mabcdef\x1b[0m', 3)).toBe('\x1b[31mabc\x1b[0m');
  expect(cutLine('abc', 3)).toBe('abc');
});
