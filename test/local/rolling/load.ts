// A fixed-rate load over keep-alive connections whose every request carries a nonce, and what became of each.
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface Outcome {
  readonly nonce: string;
  readonly method: string;
  /** Since the load began. */
  readonly sentMs: number;
  readonly tookMs: number;
  /** 0: no answer. */
  readonly status: number;
  /** '' where no pod answered. */
  readonly pod: string;
  /** '' = right, else what went wrong. */
  readonly problem: string;
}

export interface LoadOptions {
  readonly port: number;
  readonly host: string;
  readonly perSecond: number;
  readonly connections: number;
}

export interface Load {
  /** Resolves once the condition holds; it is asked after each outcome. */
  until(holds: () => boolean): Promise<void>;
  /** Stops sending; resolves when every request sent has its outcome. */
  stop(): Promise<void>;
  readonly outcomes: readonly Outcome[];
  /** Connections opened since the start: a proxy that closes none needs no more than were asked for. */
  readonly openedCount: number;
  /** Turns at which every connection was busy. */
  readonly skippedCount: number;
  readonly elapsedMs: number;
}

export const nonceBegin = 'load-';
const answerTimeoutMs = 20_000;
const answerBytesMax = 1 << 20;
/** One in so many is a POST: sent once, whatever happens. */
const postEvery = 8;

interface Shot {
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly startedMs: number;
}

interface PodAnswer {
  readonly pod: string;
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
  readonly bodyHash: string;
}

function mismatch(shot: Shot, answer: PodAnswer): string {
  if (answer.nonce !== shot.nonce) return `misdelivered: the answer to ${answer.nonce}`;
  if (answer.method !== shot.method) return `arrived as ${answer.method}`;
  if (answer.path !== shot.path) return `arrived at ${answer.path}`;
  const hash = createHash('sha256').update(shot.body).digest('hex');
  return answer.bodyHash === hash ? '' : 'arrived with another body';
}

function judge(shot: Shot, status: number, text: string): { pod: string; problem: string } {
  if (status !== 200)
    return { pod: '', problem: `status ${status}: ${text.slice(0, 160).replaceAll(/\s+/g, ' ')}` };
  try {
    const answer = JSON.parse(text) as PodAnswer;
    return { pod: answer.pod, problem: mismatch(shot, answer) };
  } catch (error) {
    return { pod: '', problem: `unreadable answer: ${(error as Error).message}` };
  }
}

/** Calls back exactly once. */
function send(
  agent: Agent,
  options: LoadOptions,
  shot: Shot,
  onOpened: () => void,
  done: (outcome: Outcome) => void,
): void {
  let over = false;
  const finish = (status: number, pod: string, problem: string): void => {
    if (over) return;
    over = true;
    const { nonce, method, startedMs: sentMs } = shot;
    const tookMs = performance.now() - startedAtMs;
    done({ nonce, method, sentMs, tookMs, status, pod, problem });
  };
  const startedAtMs = performance.now();
  const { method, path, body } = shot;
  const headers: Record<string, string> = { host: options.host, 'x-nonce': shot.nonce };
  if (body !== '') headers['content-length'] = String(Buffer.byteLength(body));
  const call = request({
    agent,
    host: '127.0.0.1',
    port: options.port,
    method,
    path,
    headers,
    timeout: answerTimeoutMs,
  });
  call.on('response', (answer) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= answerBytesMax) parts.push(part);
    });
    answer.on('end', () => {
      const { pod, problem } = judge(shot, answer.statusCode ?? 0, Buffer.concat(parts).toString());
      finish(answer.statusCode ?? 0, pod, problem);
    });
    answer.on('error', (error) => finish(0, '', `the answer broke off: ${error.message}`));
  });
  call.on('socket', () => {
    if (!call.reusedSocket) onOpened();
  });
  call.on('timeout', () => call.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)));
  call.on('error', (error) => finish(0, '', error.message));
  call.end(body);
}

/** One request in flight per connection; where all are busy a turn is skipped and counted rather than piled up. */
export function startLoad(options: LoadOptions): Load {
  const outcomes: Outcome[] = [];
  const waiting = new Set<{ readonly holds: () => boolean; readonly resolve: () => void }>();
  const idle = Array.from(
    { length: options.connections },
    () => new Agent({ keepAlive: true, maxSockets: 1 }),
  );
  const agents = [...idle];
  const beganMs = performance.now();
  const elapsedMs = (): number => performance.now() - beganMs;
  let sentCount = 0;
  let skippedCount = 0;
  let openedCount = 0;

  const sendOne = (): void => {
    // The connection that rested longest, so that all of them are used.
    const agent = idle.shift();
    if (agent === undefined) {
      skippedCount++;
      return;
    }
    const nonce = `${nonceBegin}${sentCount}`;
    const isPost = sentCount % postEvery === postEvery - 1;
    const shot: Shot = {
      nonce,
      method: isPost ? 'POST' : 'GET',
      path: `/item/${nonce}`,
      body: isPost ? `order of ${nonce} `.repeat(20) : '',
      startedMs: elapsedMs(),
    };
    sentCount++;
    const onOpened = (): void => {
      openedCount++;
    };
    send(agent, options, shot, onOpened, (outcome) => {
      outcomes.push(outcome);
      // The agent takes its socket back after this event.
      setImmediate(() => idle.push(agent));
      for (const wait of waiting) {
        if (!wait.holds()) continue;
        waiting.delete(wait);
        wait.resolve();
      }
    });
  };

  const batchMs = 10;
  let dueCount = 0;
  const timer = setInterval(() => {
    const targetCount = (elapsedMs() * options.perSecond) / 1000;
    for (; dueCount < targetCount; dueCount++) sendOne();
  }, batchMs);
  const until = (holds: () => boolean): Promise<void> =>
    holds() ? Promise.resolve() : new Promise((resolve) => waiting.add({ holds, resolve }));
  return {
    until,
    async stop() {
      clearInterval(timer);
      await until(() => outcomes.length === sentCount);
      for (const agent of agents) agent.destroy();
    },
    outcomes,
    get openedCount() {
      return openedCount;
    },
    get skippedCount() {
      return skippedCount;
    },
    get elapsedMs() {
      return elapsedMs();
    },
  };
}
