// Plays the script: changes, faults, and the proof that each fault reached each follower. It only says what to wait for;
// the caller waits, in real or in virtual time.
import type { ApiServer } from '../../../sim/cluster/api-server.ts';
import { resourceName } from '../../../src/watch/kind.ts';
import { sameVersions, storedContent } from './content.ts';
import type { Follower } from './follower.ts';
import type { Line, Seen } from './line.ts';
import { type Change, type Fault, faults, type KindName, kindNames, kinds, type Part } from './script.ts';
import { write } from './write.ts';

/** For whoever waits in vain. */
export function stateOf(stage: Stage): string {
  return stage.followed
    .map(({ follower, line }) => {
      const lines = kindNames.map((kind) => {
        const seen = JSON.stringify(line.seen(kind));
        return `${kind}: ${line.open(kind)} open, ${line.waiting(kind)} waiting, ${follower.relists(kind)} relists, ${seen}`;
      });
      return [follower.name, ...lines, JSON.stringify([...follower.errors])].join('\n  ');
    })
    .join('\n');
}

export interface Stage {
  readonly api: ApiServer;
  readonly followed: readonly { readonly follower: Follower; readonly line: Line }[];
}

export interface Pause {
  /** In words, for whoever waits in vain. */
  readonly what: string;
  readonly until: () => boolean;
}

/** Faults that reached a follower, by its name. */
export type Hits = Readonly<Record<string, Readonly<Record<Fault, number>>>>;

const evidence: Readonly<Record<Fault, keyof Seen>> = {
  end: 'ends',
  reset: 'resets',
  torn: 'torn',
  goneOpen: 'errorEvents',
  goneEvent: 'errorEvents',
  goneStatus: 'status410',
};

/** Writes in a row without letting anybody else run. */
const burst = 10;

function* writeAll(stage: Stage, changes: readonly Change[]): Generator<Pause> {
  for (const [index, change] of changes.entries()) {
    write(stage.api, change);
    if (index % burst === burst - 1) yield { what: 'others to run', until: () => true };
  }
}

function allLines(stage: Stage, what: string, test: (line: Line) => boolean): Pause {
  return { what, until: () => stage.followed.every(({ line }) => test(line)) };
}

/** Both followers are sent away, held off while history is compacted under them, and let back in. */
function* compactUnder(stage: Stage, part: Part): Generator<Pause> {
  const { api, followed } = stage;
  const { fault, kind } = part;
  api.expiredWatchesAs(fault === 'goneStatus' ? 'status' : 'event');
  for (const { line } of followed) line.hold(kind);
  api.disconnectWatches('close', resourceName(kinds[kind]));
  yield allLines(stage, `the followers of ${kind} to come back`, (line) => line.waiting(kind) > 0);
  yield* writeAll(stage, part.during);
  api.compact(api.store.resourceVersion, resourceName(kinds[kind]));
  for (const { line } of followed) line.release(kind);
}

function* strike(stage: Stage, part: Part): Generator<Pause> {
  const { api, followed } = stage;
  const { fault, kind, during } = part;
  if (fault === 'goneEvent' || fault === 'goneStatus') return yield* compactUnder(stage, part);
  if (fault === 'end') api.disconnectWatches('close', resourceName(kinds[kind]));
  else if (fault === 'goneOpen') api.disconnectWatches('gone', resourceName(kinds[kind]));
  else for (const { line } of followed) line[fault === 'reset' ? 'reset' : 'tear'](kind);
  yield* writeAll(stage, during);
}

export function* play(stage: Stage, script: readonly Part[]): Generator<Pause, Hits> {
  const { api, followed } = stage;
  const hits = followed.map(({ follower }) => {
    const none = Object.fromEntries(faults.map((fault) => [fault, 0])) as Record<Fault, number>;
    return [follower.name, none] as const;
  });
  for (const part of script) {
    const { before, fault, kind } = part;
    // Back, and told of changes since: the informer waits longer and longer between watches that bring nothing.
    yield allLines(stage, `watches of ${kind} to be open before ${fault}`, (line) => line.open(kind) > 0);
    yield* writeAll(stage, before);
    const counts = followed.map(({ line }) => line.seen(kind)[evidence[fault]]);
    yield* strike(stage, part);
    const isHit = (index: number): boolean =>
      followed[index]!.line.seen(kind)[evidence[fault]] > counts[index]!;
    yield {
      what: `${fault} to reach the followers of ${kind}`,
      until: () => followed.every((_, index) => isHit(index)),
    };
    for (const [, count] of hits) count[fault]++;
  }
  const isEven = (follower: Follower, kind: KindName): boolean =>
    sameVersions(follower.content(kind), storedContent(api.store, kind));
  for (const { follower } of followed)
    for (const kind of kindNames)
      yield { what: `${follower.name} to catch up with ${kind}`, until: () => isEven(follower, kind) };
  return Object.fromEntries(hits);
}
