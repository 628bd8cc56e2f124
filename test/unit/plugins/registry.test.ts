// The list of plugins is complete, and the run order is Kong's.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareStrings } from '../../../src/base/order.ts';
import { pluginSchemas } from '../../../src/kong/plugins/index.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';
import { pluginOrder } from '../../../src/proxy/plugins/order.ts';

test('every folder is a plugin, every plugin has a schema and the reverse', () => {
  const folders = readdirSync(new URL('../../../src/proxy/plugins/', import.meta.url), {
    withFileTypes: true,
  })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...pluginHandlers.keys()].sort()).toEqual(folders.sort());
  expect([...pluginHandlers.keys()].sort()).toEqual([...pluginSchemas.keys()].sort());
});

test('the run order is priority descending, then name descending', () => {
  const sorted = [...pluginHandlers.values()].sort(
    (a, b) => b.priority - a.priority || compareStrings(b.name, a.name),
  );
  expect(sorted.map(({ name }) => name)).toEqual(pluginOrder);
});
