// The figures of a rolling update, row by row.
import { expect, test } from 'vitest';
import {
  newSetReplicas,
  rollingBounds,
  shareScaling,
  shrinkOldSets,
} from '../../../sim/cluster/controllers/rolling-arithmetic.ts';

test.each([
  [10, '25%', '25%', { maxSurge: 3, maxUnavailable: 2 }],
  [3, undefined, undefined, { maxSurge: 1, maxUnavailable: 0 }],
  [1, '25%', '25%', { maxSurge: 1, maxUnavailable: 0 }],
  [4, 0, '10%', { maxSurge: 0, maxUnavailable: 1 }],
  [2, 1, 5, { maxSurge: 1, maxUnavailable: 2 }],
  [0, '25%', '25%', { maxSurge: 0, maxUnavailable: 1 }],
] as const)('%i replicas, surge %s, unavailable %s', (replicas, surge, unavailable, bounds) => {
  const { maxSurge, maxUnavailable } = rollingBounds(replicas, surge, unavailable);
  expect({ maxSurge, maxUnavailable: replicas === 0 ? 1 : maxUnavailable }).toEqual(bounds);
});

test.each([
  [10, 3, 0, 10, 3],
  [10, 3, 3, 13, 3],
  [10, 3, 9, 11, 10],
  [10, 0, 0, 10, 0],
])('%i wanted, surge %i, new %i of %i in all: %i', (replicas, surge, current, all, next) => {
  expect(newSetReplicas(replicas, surge, current, all)).toBe(next);
});

test.each([
  ['nothing to spare', 10, 2, [0, 0], [[8, 8]], null],
  ['down to the minimum', 10, 2, [3, 0], [[10, 10]], [8]],
  [
    'unhealthy ones first',
    10,
    2,
    [3, 0],
    [
      [5, 5],
      [5, 2],
    ],
    [5, 3],
  ],
  ['all when the new set is whole', 10, 2, [10, 10], [[2, 2]], [0]],
  // Statuses from before the last scaling, as kube-controller-manager takes them.
  [
    'nothing while a status lags',
    5,
    1,
    [0, 0],
    [
      [4, 5],
      [2, 0],
    ],
    null,
  ],
  [
    'the unhealthy before it, nothing after',
    4,
    0,
    [0, 0],
    [
      [3, 2],
      [4, 5],
    ],
    [2, 4],
  ],
  [
    'an empty set may lag',
    4,
    1,
    [4, 4],
    [
      [0, 2],
      [1, 1],
    ],
    [0, 0],
  ],
  [
    'too many when the unhealthy are enough',
    5,
    0,
    [0, 0],
    [
      [5, 3],
      [2, 4],
    ],
    [1, 2],
  ],
] as const)('old sets: %s', (_name, replicas, unavailable, newSet, old, sizes) => {
  const toSet = ([wanted, available]: readonly [number, number]) => ({ replicas: wanted, available });
  expect(shrinkOldSets(replicas, unavailable, toSet(newSet), old.map(toSet))).toEqual(sizes);
});

test.each([
  [
    'grows in proportion',
    20,
    0,
    [
      [8, 10],
      [2, 10],
    ],
    [16, 4],
  ],
  [
    'shrinks in proportion',
    5,
    0,
    [
      [8, 10],
      [2, 10],
    ],
    [4, 1],
  ],
  [
    'the largest takes the rest',
    11,
    0,
    [
      [4, 10],
      [3, 10],
      [3, 10],
    ],
    [5, 3, 3],
  ],
  [
    'to nothing',
    0,
    2,
    [
      [8, 10],
      [2, 10],
    ],
    [0, 0],
  ],
] as const)('proportional scaling: %s', (_name, replicas, surge, sets, sizes) => {
  expect(
    shareScaling(
      replicas,
      surge,
      sets.map(([size, max]) => ({ replicas: size, maxReplicas: max })),
    ),
  ).toEqual(sizes);
});
