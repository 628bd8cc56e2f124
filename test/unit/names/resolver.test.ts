// What a name stands for over time: kept fresh before its records run out, stale while nobody can tell, given up when there is
// no such name. Times are worked out by hand from Kong's settings.
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/ports/log.ts';
import { createResolver } from '../../../src/proxy/names/resolver.ts';
import { type NameSettings, nameSettingsDefault } from '../../../src/proxy/names/settings.ts';
import { createManualClock } from '../controllers/manual-clock.ts';
import { createTestDns, type Records } from './zone.ts';

type Step =
  /** DNS says this from now on. */
  | { readonly records: Records }
  /** So many milliseconds pass. */
  | { readonly ms: number }
  /** What the name stands for now: 'known 10.0.0.1', 'waiting', 'absent', 'failed'; how often anything was asked so far. */
  | { readonly is: string; readonly asked?: number };

interface Case {
  readonly settings?: Partial<NameSettings>;
  readonly steps: readonly Step[];
}

const one = { 'A a.example': '10.0.0.1/10' };
const other = { 'A a.example': '10.0.0.2/10' };
const down = { 'A a.example': '!ETIMEOUT' };

const cases: Readonly<Record<string, Case>> = {
  'waiting until the first answer': {
    steps: [{ records: one }, { is: 'waiting', asked: 1 }, { ms: 1 }, { is: 'known 10.0.0.1', asked: 1 }],
  },
  // A tenth to a fifth of its time before a record runs out.
  'asked again before the records run out': {
    steps: [
      { records: one },
      { ms: 7_999 },
      { is: 'known 10.0.0.1', asked: 1 },
      { ms: 1_100 },
      { is: 'known 10.0.0.1', asked: 2 },
    ],
  },
  'other addresses are taken up': {
    steps: [{ records: one }, { ms: 1 }, { records: other }, { ms: 10_000 }, { is: 'known 10.0.0.2' }],
  },
  'a time of nothing is a second': {
    steps: [
      { records: { 'A a.example': '10.0.0.1/0' } },
      { ms: 1_000 },
      { is: 'known 10.0.0.1', asked: 1 },
      { ms: 10 },
      { is: 'known 10.0.0.1', asked: 2 },
    ],
  },
  "dns_valid_ttl takes the place of the records' own time": {
    settings: { validTtlMs: 100_000 },
    steps: [{ records: one }, { ms: 79_000 }, { is: 'known 10.0.0.1', asked: 1 }],
  },
  // Asked at 0, about 8.5 s, then after 1, 2, 4, 8, 16, 16 s and so on.
  'while nobody answers the old addresses go on, and it is asked again ever more rarely': {
    steps: [
      { records: one },
      { ms: 1 },
      { records: down },
      { ms: 9_500 },
      { is: 'known 10.0.0.1', asked: 2 },
      { ms: 90_500 },
      { is: 'known 10.0.0.1', asked: 10 },
      { records: other },
      { ms: 5_000 },
      { is: 'known 10.0.0.2', asked: 11 },
    ],
  },
  // 10 s of their own and 5 s more.
  'only so long': {
    settings: { staleTtlMs: 5_000 },
    steps: [
      { records: one },
      { ms: 1 },
      { records: down },
      { ms: 14_990 },
      { is: 'known 10.0.0.1' },
      { ms: 20 },
      { is: 'failed' },
    ],
  },
  'that there is no such name is believed at once, for half a minute': {
    steps: [
      { records: one },
      { ms: 1 },
      { records: {} },
      { ms: 10_000 },
      { is: 'absent', asked: 2 },
      { records: one },
      { ms: 27_000 },
      { is: 'absent', asked: 2 },
      { ms: 3_100 },
      { is: 'known 10.0.0.1', asked: 3 },
    ],
  },
  'a name that exists without addresses keeps the old ones': {
    steps: [
      { records: one },
      { ms: 1 },
      { records: { 'A a.example': '-' } },
      { ms: 60_000 },
      { is: 'known 10.0.0.1' },
    ],
  },
  'and counts as absent where it had none': {
    steps: [{ records: { 'A a.example': '-' } }, { ms: 1 }, { is: 'absent', asked: 1 }],
  },
  'nobody could tell from the beginning': {
    steps: [
      { records: down },
      { ms: 1 },
      { is: 'failed', asked: 1 },
      { records: one },
      { ms: 1_001 },
      { is: 'known 10.0.0.1', asked: 2 },
    ],
  },
  'what the hosts file says is never asked for': {
    settings: { hosts: new Map([['a.example', { ipv4: '10.7.7.7', ipv6: '2001:db8::7' }]]) },
    steps: [
      { records: one },
      { is: 'known 10.7.7.7', asked: 0 },
      { ms: 100_000 },
      { is: 'known 10.7.7.7', asked: 0 },
    ],
  },
  'AAAA first in the order prefers IPv6 there': {
    settings: {
      order: ['AAAA', 'A'],
      hosts: new Map([['a.example', { ipv4: '10.7.7.7', ipv6: '2001:db8::7' }]]),
    },
    steps: [{ records: {} }, { is: 'known 2001:db8::7', asked: 0 }],
  },
};

