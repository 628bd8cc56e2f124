// A thread that sends requests at a fixed rate over kept connections, whatever becomes of the earlier ones, and tells how long
// each took; and the backend that answers them. Apart from the bench's own thread, so that its work delays none.
import { connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export interface TrafficStart {
  readonly kind: 'traffic';
  readonly port: number;
  readonly ratePerSecond: number;
  readonly connections: number;
  /** Asked one after the other, and again. */
  readonly requests: readonly { readonly host: string; readonly path: string }[];
}

export type ThreadStart = TrafficStart | { readonly kind: 'backend' };

/** What a thread says: the backend its port once, traffic its figures whenever it is asked. */
export type ThreadMessage =
  | { readonly port: number }
  | { readonly milliseconds: readonly number[]; readonly failures: number };

const answerBegin = 'HTTP/1.1 200 ';
const answerEnd = '\r\n\r\nok';
const answer = `${answerBegin}OK\r\nContent-Length: 2${answerEnd}`;

function serveBackend(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1', () => {
    parentPort!.postMessage({ port: (server.address() as { port: number }).port } satisfies ThreadMessage);
  });
}

function sendTraffic({ port, ratePerSecond, connections, requests }: TrafficStart): void {
  let milliseconds: number[] = [];
  let failures = 0;
  const idle: Socket[] = [];
  /** When each was due that has no connection yet. */
  const waiting: number[] = [];
  let next = 0;

  const send = (socket: Socket, dueMs: number): void => {
    const { host, path } = requests[next++ % requests.length]!;
    let head = '';
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      const isWhole = head.endsWith(answerEnd);
      if (!isWhole && head.startsWith(answerBegin)) return;
      socket.removeAllListeners('data');
      milliseconds.push(performance.now() - dueMs);
      if (!isWhole) failures++;
      const due = waiting.shift();
      if (due === undefined) idle.push(socket);
      else send(socket, due);
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  };
  for (let i = 0; i < connections; i++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => idle.push(socket));
    socket.on('error', () => failures++);
  }
  const startMs = performance.now();
  let sent = 0;
  setInterval(() => {
    const nowMs = performance.now();
    for (; startMs + (sent * 1000) / ratePerSecond <= nowMs; sent++) {
      const socket = idle.pop();
      // Not when it was due: that this thread comes late is not the proxy's doing.
      if (socket === undefined) waiting.push(nowMs);
      else send(socket, nowMs);
    }
  }, 1);
  parentPort!.on('message', () => {
    parentPort!.postMessage({ milliseconds, failures } satisfies ThreadMessage);
    milliseconds = [];
    failures = 0;
  });
}

const start = workerData as ThreadStart;
if (start.kind === 'backend') serveBackend();
else sendTraffic(start);
