// One choice of a target, by algorithm, as the exchange asks for it: with the words of health in it, and ending what was begun.
import type { Upstream } from '../../../src/kong/entity.ts';
import type { PeerBalancer } from '../../../src/proxy/balance/balancer.ts';
import { ConsistentHashing } from '../../../src/proxy/balance/consistent-hashing.ts';
import { hashInputOf } from '../../../src/proxy/balance/hash-input.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { Latency } from '../../../src/proxy/balance/latency.ts';
import { LeastConnections } from '../../../src/proxy/balance/least-connections.ts';
import { RoundRobin } from '../../../src/proxy/balance/round-robin.ts';
import { StickySessions, stickyId } from '../../../src/proxy/balance/sticky-sessions.ts';
import { type PeerEntry, peersOf, requestOf, upstreamOf, use } from '../../unit/balance/rig.ts';
import { ownMs } from '../queued.ts';

/** Makes one choice; `turn` says which request it is for. */
export type Pick = (turn: number) => void;

interface PickCase {
  readonly name: string;
  readonly create: (targets: number) => Pick;
}

const clients = 1024;
const checks = { active: { healthy: { interval: 1 } } };

function entriesOf(count: number, weightOf: (index: number) => number): PeerEntry[] {
  return Array.from({ length: count }, (_, i) => [
    `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:8080`,
    weightOf(i),
  ]);
}

function subject(
  create: (words: Int32Array) => PeerBalancer,
  entries: readonly PeerEntry[],
  outEvery = 0,
  threshold = 0,
): Pick {
  const words = new Int32Array(healthWords(entries.length));
  const balancer = create(words);
  use(balancer, peersOf(entries, words, checks), threshold);
  if (outEvery > 0) for (let i = 0; i < words.length; i += outEvery) forceHealth(words, i, false);
  const requests = Array.from({ length: clients }, (_, i) =>
    requestOf({ headers: { 'x-user': [`7e8f0b1c-9c1d-4b7e-9a53-0f5f3a3c2b${i}`] } }),
  );
  return (turn) => {
    const request = requests[turn & (clients - 1)]!;
    request.affinityKey = null;
    balancer.pick(null, request)!.load?.end(0.01);
  };
}

const equal = (count: number) => entriesOf(count, () => 100);
const unequal = (count: number) => entriesOf(count, (i) => 1 + (i % 100));
const byHeader: Upstream = upstreamOf({ hash_on: 'header', hash_on_header: 'X-User' });
const hashing = (words: Int32Array) => new ConsistentHashing(words, 65_536, hashInputOf(byHeader));

function stickySubject(count: number): Pick {
  const words = new Int32Array(healthWords(count));
  const balancer = new StickySessions(words, { name: 'at', path: '/', upstreamId: 'u' });
  const peers = peersOf(equal(count), words, checks);
  use(balancer, peers);
  const requests = Array.from({ length: clients }, (_, i) =>
    requestOf({ headers: { cookie: [`theme=dark; at=${stickyId('u', peers[i % count]!)}`] } }),
  );
  return (turn) => {
    const request = requests[turn & (clients - 1)]!;
    request.affinityKey = null;
    balancer.pick(null, request);
  };
}

export const pickCases: readonly PickCase[] = [
  { name: 'round-robin', create: (count) => subject((words) => new RoundRobin(words), equal(count)) },
  {
    name: 'round-robin, unequal weights',
    create: (count) => subject((words) => new RoundRobin(words), unequal(count)),
  },
  {
    name: 'round-robin, every 4th is out',
    create: (count) => subject((words) => new RoundRobin(words), equal(count), 4),
  },
  {
    name: 'round-robin, threshold of 50 %',
    create: (count) => subject((words) => new RoundRobin(words), equal(count), 4, 50),
  },
  { name: 'consistent-hashing', create: (count) => subject(hashing, equal(count)) },
  { name: 'consistent-hashing, every 4th is out', create: (count) => subject(hashing, equal(count), 4) },
  {
    name: 'least-connections',
    create: (count) => subject((words) => new LeastConnections(words), unequal(count)),
  },
  {
    name: 'latency',
    create: (count) => {
      let nowUs = 0;
      const clock = { monotonicUs: () => (nowUs += 10) };
      return subject((words) => new Latency(words, clock), equal(count));
    },
  },
  { name: 'sticky-sessions', create: stickySubject },
];

/** Nanoseconds of a choice in each round; the first fifth only warms up. */
export function measurePicks(pick: Pick, rounds: number, picks: number): number[] {
  const samples: number[] = [];
  let turn = 0;
  for (let round = -Math.ceil(rounds / 5); round < rounds; round++) {
    const ms = ownMs(() => {
      for (let i = 0; i < picks; i++) pick(turn++);
    });
    if (round >= 0) samples.push((ms * 1e6) / picks);
  }
  return samples;
}
