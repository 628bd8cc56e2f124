// The ring is Kong's, point for point. Expected values come from a Lua program of the formula that runs the xxHash
// package which Kong runs: the hash of all points' owners (one line each, empty where nobody's), and where keys go.
import { describe, expect, test } from 'vitest';
import { xxhash32 } from '../../../src/base/xxhash32.ts';
import { ringTargetsMax } from '../../../src/kong/hash-ring.ts';
import { ConsistentHashing } from '../../../src/proxy/balance/consistent-hashing.ts';
import { buildRing, type HashRing } from '../../../src/proxy/balance/hash-ring.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { comparePeers, listOf } from '../../../src/proxy/balance/peer.ts';
import { addressOf, type PeerEntry, peersOf, requestOf, use } from './rig.ts';

test.each([
  ['', 46947589],
  ['a', 1426945110],
  ['abc', 852579327],
  ['alice', 1966764669],
  ['10.0.0.1::80 1', 1053262915],
  ['10.0.0.1::8080 17', 874533349],
  ['0123456789abcdef', 3267648361],
  ['0123456789abcdef0', 2861635773],
  ['0123456789abcdef0123456789abcdef', 3951594800],
  ['x'.repeat(1000), 1941755927],
  ['caf\u00c3\u00a9', 1071462849],
])('XXH32 of %j', (text, expected) => {
  expect(xxhash32(text)).toBe(expected);
});

const keys = [
  '',
  'alice',
  'bob',
  '10.244.0.17',
  '7e8f0b1c-9c1d-4b7e-9a53-0f5f3a3c2b11',
  '/api/v1/items',
  'a,b',
  'caf\u00c3\u00a9',
];

interface RingCase {
  readonly name: string;
  readonly slots: number;
  readonly targets: readonly PeerEntry[];
  readonly taken: number;
  readonly digest: number;
  /** In the order of `keys`. */
  readonly picks: readonly string[];
}

const first = '[::1]:80';
const second = '[fd00:10::ab:2]:8443';

const cases: readonly RingCase[] = [
  {
    name: 'three equal',
    slots: 10_000,
    targets: [1, 2, 3].map((last) => [`10.0.0.${last}:80`, 100]),
    taken: 480,
    digest: 2366467553,
    picks: [2, 1, 3, 1, 3, 2, 3, 3].map((last) => `10.0.0.${last}:80`),
  },
  {
    name: 'very different weights',
    slots: 10_000,
    targets: [
      ['10.0.0.1:8080', 1],
      ['10.0.0.2:8080', 99],
      ['10.0.0.3:8080', 1000],
    ],
    taken: 480,
    digest: 1081405107,
    picks: keys.map(() => '10.0.0.3:8080'),
  },
  {
    name: 'a target of weight 0 counts as one',
    slots: 10_000,
    targets: [
      ['10.0.0.1:80', 100],
      ['10.0.0.2:80', 0],
      ['10.0.0.3:80', 50],
    ],
    taken: 480,
    digest: 2968851160,
    picks: [1, 1, 1, 1, 3, 1, 3, 3].map((last) => `10.0.0.${last}:80`),
  },
  {
    name: 'ports in the order of numbers',
    slots: 1000,
    targets: [9, 80, 8080, 443].map((port) => [`10.0.0.1:${port}`, 10]),
    taken: 640,
    digest: 3208139869,
    picks: [443, 80, 443, 8080, 443, 80, 9, 443].map((port) => `10.0.0.1:${port}`),
  },
  {
    name: 'fewer slots than there can be; names in the order of bytes',
    slots: 10,
    targets: ['a.example', 'b.example', '10.0.0.10', '10.0.0.9'].map((host) => [`${host}:80`, 100]),
    taken: 640,
    digest: 1673633983,
    picks: [
      'b.example:80',
      'b.example:80',
      'a.example:80',
      '10.0.0.9:80',
      '10.0.0.10:80',
      '10.0.0.10:80',
      '10.0.0.9:80',
      '10.0.0.9:80',
    ],
  },
  {
    name: 'IPv6 in full',
    slots: 10_000,
    targets: [
      [first, 100],
      [second, 100],
    ],
    taken: 320,
    digest: 1282394847,
    picks: [second, first, first, second, second, first, second, second],
  },
  {
    name: 'nearly full: most entries collide',
    slots: 10_000,
    targets: Array.from({ length: 55 }, (_, i) => [`10.1.2.${i + 1}:8000`, 100] as const),
    taken: 8800,
    digest: 1924747422,
    picks: [38, 11, 29, 50, 28, 3, 39, 31].map((last) => `10.1.2.${last}:8000`),
  },
  {
    name: 'one target, the largest ring',
    slots: 65_536,
    targets: [['192.168.10.20:31000', 7]],
    taken: 160,
    digest: 43037639,
    picks: keys.map(() => '192.168.10.20:31000'),
  },
];

