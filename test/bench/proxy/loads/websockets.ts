// WebSocket clients: each sends a message, waits until it is back, and sends the next.
import { connect, type Socket } from 'node:net';
import type { Run } from './generator-program.ts';
import type { Target } from './load.ts';

const messageBytes = 64;
/** Two bytes and a mask before what a client sends, two bytes before what a server sends. */
const message = Buffer.alloc(2 + 4 + messageBytes, 'x');
message[0] = 0x82;
message[1] = 0x80 | messageBytes;
const echoBytes = 2 + messageBytes;

function request({ asking }: Target): string {
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n';
  return `GET ${asking.path} HTTP/1.1\r\nHost: ${asking.host}\r\n${upgrade}${key}\r\n`;
}

export const runWebsockets: Run = (target, book, ready) => {
  let talking = 0;
  const sockets: Socket[] = [];
  for (let i = 0; i < target.connections; i++) {
    const socket = connect(target.port, '127.0.0.1', () => socket.write(request(target)));
    socket.setNoDelay(true);
    sockets.push(socket);
    let head = '';
    let isTalking = false;
    let left = 0;
    let sentUs = 0;
    const say = (): void => {
      left = echoBytes;
      sentUs = performance.now() * 1000;
      socket.write(message);
    };
    socket.on('data', (bytes: Buffer) => {
      if (isTalking) {
        left -= bytes.length;
        if (left > 0) return;
        book.answered(performance.now() * 1000 - sentUs);
        say();
        return;
      }
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      if (!head.startsWith('HTTP/1.1 101')) book.failed(`answered with '${head.slice(0, 40)}'`);
      isTalking = true;
      if (++talking === target.connections) ready();
      say();
    });
    socket.on('error', (error) => book.failed(error.message));
    socket.on('end', () => book.failed('the connection was ended'));
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
};
