// What comes before a handshake on a node socket: read, told, and the rest given back to the socket.
import type { Socket } from 'node:net';
import type { Preface, TcpEnd } from '../ports/tcp.ts';
import { plainAddress } from './socket-connection.ts';

/** `done` is called once, unless the socket is gone or was refused. */
export function readPreface(socket: Socket, preface: Preface, done: (client: TcpEnd) => void): void {
  const sender = { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
  let bytes = Buffer.alloc(0);
  const onData = (more: Buffer): void => {
    bytes = Buffer.concat([bytes, more]);
    const reading = preface(bytes, sender);
    if (reading === 'more') return;
    if (reading === 'refused') {
      socket.destroy();
      return;
    }
    socket.off('data', onData);
    socket.pause();
    if (reading.length < bytes.length) socket.unshift(bytes.subarray(reading.length));
    done(reading.client);
  };
  socket.on('data', onData);
}
