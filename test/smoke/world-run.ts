// Runs the story of the shop once, under the sentinel, and prints what came of it as JSON.
import { runStory, type StoryOutcome } from '../../sim/world/story.ts';
import { withSentinel } from './sentinel.ts';

export interface RunReport {
  readonly hash: string;
  readonly events: number;
  readonly requests: number;
  readonly podsMost: number;
  readonly podsLast: number;
  /** Pods of the end that never took a request. */
  readonly idlePods: readonly string[];
  readonly simulatedSeconds: number;
  /** Requests without a good answer, outside what the crashed pod itself was answering. */
  readonly failed: readonly string[];
  /** Answers from the wrong place, answers without a receipt, requests with two. */
  readonly misdelivered: readonly string[];
  /** Differs from run to run, unlike all else. */
  readonly wallMs: number;
}

function receiptsByNonce(story: StoryOutcome): ReadonlyMap<string, readonly string[]> {
  const found: Map<string, string[]> = new Map();
  for (const [pod, receipts] of story.receipts) {
    for (const { nonce } of receipts) {
      const pods = found.get(nonce);
      if (pods === undefined) found.set(nonce, [pod]);
      else pods.push(pod);
    }
  }
  return found;
}

export function judge(story: StoryOutcome): Pick<RunReport, 'failed' | 'misdelivered'> {
  const receipts = receiptsByNonce(story);
  const failed: string[] = [];
  const misdelivered: string[] = [];
  for (const outcome of story.outcomes) {
    const { nonce, status, error, sentUs, doneUs, body } = outcome;
    const sawCrash = sentUs <= story.crash.toUs && doneUs >= story.crash.fromUs;
    if (status !== 200 || error !== null) {
      if (!sawCrash) failed.push(`${nonce} at ${sentUs} us: ${error ?? status} ${body}`);
      continue;
    }
    const answer = JSON.parse(body) as {
      readonly nonce: string;
      readonly pod: string;
      readonly namespace: string;
    };
    const takers = receipts.get(nonce) ?? [];
    const expected = `${answer.namespace}/${answer.pod}`;
    if (answer.nonce !== nonce) misdelivered.push(`${nonce} was answered with ${answer.nonce}`);
    else if (!takers.includes(expected)) misdelivered.push(`${nonce}: ${expected} has no receipt`);
    else if (takers.length > 1 && !sawCrash)
      misdelivered.push(`${nonce} was taken by ${takers.join(' and ')}`);
  }
  return { failed, misdelivered };
}

if (import.meta.main) {
  const seed = Number(process.argv[2]);
  const startMs = performance.now();
  const story = withSentinel(() => runStory({ seed, clients: 8, pauseMs: 100 }));
  const wallMs = Math.round(performance.now() - startMs);
  const { hash, events, simulatedSeconds, podsMost } = story;
  const report: RunReport = {
    hash,
    events,
    requests: story.outcomes.length,
    podsMost,
    podsLast: story.podsLast.length,
    idlePods: story.podsLast.filter((pod) => (story.receipts.get(pod) ?? []).length === 0),
    simulatedSeconds,
    ...judge(story),
    wallMs,
  };
  process.stdout.write(JSON.stringify(report));
}
