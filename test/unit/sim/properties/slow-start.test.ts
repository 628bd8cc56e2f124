// P73 over evidence made by hand: a second pod joins at the fifth second, and what a worker gives it from then on.
import { describe, it } from 'vitest';
import type { Evidence } from '../../../../sim/evidence/evidence.ts';
import { fairShare } from '../../../../sim/properties/fair-share.ts';
import type { Property } from '../../../../sim/properties/property.ts';
import { slowStart } from '../../../../sim/properties/slow-start.ts';
import { added, check, configOf, fault, second, service } from './told.ts';
import {
  bothPods,
  changed,
  dial,
  dialB,
  endpoints,
  fromB,
  pod,
  podA,
  receipt,
  request,
  served,
  shop,
  told,
} from './traffic.ts';

const joinsAt = 5;
const slow = (seconds: number) =>
  service('shop', { annotations: { 'tidegate.dev/slow-start': `${seconds}s` } });

/** Requests at every half second from the sixth on, by pod. */
function chosen(text: string, from: ReturnType<typeof service>, more: Partial<Evidence> = {}) {
  const onlyA = endpoints([podA]);
  const atUs = (index: number): number => 6 * second + index * 500_000;
  const pods = [...text];
  return told({
    store: [...added(from, onlyA, shop, pod('shop-a'), pod('shop-b')), changed(6, bothPods, joinsAt)],
    ...served([configOf(from, onlyA, shop), 5, 1], [configOf(from, bothPods, shop), 6, joinsAt]),
    requests: pods.map((_, index) =>
      request({ nonce: `r${index}`, sentUs: atUs(index), doneUs: atUs(index) + 20_000 }),
    ),
    receipts: pods.map((to, index) =>
      (to === 'a' ? receipt : fromB)({ nonce: `r${index}`, atUs: atUs(index) + 10_000 }),
    ),
    dials: [dial({ atUs: 2 * second }), dialB({ atUs: joinsAt * second + 500_000 })],
    ...more,
  });
}

/** At the seventh second nobody wants it any more. */
function noLonger(from: ReturnType<typeof service>): Partial<Evidence> {
  const onlyA = endpoints([podA]);
  const plain = service('shop');
  return {
    store: [
      ...added(from, onlyA, shop, pod('shop-a'), pod('shop-b')),
      changed(6, bothPods, joinsAt),
      changed(7, plain, 7),
    ],
    ...served(
      [configOf(from, onlyA, shop), 5, 1],
      [configOf(from, bothPods, shop), 6, joinsAt],
      [configOf(plain, bothPods, shop), 7, 7],
    ),
  };
}

const half = 'ab'.repeat(15);
const rows: readonly (readonly [name: string, property: Property, told: Partial<Evidence>, string | null])[] =
  [
    // In ten seconds half of 15 requests or so, growing: 0.1 of every second one at first.
    ['nothing at first, then more and more', slowStart, chosen('aaaaaaabaaabaabaabab', slow(10)), null],
    [
      'all of its share at once',
      slowStart,
      chosen('abababababababababab', slow(20)),
      'of which its share was',
    ],
    ['everything', slowStart, chosen('bbbbbb', slow(10)), 'gave default/shop-b, new for'],
    [
      'everything when nobody wants it any more',
      slowStart,
      chosen('bbbbbbbbbb', slow(10), noLonger(slow(10))),
      null,
    ],
    ['half of them where nobody asked for it', slowStart, chosen(half, service('shop')), 'no violation'],
    ['half of them when the time is over', slowStart, chosen(`aaaa${half}`, slow(2)), null],
    ['never all of its share', slowStart, chosen('a'.repeat(30), slow(2)), 'whose slow start was over, 0 of'],
    [
      'too much while a pod is out of reach',
      slowStart,
      chosen('bbbbbb', slow(10), { faults: [fault('pod-vanishes', 4, 20, { harms: ['pods'] })] }),
      'no violation',
    ],
    ['unequal shares are wanted', fairShare, chosen('aaaaaaaaaaaa', slow(10)), 'no violation'],
    ['unequal shares are not wanted', fairShare, chosen('aaaaaaaaaaaa', service('shop')), 'unequal shares'],
  ];

describe('slow start', () => {
  for (const [name, property, evidence, expected] of rows)
    it(name, () => check(property, evidence, expected));
});
