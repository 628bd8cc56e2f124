// What a worker counts of its new tables, and that it counts in its own row.
import { expect, test } from 'vitest';
import { readTables, Statistics, statisticsWords } from '../../../src/proxy/server/statistics.ts';

test('changes of tables by how long they took', () => {
  const counters = new Float64Array(3 * statisticsWords);
  const statistics = new Statistics(counters, 1);
  for (const [workUs, sliceUs] of [
    [0, 0],
    [500, 500],
    [501, 400],
    [2_000, 500],
    [4_000, 520],
    [5_001, 700],
    [90_000, 510],
  ] as const)
    statistics.countTables(workUs, sliceUs);
  expect(readTables(counters, 1)).toEqual({ counts: [2, 1, 1, 1, 2], sumUs: 102_002, sliceUs: 510 });
  const nothing = { counts: [0, 0, 0, 0, 0], sumUs: 0, sliceUs: 0 };
  expect([readTables(counters, 0), readTables(counters, 2)]).toEqual([nothing, nothing]);
  expect(counters.filter((count) => count !== 0)).toHaveLength(7);
});
