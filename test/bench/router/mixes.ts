// Tables of routes and what is asked of them, in the mixes in which routers differ.
import { createDraws, type Draws } from '../../fuzz/target.ts';

export interface MixRoute {
  readonly name: string;
  readonly hosts?: readonly string[];
  readonly paths: readonly string[];
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly strip_path: false;
}

export interface MixRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Mix {
  readonly name: string;
  route(index: number, size: number): MixRoute;
  /** One that the route answers. */
  request(index: number, size: number): MixRequest;
  /** The route's pattern for routers of paths alone; null: they cannot say it. */
  pattern(index: number): { readonly host: string | null; readonly prefix: string } | null;
}

const pathsPerHost = 10;
const hostOf = (index: number): string => `h${Math.floor(index / pathsPerHost)}.example.com`;
const prefixOf = (index: number): string => `/p${index % pathsPerHost}`;
const none = {};

export const mixes: readonly Mix[] = [
  {
    name: 'host+prefix',
    route: (index) => ({
      name: `r${index}`,
      hosts: [hostOf(index)],
      paths: [prefixOf(index)],
      strip_path: false,
    }),
    request: (index) => ({ host: hostOf(index), path: `${prefixOf(index)}/item`, headers: none }),
    pattern: (index) => ({ host: hostOf(index), prefix: prefixOf(index) }),
  },
  {
    name: 'regex heavy',
    route: (index) => ({
      name: `r${index}`,
      hosts: [hostOf(index)],
      paths: [index % 2 === 0 ? `~${prefixOf(index)}/(?<id>\\d+)/edit$` : prefixOf(index)],
      strip_path: false,
    }),
    request: (index) => ({
      host: hostOf(index),
      path: index % 2 === 0 ? `${prefixOf(index)}/4711/edit` : `${prefixOf(index)}/item`,
      headers: none,
    }),
    pattern: () => null,
  },
  {
    name: 'header heavy',
    route: (index) => ({
      name: `r${index}`,
      hosts: [hostOf(index)],
      paths: ['/'],
      headers: { 'x-tenant': [`t${index % pathsPerHost}`], 'x-version': ['1', '2'] },
      strip_path: false,
    }),
    request: (index) => ({
      host: hostOf(index),
      path: '/item',
      headers: { x_tenant: `t${index % pathsPerHost}`, x_version: '2' },
    }),
    pattern: () => null,
  },
  {
    name: 'one host',
    route: (index) => ({
      name: `r${index}`,
      hosts: ['api.example.com'],
      paths: [`/service-${index}/v${index % 3}`],
      strip_path: false,
    }),
    request: (index) => ({
      host: 'api.example.com',
      path: `/service-${index}/v${index % 3}/item`,
      headers: none,
    }),
    pattern: (index) => ({ host: null, prefix: `/service-${index}/v${index % 3}` }),
  },
];

/** Indexes of routes: the k-th most asked for as often as 1/k, and which one that is drawn by lot; or all alike. */
export function drawIndexes(size: number, count: number, isZipf: boolean): readonly number[] {
  const draws = createDraws(1, isZipf ? 'zipf' : 'uniform', size);
  if (!isZipf) return Array.from({ length: count }, () => draws.below(size));
  const ranks = shuffled(size, draws);
  const sums = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) {
    sum += 1 / (rank + 1);
    sums[rank] = sum;
  }
  const resolution = 2 ** 30;
  return Array.from({ length: count }, () => {
    const at = (draws.below(resolution) / resolution) * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return ranks[low]!;
  });
}

function shuffled(size: number, draws: Draws): readonly number[] {
  const list = Array.from({ length: size }, (_, index) => index);
  for (let i = size - 1; i > 0; i--) {
    const other = draws.below(i + 1);
    [list[i], list[other]] = [list[other]!, list[i]!];
  }
  return list;
}
