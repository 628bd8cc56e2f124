// Every case of the table through nginx and HAProxy on loopback: where they do otherwise, peers.md says so and why. A
// difference without a reason fails, and so does a reason without a difference.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestSubjects, responses } from '../cases/table.ts';
import { type PeerName, reasonOf, unusedReasons, varies } from './differences.ts';
import { createLane, type Lane } from './lane.ts';
import { ownRequest, ownResponse, requestOutcome, responseOutcome } from './outcome.ts';
import { type Comparison, comparedWith, pageOf } from './page.ts';
import { type Peer, peerKinds, peerVersion, startPeer } from './programs.ts';

const laneCount = 16;
const kinds = [peerKinds.nginx, peerKinds.haproxy];

interface Task {
  readonly comparison: Comparison;
  run(lane: Lane, port: number): Promise<string>;
}

/** Every case with our own outcome; the peers' are filled in. */
function createTasks(): readonly Task[] {
  const requests = requestSubjects.flatMap(([subject, cases]) =>
    cases.map((kase) => ({
      comparison: { subject, name: kase.name, ours: ownRequest(kase), peers: new Map<PeerName, string>() },
      run: async (lane: Lane, port: number) => requestOutcome(kase, await lane.request(port, kase)),
    })),
  );
  const answers = responses.map((kase) => ({
    comparison: {
      subject: 'responses',
      name: kase.name,
      ours: ownResponse(kase),
      peers: new Map<PeerName, string>(),
    },
    run: async (lane: Lane, port: number) => responseOutcome(kase, await lane.response(port, kase)),
  }));
  return [...requests, ...answers];
}

async function runAll(tasks: readonly Task[], lanes: readonly Lane[], peer: Peer): Promise<void> {
  const left = [...tasks];
  await Promise.all(
    lanes.map(async (lane, i) => {
      for (let task = left.shift(); task !== undefined; task = left.shift()) {
        const outcome = await task.run(lane, peer.ports[i]!);
        task.comparison.peers.set(peer.name, varies(peer.name, task.comparison) ? 'varies' : outcome);
      }
    }),
  );
}

const versions = new Map<string, string | null>();
for (const kind of kinds) versions.set(kind.name, await peerVersion(kind));
const installed = kinds.filter((kind) => versions.get(kind.name) !== null);
const absent = kinds.filter((kind) => versions.get(kind.name) === null).map((kind) => kind.name);
const isAsCompared = kinds.every((kind) => versions.get(kind.name) === comparedWith[kind.name]);
/** What a version does that nobody has looked at has no reason yet. */
function notRunText(name: PeerName): string {
  const version = versions.get(name);
  return version === comparedWith[name]
    ? ''
    : ` (not run: ${version} is not the ${comparedWith[name]} that was compared)`;
}
const installedText = kinds.map(({ name }) => `${name} ${versions.get(name) ?? 'absent'}`).join(', ');

describe('peers', () => {
  const tasks = createTasks();
  const comparisons = tasks.map((task) => task.comparison);
  let lanes: Lane[] = [];

  beforeAll(async () => {
    lanes = await Promise.all(Array.from({ length: laneCount }, createLane));
    for (const kind of installed) {
      const peer = await startPeer(
        kind,
        lanes.map((lane) => lane.upstreamPort),
      );
      try {
        await runAll(tasks, lanes, peer);
      } finally {
        await peer.stop();
      }
    }
  });

  afterAll(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  });

  // A peer that is not there cannot be compared with: counted as not run, never as passed.
  for (const name of absent) it.skip(`${name} (not run: it is not installed)`, () => {});

  for (const { name } of installed)
    it.skipIf(versions.get(name) !== comparedWith[name])(
      `${name}: every difference has a reason${notRunText(name)}`,
      () => {
        const unexplained = comparisons.filter((comparison) => {
          const theirs = comparison.peers.get(name);
          return theirs !== comparison.ours && reasonOf(name, comparison) === null;
        });
        expect(
          unexplained.map(({ subject, name: kase, ours, peers }) => [subject, kase, ours, peers.get(name)]),
        ).toEqual([]);
      },
    );

  it.skipIf(!isAsCompared)(
    `they are as peers.md says${isAsCompared ? '' : ` (not run: it was made with other versions than ${installedText})`}`,
    async () => {
      expect(unusedReasons(comparisons)).toEqual([]);
      await expect(pageOf(comparisons)).toMatchFileSnapshot('./peers.md');
    },
  );
});
