// Runs one story once, under the sentinel, and prints what came of it as JSON.
import { runShopStory, runSuccessionStory, type StoryOutcome } from '../../sim/world/story.ts';
import { underSentinel } from '../../src/cli/simulate/sentinel.ts';
import { type Judgement, judge } from './judge.ts';

export const stories = { shop: runShopStory, succession: runSuccessionStory } as const;
export type StoryName = keyof typeof stories;

export interface RunReport extends Judgement, Pick<StoryOutcome, 'rounds' | 'leaders' | 'interregnaSeconds'> {
  readonly hash: string;
  readonly events: number;
  readonly requests: number;
  readonly podsMost: number;
  readonly podsLast: number;
  /** Pods of the end that never took a request. */
  readonly idlePods: readonly string[];
  /** Requests that the crashed pod was answering. */
  readonly inFlight: number;
  /** What the slices said of the crashed pod: true is ready. */
  readonly crashSeen: readonly boolean[];
  readonly simulatedSeconds: number;
  /** Differs from run to run, unlike all else. */
  readonly wallMs: number;
}

export function report(name: StoryName, seed: number): RunReport {
  const startMs = performance.now();
  const { value: story, misuse } = underSentinel(() => stories[name]({ seed, clients: 8, pauseMs: 100 }));
  if (misuse !== null) throw new Error(misuse);
  const wallMs = Math.round(performance.now() - startMs);
  const { hash, events, simulatedSeconds, podsMost, rounds, leaders, interregnaSeconds } = story;
  return {
    hash,
    events,
    requests: story.outcomes.length,
    podsMost,
    podsLast: story.podsLast.length,
    idlePods: story.podsLast.filter((pod) => (story.receipts.get(pod) ?? []).length === 0),
    inFlight: story.crash?.inFlight.length ?? 0,
    crashSeen: story.crashSeen.map(({ ready }) => ready),
    rounds,
    leaders,
    interregnaSeconds,
    simulatedSeconds,
    ...judge(story),
    wallMs,
  };
}

if (import.meta.main) {
  const [name, seed] = [process.argv[2] as StoryName, Number(process.argv[3])];
  process.stdout.write(JSON.stringify(report(name, seed)));
}
