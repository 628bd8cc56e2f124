// Every request beside the receipts that pods wrote of it: what failed, what nobody received, what came twice.
import type { Receipt } from '../../../sim/pod/receipts.ts';
import { nonceBegin, type Outcome } from './load.ts';

export interface Account {
  /** One sentence for each request that did not go as it must; empty when all is well. */
  readonly complaints: readonly string[];
  readonly requests: number;
  readonly podCount: number;
  /** Requests that more than one pod received, or one pod more than once: retries of what may be repeated. */
  readonly repeated: number;
}

/** `receipts` by 'namespace/pod'. */
export function account(
  outcomes: readonly Outcome[],
  receipts: ReadonlyMap<string, readonly Receipt[]>,
): Account {
  const podsOf = new Map<string, string[]>();
  for (const [key, list] of receipts) {
    const pod = key.slice(key.indexOf('/') + 1);
    for (const { nonce } of list) {
      if (!nonce.startsWith(nonceBegin)) continue;
      const pods = podsOf.get(nonce);
      if (pods === undefined) podsOf.set(nonce, [pod]);
      else pods.push(pod);
    }
  }
  const complaints: string[] = [];
  let repeated = 0;
  const answering = new Set<string>();
  for (const outcome of outcomes) {
    const pods = podsOf.get(outcome.nonce) ?? [];
    podsOf.delete(outcome.nonce);
    if (pods.length > 1) repeated++;
    if (outcome.pod !== '') answering.add(outcome.pod);
    const complaint = complaintAbout(outcome, pods);
    if (complaint === '') continue;
    const at = (outcome.sentMs / 1000).toFixed(3);
    const by = pods.length === 0 ? 'no pod' : pods.join(' and ');
    complaints.push(
      `at ${at} s, ${outcome.method} ${outcome.nonce}, ${outcome.tookMs.toFixed(0)} ms, received by ${by}: ${complaint}`,
    );
  }
  for (const [nonce, pods] of podsOf) complaints.push(`${pods.join(' and ')} received ${nonce}, never sent`);
  return { complaints, requests: outcomes.length, podCount: answering.size, repeated };
}

function complaintAbout(outcome: Outcome, pods: readonly string[]): string {
  if (outcome.problem !== '') return outcome.problem;
  if (pods.length === 0) return `${outcome.pod} answered without a receipt`;
  if (!pods.includes(outcome.pod)) return `${outcome.pod} answered, but has no receipt`;
  return outcome.method === 'POST' && pods.length > 1 ? 'a POST was repeated' : '';
}
