// The routes of a config in one flavour: an immutable value that requests are matched against, and how the next one is made.
import type { Route } from '../../kong/entity.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { CompiledRoute, MatchInput, RouteMatch } from '../compile/compiled.ts';
import { editTable } from './build.ts';
import { routeEntries } from './entries.ts';
import { matchRoute } from './match.ts';
import { type Entry, emptyRouteTable, type RouteTable } from './table.ts';
import { type TraditionalEntry, traditionalEntries } from './traditional/entry.ts';
import { matchTraditional } from './traditional/match.ts';
import { changeTable, type TraditionalTable } from './traditional/table.ts';

export interface Routes {
  /** `path` is normalised. Returns into.route !== null. */
  match(input: MatchInput, path: string, into: RouteMatch): boolean;
}

/** Of the flavours traditional_compatible and expressions. */
class RankedRoutes implements Routes {
  readonly table: RouteTable;

  constructor(table: RouteTable) {
    this.table = table;
  }

  match(input: MatchInput, path: string, into: RouteMatch): boolean {
    return matchRoute(this.table, input, path, into);
  }
}

class TraditionalRoutes implements Routes {
  readonly table: TraditionalTable;

  constructor(table: TraditionalTable) {
    this.table = table;
  }

  match(input: MatchInput, path: string, into: RouteMatch): boolean {
    return matchTraditional(this.table, input, path, into);
  }
}

export const noRoutes: Routes = new RankedRoutes(emptyRouteTable);

export interface RoutesEdit {
  /** In the place of what the route was before. */
  set(route: Route, compiled: CompiledRoute): void;
  remove(id: string): void;
  /** Short steps; the edit is used up. */
  finish(): Generator<void, Routes>;
}

/** Knows by which entries each route is reached, so that a change touches no others. */
export interface RoutesKeeper {
  edit(): RoutesEdit;
}

function keepRanked(flavor: RouterFlavor): RoutesKeeper {
  const entriesOf = new Map<string, readonly Entry[]>();
  let table = emptyRouteTable;
  return {
    edit() {
      const edit = editTable(table);
      const remove = (id: string): void => {
        for (const entry of entriesOf.get(id) ?? []) edit.remove(entry);
        entriesOf.delete(id);
      };
      return {
        remove,
        set(route, compiled) {
          remove(route.id);
          const entries = routeEntries(route, compiled, flavor);
          for (const entry of entries) edit.add(entry);
          entriesOf.set(route.id, entries);
        },
        *finish() {
          for (;;) {
            const finished = edit.finish();
            if (finished === null) yield;
            else {
              table = finished;
              return new RankedRoutes(table);
            }
          }
        },
      };
    },
  };
}

function keepTraditional(): RoutesKeeper {
  const entriesOf = new Map<string, readonly TraditionalEntry[]>();
  let table: TraditionalTable | null = null;
  return {
    edit() {
      const removed = new Set<TraditionalEntry>();
      const added = new Map<string, readonly TraditionalEntry[]>();
      const remove = (id: string): void => {
        for (const entry of entriesOf.get(id) ?? []) removed.add(entry);
        entriesOf.delete(id);
        added.delete(id);
      };
      return {
        remove,
        set(route, compiled) {
          remove(route.id);
          const entries = traditionalEntries(route, compiled);
          added.set(route.id, entries);
          entriesOf.set(route.id, entries);
        },
        *finish() {
          table = yield* changeTable(table, removed, [...added.values()].flat());
          return new TraditionalRoutes(table);
        },
      };
    },
  };
}

export function createRoutesKeeper(flavor: RouterFlavor): RoutesKeeper {
  return flavor === 'traditional' ? keepTraditional() : keepRanked(flavor);
}
