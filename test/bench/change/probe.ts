// Real requests in a tight row on one kept connection, until an answer shows what is waited for.
import { Client } from 'undici';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Probe {
  /** Resolves with the number of requests it took; the last one's answer held. */
  until(host: string, holds: (answer: Answer) => boolean, timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/** The product is late or wrong: not a fault of the bench's surroundings. */
export class NotSeenError extends Error {}

export function createProbe(port: number): Probe {
  const client = new Client(`http://127.0.0.1:${port}`, { pipelining: 1 });
  const ask = async (host: string): Promise<Answer> => {
    const { statusCode, body } = await client.request({ method: 'GET', path: '/', headers: { host } });
    return { status: statusCode, text: await body.text() };
  };
  return {
    async until(host, holds, timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      for (let requests = 1; ; requests++) {
        const answer = await ask(host);
        if (holds(answer)) return requests;
        if (performance.now() > deadlineMs)
          throw new NotSeenError(
            `after ${timeoutMs} ms ${host} still answers ${answer.status} ${answer.text.slice(0, 200)}`,
          );
      }
    },
    close: () => client.close(),
  };
}
