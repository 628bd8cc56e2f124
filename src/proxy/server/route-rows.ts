// Which row of the counters belongs to which route. The main thread gives them out. A route that stays keeps its row, and
// with it what has been counted; so does one that leaves and returns before somebody needed its row.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Delta } from '../../kong/delta.ts';

export type RowPair = readonly [id: string, row: number];

export interface RouteRows {
  /** Of all routes that have one. */
  all(): readonly RowPair[];
  /** 0: it shares the common one. */
  rowOf(id: string): number;
  /** Gives rows to new routes and takes those of removed ones; returns the new pairs. */
  apply(before: GatewayConfig, delta: Delta): readonly RowPair[];
}

/** Rows from 1 to `capacity - 1` are given out; `clear` is called before one is given to another route. */
export function createRouteRows(capacity: number, clear: (row: number) => void): RouteRows {
  const rows = new Map<string, number>();
  /** Of removed routes, the longest gone first: requests that began with them may still be counted there. */
  const left = new Map<string, number>();
  let next = 1;

  const takeOldest = (): number => {
    const oldest = left.entries().next();
    if (oldest.done === true) return 0;
    const [id, row] = oldest.value;
    left.delete(id);
    clear(row);
    return row;
  };

  const acquire = (id: string): number => {
    const own = left.get(id);
    if (own !== undefined) {
      left.delete(id);
      return own;
    }
    return next < capacity ? next++ : takeOldest();
  };

  return {
    all: () => [...rows],
    rowOf: (id) => rows.get(id) ?? 0,
    apply(before, delta) {
      for (const { type, id } of delta.remove) {
        const row = type === 'routes' ? rows.get(id) : undefined;
        if (row === undefined) continue;
        rows.delete(id);
        left.set(id, row);
      }
      const fresh: RowPair[] = [];
      for (const { type, entity } of delta.upsert) {
        if (type !== 'routes' || before.entities.routes.has(entity.id)) continue;
        const row = acquire(entity.id);
        if (row === 0) continue;
        rows.set(entity.id, row);
        fresh.push([entity.id, row]);
      }
      return fresh;
    },
  };
}
