// One lane: a raw upstream that reports the bytes it got and answers as told, and a raw client in front of the proxy. Cases of
// one lane run one after the other, lanes side by side.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { readRequest } from '../../../property/http/naive/request.ts';
import { okResponse } from '../../../unit/exchange/rig.ts';
import type { RequestCase, ResponseCase } from '../cases/case.ts';

/** What came out on both sides. */
export interface Seen {
  readonly client: string;
  readonly upstream: string;
}

export interface Lane {
  readonly upstreamPort: number;
  request(proxyPort: number, kase: RequestCase): Promise<Seen>;
  response(proxyPort: number, kase: ResponseCase): Promise<Seen>;
  close(): Promise<void>;
}

/** The proxies give up after a second; whoever is still there then stays forever. */
const clientLimitMs = 4000;
/** So that the first part of an answer has gone on before the second comes. */
const secondPartMs = 100;

interface Play {
  received: string;
  readonly sockets: Set<Socket>;
  answer(socket: Socket): void;
}

function send(proxyPort: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(proxyPort, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')));
    const limit = setTimeout(() => socket.destroy(), clientLimitMs);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (/^HTTP\/1\.1 101 /.test(received)) socket.destroy();
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(limit);
      resolve(received);
    });
  });
}

/** Answers when a request is complete, or can never be read. */
function serve(play: Play, socket: Socket): void {
  let own = '';
  play.sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => play.sockets.delete(socket));
  socket.on('data', (bytes) => {
    const isAnswered = own !== '' && readRequest(own) !== 'incomplete';
    own += bytes.toString('latin1');
    play.received += bytes.toString('latin1');
    if (!isAnswered && readRequest(own) !== 'incomplete') play.answer(socket);
  });
}

export async function createLane(): Promise<Lane> {
  let play: Play | null = null;
  const server: Server = createServer((socket) => {
    if (play === null) socket.destroy();
    else serve(play, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const run = async (proxyPort: number, text: string, answer: Play['answer']): Promise<Seen> => {
    const current: Play = { received: '', sockets: new Set(), answer };
    play = current;
    const client = await send(proxyPort, text);
    for (const socket of current.sockets) socket.destroy();
    return { client: client.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/i, ''), upstream: current.received };
  };
  return {
    upstreamPort: (server.address() as AddressInfo).port,
    request: (proxyPort, kase) =>
      run(proxyPort, kase.send, (socket) => socket.end(Buffer.from(okResponse, 'latin1'))),
    response: (proxyPort, { answer: [first, second], closes, request }) =>
      run(proxyPort, request, (socket) => {
        socket.write(Buffer.from(first, 'latin1'));
        if (second !== undefined)
          setTimeout(() => socket.writable && socket.write(Buffer.from(second, 'latin1')), secondPartMs);
        if (closes) setTimeout(() => socket.end(), secondPartMs);
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
