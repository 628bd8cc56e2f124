// The store as it was: objects of one resource as of any version, from the changes that the history recorded.
import type { KubeObject } from '../../../src/kube/object.ts';
import type { StoreChange } from '../../evidence/evidence.ts';

export type Objects = ReadonlyMap<string, KubeObject>;

export interface Past {
  /** Every change of a resource, in the order of versions. */
  changes(resource: string): readonly StoreChange[];
  /** Objects by 'namespace/name' (name alone where there is no namespace) after that version. */
  at(resource: string, version: number): Objects;
  /** The version of the store at a time. */
  versionAt(atUs: number): number;
  /** The last change of a resource up to a version; null when there was none. */
  lastChange(resource: string, version: number): StoreChange | null;
}

export function keyOf({ metadata }: KubeObject): string {
  const { namespace, name } = metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Number of items for which `isBefore` holds; it holds for a beginning of them. */
export function countBefore<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Line {
  readonly changes: StoreChange[];
  /** States by the number of changes they contain. */
  readonly states: Map<number, Objects>;
}

function stateAfter(line: Line, count: number): Objects {
  const known = line.states.get(count);
  if (known !== undefined) return known;
  let from = 0;
  for (const before of line.states.keys()) if (before < count && before > from) from = before;
  const state = new Map(line.states.get(from) ?? []);
  for (const { type, object } of line.changes.slice(from, count)) {
    if (type === 'DELETED') state.delete(keyOf(object));
    else state.set(keyOf(object), object);
  }
  line.states.set(count, state);
  return state;
}

export function createPast(store: readonly StoreChange[]): Past {
  const lines = new Map<string, Line>();
  for (const change of store) {
    let line = lines.get(change.resource);
    if (line === undefined) {
      line = { changes: [], states: new Map() };
      lines.set(change.resource, line);
    }
    line.changes.push(change);
  }
  const nothing: Line = { changes: [], states: new Map() };
  const lineOf = (resource: string): Line => lines.get(resource) ?? nothing;
  const upTo = ({ changes }: Line, version: number): number =>
    countBefore(changes, (change) => change.version <= version);
  return {
    changes: (resource) => lineOf(resource).changes,
    at(resource, version) {
      const line = lineOf(resource);
      return stateAfter(line, upTo(line, version));
    },
    versionAt(atUs) {
      const count = countBefore(store, (change) => change.atUs <= atUs);
      return count === 0 ? 0 : store[count - 1]!.version;
    },
    lastChange(resource, version) {
      const line = lineOf(resource);
      return line.changes[upTo(line, version) - 1] ?? null;
    },
  };
}
