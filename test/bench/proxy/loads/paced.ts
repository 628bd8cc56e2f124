// Requests at a fixed rate, whatever becomes of the earlier ones; each counts from when it should have been sent.
import { connect, type Socket } from 'node:net';
import type { Run } from './generator-program.ts';

const headEnd = Buffer.from('\r\n\r\n');

/** A connection that is asked by one request at a time. */
class Asker {
  readonly socket: Socket;
  dueUs = 0;
  private received: Buffer = Buffer.alloc(0);
  private readonly onAnswer: (asker: Asker) => void;

  constructor(socket: Socket, onAnswer: (asker: Asker) => void) {
    this.socket = socket;
    this.onAnswer = onAnswer;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.take(bytes));
  }

  private take(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    const end = this.received.indexOf(headEnd);
    if (end < 0) return;
    const found = /\r\ncontent-length: (\d+)/i.exec(this.received.toString('latin1', 0, end));
    if (this.received.length < end + headEnd.length + Number(found?.[1] ?? 0)) return;
    this.received = this.received.subarray(this.received.length);
    this.onAnswer(this);
  }
}

export const runPaced: Run = (target, book, ready) => {
  const { asking, port, connections, ratePerSecond } = target;
  const request = Buffer.from(`GET ${asking.path} HTTP/1.1\r\nHost: ${asking.host}\r\n\r\n`);
  const intervalUs = 1_000_000 / ratePerSecond;
  const idle: Asker[] = [];
  const waiting: number[] = [];
  let nextUs = 0;
  let isStopped = false;
  const ask = (asker: Asker, dueUs: number): void => {
    asker.dueUs = dueUs;
    asker.socket.write(request);
  };
  const onAnswer = (asker: Asker): void => {
    book.answered(performance.now() * 1000 - asker.dueUs);
    const dueUs = waiting.shift();
    if (dueUs === undefined) idle.push(asker);
    else ask(asker, dueUs);
  };
  // It looks at the clock all the time: a timer's millisecond would be more than most answers take.
  const turn = (): void => {
    if (isStopped) return;
    const nowUs = performance.now() * 1000;
    for (; nextUs <= nowUs; nextUs += intervalUs) {
      const asker = idle.pop();
      if (asker === undefined) waiting.push(nextUs);
      else ask(asker, nextUs);
    }
    setImmediate(turn);
  };
  const sockets: Socket[] = [];
  let connected = 0;
  for (let i = 0; i < connections; i++) {
    const socket = connect(port, '127.0.0.1', () => {
      idle.push(new Asker(socket, onAnswer));
      if (++connected < connections) return;
      nextUs = performance.now() * 1000;
      ready();
      turn();
    });
    socket.on('error', (error) => book.failed(error.message));
    socket.on('end', () => book.failed('the connection was ended'));
    sockets.push(socket);
  }
  return () => {
    isStopped = true;
    for (const socket of sockets) socket.destroy();
  };
};