function ringOf({ slots, targets }: RingCase): { readonly ring: HashRing; readonly names: string[] } {
  const peers = peersOf(targets)
    .filter(({ weight }) => weight > 0)
    .sort(comparePeers);
  const steps = buildRing(listOf(peers, targets.length, 0), slots);
  for (let step = steps.next(); ; step = steps.next())
    if (step.done === true)
      return { ring: step.value, names: peers.map(({ name, endpoint }) => `${name}:${endpoint.port}`) };
}

describe.each(cases)('$name', (each) => {
  test('every point', () => {
    const { ring, names } = ringOf(each);
    const owners = [...ring.owners];
    expect(ring.points).toBe(Math.max(1000, each.slots));
    expect(owners.filter((owner) => owner !== 0)).toHaveLength(each.taken);
    expect(xxhash32(owners.map((owner) => names[owner - 1] ?? '').join('\n'))).toBe(each.digest);
  });

  test('where keys go', () => {
    const balancer = hashing(each.slots);
    use(balancer, peersOf(each.targets));
    expect(keys.map((key) => addressOf(balancer.pick(null, asking(key))))).toEqual(each.picks);
  });
});

const words = new Int32Array(healthWords(64));

function hashing(slots: number, of: Int32Array = words): ConsistentHashing {
  return new ConsistentHashing(of, slots, { read: ({ request }) => request.path, affinity: null });
}

const asking = (key: string) => requestOf({ path: key });

test('more targets than the ring takes: it is made larger, nobody is left out', () => {
  expect([10, 10_000, 65_536].map(ringTargetsMax)).toEqual([6, 62, 409]);
  const targets = Array.from({ length: 200 }, (_, i) => [`10.0.${i}.1:80`, 100] as const);
  const { ring } = ringOf({ ...cases[0]!, targets });
  expect(ring.points).toBe(40_000);
  expect(new Set(ring.owners).size).toBe(201);
});

describe('who cannot be used', () => {
  const targets = [1, 2, 3].map((last) => [`10.0.0.${last}:80`, 100] as const);

  test('keys of one that is out go elsewhere, the others stay, and all come back', () => {
    const health = new Int32Array(healthWords(3));
    const balancer = hashing(10_000, health);
    use(balancer, peersOf(targets, health));
    const many = Array.from({ length: 300 }, (_, i) => `key-${i}`);
    const before = many.map((key) => addressOf(balancer.pick(null, asking(key))));
    forceHealth(health, 1, false);
    const during = many.map((key) => addressOf(balancer.pick(null, asking(key))));
    for (const [i, address] of before.entries())
      if (address === '10.0.0.2:80') expect(during[i]).not.toBe(address);
      else expect(during[i]).toBe(address);
    forceHealth(health, 1, true);
    expect(many.map((key) => addressOf(balancer.pick(null, asking(key))))).toEqual(before);
  });

  test('another try goes to another target, in an order that the key gives; then to any', () => {
    const balancer = hashing(10_000);
    use(balancer, peersOf(targets));
    const request = asking('alice');
    const one = balancer.pick(null, request)!;
    const two = balancer.pick([one], request)!;
    const three = balancer.pick([one, two], request)!;
    expect(new Set([one, two, three].map(addressOf)).size).toBe(3);
    expect(balancer.pick([one], asking('alice'))).toBe(two);
    expect(balancer.pick([one, two, three], request)).toBe(one);
  });

  test('nobody: found out without walking round a large ring', () => {
    const health = new Int32Array(healthWords(3));
    const balancer = hashing(65_536, health);
    use(balancer, peersOf(targets, health));
    for (const slot of [0, 1, 2]) forceHealth(health, slot, false);
    expect(balancer.pick(null, asking('alice'))).toBeNull();
  });
});
