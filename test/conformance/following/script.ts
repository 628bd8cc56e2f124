// What the followers have to follow, as data: changes of three kinds and, among them, faults. A function of the seed.
import { boundedDraw, keyedUint32 } from '../../../src/base/prng.ts';
import type { FollowedKind } from '../../../src/watch/kind.ts';

/** Two built-in kinds, one of them with a status of its own, and one that a CRD brings. */
export const kinds = {
  secrets: { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true, custom: false },
  ingresses: {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'Ingress',
    plural: 'ingresses',
    namespaced: true,
    custom: false,
  },
  kongplugins: {
    group: 'configuration.konghq.com',
    version: 'v1',
    kind: 'KongPlugin',
    plural: 'kongplugins',
    namespaced: true,
    custom: true,
  },
} as const satisfies Readonly<Record<string, FollowedKind>>;
export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly KindName[];

export const verbs = ['update', 'merge', 'json', 'strategic', 'apply', 'status'] as const;

export interface Change {
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  /** 'hold': created with a finalizer, so that its deletion takes two changes; 'release' is the second. */
  readonly verb: (typeof verbs)[number] | 'create' | 'hold' | 'delete' | 'release';
  /** Counts up, and is written into the object, so that every change is one. */
  readonly serial: number;
}

export const faults = [
  /** The server ends the watch in order. */
  'end',
  /** TCP reset. */
  'reset',
  /** The connection goes away in the middle of a line. */
  'torn',
  /** The open stream says 410. */
  'goneOpen',
  /** Compaction while away: the stream of the resumed watch begins with 410. */
  'goneEvent',
  /** Compaction while away: the resumed watch is answered with HTTP 410. */
  'goneStatus',
] as const;
export type Fault = (typeof faults)[number];

export interface Part {
  readonly before: readonly Change[];
  readonly fault: Fault;
  readonly kind: KindName;
  /** While the followers are away or coming back; at least one is of the kind of the fault. */
  readonly during: readonly Change[];
}

const namespaces = ['default', 'kube-system'];
const namesMax = 40;

type Life = 'absent' | 'live' | 'held' | 'dying';

/** Half of the time the kind alone decides: built-in kinds have no apply here, custom ones no strategic merge. */
function verbsOf(kind: KindName): readonly Change['verb'][] {
  if (kind === 'secrets') return ['update', 'merge', 'json', 'strategic', 'apply'];
  return kind === 'ingresses' ? verbs : ['update', 'merge', 'json', 'apply', 'status'];
}

function createSource(seed: number): (kind?: KindName) => Change {
  const lives = new Map<string, Life>();
  let serial = 0;
  const below = (label: string, bound: number): number =>
    boundedDraw(keyedUint32(seed, label, serial), bound);
  const verbFor = (life: Life, kind: KindName): Change['verb'] => {
    if (life === 'absent') return below('held', 10) === 0 ? 'hold' : 'create';
    if (life === 'dying') return 'release';
    if (below('deleted', 8) === 0) return 'delete';
    const allowed = verbsOf(kind);
    return allowed[below('verb', allowed.length)]!;
  };
  const after = (life: Life, verb: Change['verb']): Life => {
    if (verb === 'create') return 'live';
    if (verb === 'hold') return 'held';
    if (verb === 'release') return 'absent';
    if (verb !== 'delete') return life;
    return life === 'held' ? 'dying' : 'absent';
  };
  return (wanted) => {
    serial++;
    const kind = wanted ?? kindNames[below('kind', kindNames.length)]!;
    const namespace = namespaces[below('namespace', namespaces.length)]!;
    const name = `item-${below('name', namesMax)}`;
    const key = `${kind}/${namespace}/${name}`;
    const life = lives.get(key) ?? 'absent';
    const verb = verbFor(life, kind);
    lives.set(key, after(life, verb));
    return { kind, namespace, name, verb, serial };
  };
}

/**
 * Every fault on every kind, `rounds` times, spread evenly over the changes. Each kind has an order of its own; the kinds take
 * turns, so that one comes back while the next is struck.
 */
export function createScript(seed: number, changes: number, rounds: number): readonly Part[] {
  const next = createSource(seed);
  const ordersOf = (round: number) =>
    kindNames.map((kind) =>
      faults
        .map((fault, index) => ({ fault, kind, order: keyedUint32(seed, `${kind}-${round}`, index) }))
        .sort((a, b) => a.order - b.order),
    );
  const hits = Array.from({ length: rounds }, (_, round) => {
    const orders = ordersOf(round);
    return faults.flatMap((_fault, turn) => orders.map((order) => order[turn]!));
  }).flat();
  return hits.map(({ fault, kind }, index) => {
    const from = Math.floor((index * changes) / hits.length);
    const to = Math.floor(((index + 1) * changes) / hits.length);
    const duringCount = 1 + boundedDraw(keyedUint32(seed, 'during', index), Math.floor((to - from) / 2));
    const before = Array.from({ length: to - from - duringCount }, () => next());
    const during = [next(kind), ...Array.from({ length: duringCount - 1 }, () => next())];
    return { before, fault, kind, during };
  });
}
