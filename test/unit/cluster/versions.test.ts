// The order in which versions of a group are preferred.
import { expect, test } from 'vitest';
import { compareVersions } from '../../../sim/cluster/api/version-order.ts';

test('versions are ordered by stage, then by number, then by name', () => {
  const order = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
  ];
  expect([...order].reverse().sort(compareVersions)).toEqual(order);
});