function follow(settings: Partial<NameSettings>) {
  const clock = createManualClock();
  const dns = createTestDns(clock, {});
  const changes: string[] = [];
  const random = { uint32: () => 0x8000_0000, bytes: () => Buffer.alloc(0) };
  const resolver = createResolver(
    { clock, dns, random, log: silentLog },
    { ...nameSettingsDefault, order: ['A'], ...settings },
    (name) => changes.push(name),
  );
  const state = (): string => {
    const { state: word, addresses } = resolver.answer('a.example');
    return [word, ...addresses.map(({ host }) => host)].join(' ');
  };
  return { clock, dns, resolver, changes, state };
}

test.each(Object.entries(cases))('%s', (_name, { settings = {}, steps }) => {
  const { clock, dns, resolver, state } = follow(settings);
  let isFirst = true;
  for (const step of steps) {
    if ('records' in step) dns.records = step.records;
    else if ('ms' in step) clock.advance(step.ms);
    else {
      expect(state()).toBe(step.is);
      if (step.asked !== undefined) expect(dns.asked.length).toBe(step.asked);
    }
    if (isFirst) resolver.watch('a.example');
    isFirst = false;
  }
  expect(dns.openMax).toBeLessThanOrEqual(1);
});

test('one is told of changes only', () => {
  const { clock, dns, resolver, changes } = follow({});
  dns.records = one;
  resolver.watch('a.example');
  clock.advance(60_000);
  expect(changes.length).toBe(1);
  dns.records = { 'A a.example': '10.0.0.1/10 10.0.0.2/10' };
  clock.advance(10_000);
  dns.records = { 'A a.example': '10.0.0.2/10 10.0.0.1/10' };
  clock.advance(60_000);
  expect(changes.length).toBe(2);
});

test('a name that comes back during an outage has what it had; after its time it has nothing', () => {
  const { clock, dns, resolver, state } = follow({ staleTtlMs: 5_000 });
  dns.records = one;
  resolver.watch('a.example');
  clock.advance(1);
  resolver.unwatch('a.example');
  dns.records = down;
  clock.advance(9_000);
  resolver.watch('a.example');
  expect(state()).toBe('known 10.0.0.1');
  clock.advance(5_000);
  expect(state()).toBe('known 10.0.0.1');
  clock.advance(1_500);
  expect(state()).toBe('failed');
  dns.records = one;
  clock.advance(20_000);
  resolver.unwatch('a.example');
  clock.advance(20_000);
  resolver.watch('a.example');
  expect(state()).toBe('waiting');
});

test('what is not watched any more is not asked for', () => {
  const { clock, dns, resolver, changes } = follow({});
  dns.records = one;
  resolver.watch('a.example');
  resolver.unwatch('a.example');
  clock.advance(60_000);
  expect([changes.length, dns.asked.length]).toEqual([0, 1]);
  resolver.watch('a.example');
  clock.advance(1);
  resolver.stop();
  clock.advance(60_000);
  expect([changes.length, dns.asked.length]).toEqual([1, 2]);
});
