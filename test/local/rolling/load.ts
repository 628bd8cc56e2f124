// A fixed-rate load over keep-alive connections whose every request carries a nonce, and the account of what became of it.
import { Agent, request } from 'node:http';

export interface Outcome {
  readonly nonce: string;
  /** 0: no answer. */
  readonly status: number;
  readonly pod: string;
  /** '' = right, else what went wrong. */
  readonly problem: string;
}

export interface LoadOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly perSecond: number;
  readonly connections: number;
}

export interface Load {
  /** Stops sending; resolves when every request sent has its outcome. */
  stop(): Promise<readonly Outcome[]>;
  readonly sentCount: number;
  readonly failedCount: number;
}

const answerTimeoutMs = 20_000;

function judge(nonce: string, status: number, text: string): Outcome {
  if (status !== 200) return { nonce, status, pod: '', problem: `status ${status}: ${text.slice(0, 200)}` };
  try {
    const answer = JSON.parse(text) as { pod: string; nonce: string };
    const problem = answer.nonce === nonce ? '' : `misdelivered: answer of ${answer.nonce}`;
    return { nonce, status, pod: answer.pod, problem };
  } catch (error) {
    return { nonce, status, pod: '', problem: `unreadable answer: ${(error as Error).message}` };
  }
}

function send(agent: Agent, options: LoadOptions, nonce: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const lost = (error: Error) => resolve({ nonce, status: 0, pod: '', problem: error.message });
    const { port, path } = options;
    const headers = { host: options.host, 'x-nonce': nonce };
    const call = request(
      { agent, host: '127.0.0.1', port, path, headers, timeout: answerTimeoutMs },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve(judge(nonce, answer.statusCode ?? 0, Buffer.concat(parts).toString())),
        );
        answer.on('error', lost);
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', lost);
    call.end();
  });
}

/** One request in flight per connection; a connection that is late skips its turn rather than pile up. */
export function startLoad(options: LoadOptions): Load {
  const outcomes: Outcome[] = [];
  const pending = new Set<Promise<void>>();
  const agents = Array.from(
    { length: options.connections },
    () => new Agent({ keepAlive: true, maxSockets: 1 }),
  );
  const busy = new Set<Agent>();
  let sentCount = 0;
  let failedCount = 0;
  let turn = 0;
  const sendOne = (): void => {
    const agent = agents[turn++ % agents.length]!;
    if (busy.has(agent)) return;
    busy.add(agent);
    const done: Promise<void> = send(agent, options, `load-${sentCount++}`).then((outcome) => {
      busy.delete(agent);
      outcomes.push(outcome);
      if (outcome.problem !== '') failedCount++;
      pending.delete(done);
    });
    pending.add(done);
  };
  const batchMs = 20;
  let owed = 0;
  const timer = setInterval(() => {
    owed += (options.perSecond * batchMs) / 1000;
    for (; owed >= 1; owed--) sendOne();
  }, batchMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      for (const agent of agents) agent.destroy();
      return outcomes;
    },
    get sentCount() {
      return sentCount;
    },
    get failedCount() {
      return failedCount;
    },
  };
}

/** Requests without a receipt although answered, and receipts that no request accounts for. */
export function compareWithReceipts(
  outcomes: readonly Outcome[],
  receipts: ReadonlyMap<string, readonly { readonly nonce: string }[]>,
): {
  readonly missing: readonly string[];
  readonly unexplained: readonly string[];
  readonly wrongPod: readonly string[];
} {
  const podsByNonce = new Map<string, string[]>();
  for (const [pod, list] of receipts) {
    for (const { nonce } of list) {
      if (!nonce.startsWith('load-')) continue;
      podsByNonce.set(nonce, [...(podsByNonce.get(nonce) ?? []), pod.split('/').at(-1)!]);
    }
  }
  const known = new Set(outcomes.map((outcome) => outcome.nonce));
  const answered = outcomes.filter((outcome) => outcome.status === 200);
  return {
    missing: answered.filter((outcome) => !podsByNonce.has(outcome.nonce)).map((outcome) => outcome.nonce),
    unexplained: [...podsByNonce.keys()].filter((nonce) => !known.has(nonce)),
    wrongPod: answered
      .filter((outcome) => podsByNonce.get(outcome.nonce)?.includes(outcome.pod) === false)
      .map((outcome) => outcome.nonce),
  };
}
