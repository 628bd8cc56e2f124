// The requests that `dev` sends to the sample by itself, so that a change that loses one is seen at once.
import { Agent, request } from 'node:http';

export interface TrafficCount {
  sent: number;
  answered: number;
  failed: number;
  /** What the last failure was; '' = none yet. */
  lastFailure: string;
  /** Answers per pod name since the start. */
  readonly byPod: Map<string, number>;
  /** Latencies of the last answers in milliseconds, newest last, at most `latencyCountMax`. */
  readonly latenciesMs: number[];
}

export interface Traffic {
  readonly count: TrafficCount;
  stop(): void;
}

const latencyCountMax = 400;
const answerBytesMax = 1 << 20;

function noteAnswer(
  count: TrafficCount,
  status: number,
  text: string,
  nonce: string,
  startedMs: number,
): void {
  count.latenciesMs.push(performance.now() - startedMs);
  if (count.latenciesMs.length > latencyCountMax) count.latenciesMs.shift();
  const reason = judge(status, text, nonce, count);
  if (reason === '') count.answered++;
  else fail(count, reason);
}

/** '' when the answer is right: status 200 and this request's own nonce. */
function judge(status: number, text: string, nonce: string, count: TrafficCount): string {
  if (status !== 200) return `status ${status}: ${text.slice(0, 120).replaceAll(/\s+/g, ' ')}`;
  try {
    const answer = JSON.parse(text) as { pod?: string; nonce?: string };
    if (answer.nonce !== nonce) return `answer of another request (${String(answer.nonce)})`;
    const pod = answer.pod ?? '?';
    count.byPod.set(pod, (count.byPod.get(pod) ?? 0) + 1);
    return '';
  } catch (error) {
    return `unreadable answer: ${(error as Error).message}`;
  }
}

function fail(count: TrafficCount, reason: string): void {
  count.failed++;
  count.lastFailure = reason;
}

/** Sends `perSecond` GET requests a second for `path` with Host `host` to the proxy over keep-alive connections. */
export function startTraffic(port: number, host: string, path: string, perSecond: number): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const count: TrafficCount = {
    sent: 0,
    answered: 0,
    failed: 0,
    lastFailure: '',
    byPod: new Map(),
    latenciesMs: [],
  };
  let isStopped = false;
  const send = (): void => {
    const nonce = `dev-${count.sent++}`;
    const startedMs = performance.now();
    const headers = { host, 'x-nonce': nonce };
    const call = request({ agent, host: '127.0.0.1', port, path, headers, timeout: 10_000 }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= answerBytesMax) parts.push(part);
      });
      answer.on('end', () => {
        noteAnswer(count, answer.statusCode ?? 0, Buffer.concat(parts).toString(), nonce, startedMs);
      });
      answer.on('error', (error) => {
        if (!isStopped) fail(count, error.message);
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', (error) => {
      if (!isStopped) fail(count, error.message);
    });
    call.end();
  };
  const timer = setInterval(send, 1000 / perSecond);
  return {
    count,
    stop() {
      isStopped = true;
      clearInterval(timer);
      agent.destroy();
    },
  };
}
