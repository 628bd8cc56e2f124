// Judges a story request by request: who took it, who answered, and what may be lost when a pod crashes.
import type { RequestRecord } from '../../sim/evidence/evidence.ts';
import type { StoryOutcome } from '../../sim/world/story.ts';

export interface Judgement {
  /** Requests without a good answer that nothing excuses. */
  readonly failed: readonly string[];
  /** Answers from the wrong place, answers without a receipt, requests with two. */
  readonly misdelivered: readonly string[];
  /** Requests that the crashed pod had taken, and what became of them. */
  readonly crashed: { readonly lost: number; readonly repeated: number; readonly onTheWire: number };
}

/** How long bytes can be on their way from client to pod and back: what was sent so near the crash may meet it. */
const wireUs = 5_000;

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

export function judge(story: StoryOutcome): Judgement {
  const receipts = receiptsByNonce(story);
  const { crash } = story;
  const failed: string[] = [];
  const misdelivered: string[] = [];
  const crashed = { lost: 0, repeated: 0, onTheWire: 0 };
  const inFlight = new Set(crash?.inFlight ?? []);
  const met = ({ sentUs, doneUs }: RequestRecord): boolean =>
    crash !== null && sentUs <= crash.atUs + wireUs && doneUs >= crash.atUs;

  /** A request that may not be repeated was on its way to the pod or in it. */
  const isExcused = (outcome: RequestRecord, takers: readonly string[]): boolean => {
    if (crash === null || outcome.method === 'GET' || !met(outcome)) return false;
    if (takers.length === 0) return outcome.sentUs >= crash.atUs - wireUs;
    return takers.length === 1 && takers[0] === crash.pod;
  };

  for (const outcome of story.outcomes) {
    const { nonce, method, status, error, body } = outcome;
    const takers = receipts.get(nonce) ?? [];
    if (status !== 200 || error !== '') {
      if (!isExcused(outcome, takers)) {
        failed.push(`${method} ${nonce} at ${outcome.sentUs} us: ${error || status} ${body}`);
      } else if (takers.length === 0) crashed.onTheWire++;
      else crashed.lost++;
      continue;
    }
    const answer = JSON.parse(body) as {
      readonly nonce: string;
      readonly pod: string;
      readonly namespace: string;
    };
    const expected = `${answer.namespace}/${answer.pod}`;
    if (answer.nonce !== nonce) misdelivered.push(`${nonce} was answered with ${answer.nonce}`);
    else if (!takers.includes(expected)) misdelivered.push(`${nonce}: ${expected} has no receipt`);
    else if (takers.length > 1) {
      const mayRepeat = method === 'GET' && takers.length === 2 && takers.includes(crash?.pod ?? '');
      if (mayRepeat && met(outcome)) crashed.repeated++;
      else misdelivered.push(`${method} ${nonce} was taken by ${takers.join(' and ')}`);
    }
    if (inFlight.has(nonce) && method === 'POST')
      misdelivered.push(`${nonce} was answered although its pod had crashed`);
  }
  return { failed, misdelivered, crashed };
}
