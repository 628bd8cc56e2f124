// A proxy process of its own, with a backend and steady traffic, that takes configs over its Admin API.
import { once } from 'node:events';
import { request } from 'node:http';
import { Worker } from 'node:worker_threads';
import { type Program, startProgram } from '../../local/rolling/program.ts';
import type { ThreadMessage, ThreadStart } from './traffic.ts';

export interface Answered {
  readonly status: number;
  readonly bytes: Buffer;
  readonly milliseconds: number;
}

/** So much of `/metrics` as one needs of its beginning. */
const metricsEnd = 'tidegate_tables_slice_seconds{';

export function startThread(start: ThreadStart): Worker {
  return new Worker(new URL('./traffic.ts', import.meta.url), { workerData: start });
}

export async function startBackend(): Promise<{ readonly thread: Worker; readonly port: number }> {
  const thread = startThread({ kind: 'backend' });
  const [message] = (await once(thread, 'message')) as [ThreadMessage];
  if (!('port' in message)) throw new Error('the backend has no port');
  return { thread, port: message.port };
}

/** What has been measured since the last time. */
export async function figuresOf(
  traffic: Worker,
): Promise<{ readonly milliseconds: readonly number[]; readonly failures: number }> {
  traffic.postMessage(null);
  const [message] = (await once(traffic, 'message')) as [ThreadMessage];
  if ('port' in message) throw new Error('that is the backend');
  return message;
}

export function startSubject(): Promise<Program> {
  const ports = ['--proxy-port', '0', '--proxy-tls-port', 'off', '--admin-port', '0'];
  return startProgram(['proxy', ...ports, '--workers', '1', '--access-log', 'off']);
}

/** Throws where the answer is none of success. */
export function send(
  admin: string,
  method: 'POST' | 'PATCH',
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      `${admin}/config`,
      { method, agent: false, headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          const status = answer.statusCode ?? 0;
          if (status < 300) resolve({ status, bytes, milliseconds: performance.now() - startMs });
          else reject(new Error(`${method} /config: ${status} ${bytes.toString('utf8', 0, 500)}`));
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** How many changes of tables took a worker at most so many seconds: counts by bound, '+Inf' last. */
export function readTableWork(admin: string): Promise<ReadonlyMap<string, number>> {
  return new Promise((resolve, reject) => {
    const call = request(`${admin}/metrics`, { agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (!text.includes(metricsEnd)) return;
        answer.destroy();
        const rows = text.matchAll(/^tidegate_tables_work_seconds_bucket\{.*le="([^"]+)"\} (\d+)$/gm);
        resolve(new Map([...rows].map(([, bound, count]) => [bound!, Number(count)])));
      });
      answer.on('end', () => reject(new Error('/metrics says nothing of tables')));
    });
    call.on('error', reject);
    call.end();
  });
}
