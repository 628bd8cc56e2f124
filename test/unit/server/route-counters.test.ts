// Rows of routes: who has which, what is counted in them, and that a route that stays keeps both.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GatewayConfig } from '../../../src/kong/config.ts';
import type { Delta } from '../../../src/kong/delta.ts';
import type { Route } from '../../../src/kong/entity.ts';
import {
  clearRow,
  RouteCounters,
  readRouteFigures,
  routeCounterCount,
} from '../../../src/proxy/server/route-counters.ts';
import { createRouteRows } from '../../../src/proxy/server/route-rows.ts';

const configOf = (ids: ReadonlySet<string>): GatewayConfig =>
  ({ entities: { routes: new Map([...ids].map((id) => [id, { id }])) } }) as unknown as GatewayConfig;

function deltaOf(before: ReadonlySet<string>, after: ReadonlySet<string>): Delta {
  const upsert = [...after].map((id) => ({ type: 'routes' as const, entity: { id } as Route }));
  const remove = [...before].filter((id) => !after.has(id)).map((id) => ({ type: 'routes' as const, id }));
  return { from: '', to: '', upsert, remove };
}

test('no two routes share a row, routes that stay keep theirs, a row is empty when it changes hands', () => {
  const capacity = 6;
  const sets = fc.array(fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 }), { maxLength: 12 });
  fc.assert(
    fc.property(sets, (steps) => {
      const owners = new Map<number, string>();
      const rows = createRouteRows(capacity, (row) => void owners.delete(row));
      let before: ReadonlySet<string> = new Set();
      for (const step of steps) {
        const after = new Set(step);
        const kept = [...after].filter((id) => before.has(id)).map((id) => [id, rows.rowOf(id)] as const);
        const fresh = rows.apply(configOf(before), deltaOf(before, after));
        for (const [id, row] of kept) expect(rows.rowOf(id)).toBe(row);
        for (const [id, row] of fresh) {
          expect(owners.get(row) ?? id).toBe(id);
          owners.set(row, id);
        }
        const used = rows.all().map(([, row]) => row);
        expect(new Set(used).size).toBe(used.length);
        expect(used.every((row) => row > 0 && row < capacity)).toBe(true);
        expect(rows.all().every(([id]) => after.has(id))).toBe(true);
        before = after;
      }
    }),
  );
});

test('counts, buckets and sums of all workers together', () => {
  const tables = [0, 1].map(() => new Float64Array(routeCounterCount(3)));
  const [first, second] = tables.map((table) => new RouteCounters(table));
  first!.count(1, 200, 25_000, 20);
  first!.count(1, 204, 25_001, 30);
  second!.count(1, 503, 90_000_000, -1);
  expect(readRouteFigures(tables, 2)).toBe(null);
  const figures = readRouteFigures(tables, 1)!;
  expect(figures.responses).toEqual([0, 2, 0, 0, 1]);
  expect([figures.request.counts[0], figures.request.counts[1], figures.request.counts[13]]).toEqual([
    1, 1, 1,
  ]);
  expect(figures.request.sumMs).toBeCloseTo(90_050.001);
  expect(figures.upstream).toMatchObject({ sumMs: 50 });
  expect(figures.upstream.counts.slice(0, 3)).toEqual([1, 1, 0]);
  clearRow(tables, 1);
  expect(readRouteFigures(tables, 1)).toBe(null);
});
