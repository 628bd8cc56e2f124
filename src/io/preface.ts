// What comes before a handshake on a node socket: read, told, and the rest given back to the socket.
import type { Socket } from 'node:net';
import type { Preface, TcpEnd } from '../ports/tcp.ts';
import { plainAddress } from './socket-connection.ts';

/** `done` is called once, unless the socket is gone or was refused. */
export function readPreface(
  socket: Socket,
  preface: Preface,
  timeoutMs: number,
  done: (client: TcpEnd) => void,
): void {
  const sender = { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
  let bytes = Buffer.alloc(0);
  const drop = (): void => void socket.destroy();
  const timer = setTimeout(drop, timeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('error', drop);
    socket.off('close', stop);
  };
  const onData = (more: Buffer): void => {
    bytes = Buffer.concat([bytes, more]);
    const reading = preface(bytes, sender);
    if (reading === 'more') return;
    if (reading === 'refused') {
      drop();
      return;
    }
    stop();
    socket.pause();
    if (reading.length < bytes.length) socket.unshift(bytes.subarray(reading.length));
    done(reading.client);
  };
  socket.on('data', onData);
  socket.on('error', drop);
  socket.on('close', stop);
}
