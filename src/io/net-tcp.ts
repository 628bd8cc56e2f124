// Byte streams over node:net, public API only. Outgoing sockets read into a static buffer with room before it, so that a
// response head can grow in place; incoming ones use the 'data' event (a listening socket takes no static buffer).
import { connect, createServer, type Server } from 'node:net';
import type {
  Tcp,
  TcpClientHandler,
  TcpConnection,
  TcpHandler,
  TcpListener,
  TcpListenOptions,
} from '../ports/tcp.ts';
import { listen } from './listener.ts';
import { attach, type OwnedSocket, SocketConnection } from './socket-connection.ts';

const headroomBytes = 1024;
const readBytes = 65_536;

export function createNetTcp(): Tcp {
  return { listen: listenTcp, connect: connectTcp };
}

export type Accept = (connection: TcpConnection) => TcpHandler | null;

/** Not listening yet. */
export function createAcceptor(accept: Accept): Server {
  return createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = new SocketConnection(socket, null);
    connection.handler = accept(connection);
    if (connection.handler === null) socket.destroy();
    else attach(socket, true);
  });
}

function listenTcp(
  options: TcpListenOptions,
  accept: Accept,
  done: (error: string | null, listener: TcpListener | null) => void,
): void {
  listen(createAcceptor(accept), options, done);
}

function connectTcp(host: string, port: number, handler: TcpClientHandler): TcpConnection {
  const buffer = Buffer.allocUnsafeSlow(headroomBytes + readBytes);
  const socket: OwnedSocket = connect({
    host,
    port,
    noDelay: true,
    allowHalfOpen: true,
    onread: {
      buffer: buffer.subarray(headroomBytes),
      callback(size: number): boolean {
        socket.connection?.handler?.onData(buffer, headroomBytes, headroomBytes + size, headroomBytes);
        return true;
      },
    },
  });
  const connection = new SocketConnection(socket, null);
  connection.handler = handler;
  attach(socket, false);
  socket.on('connect', () => {
    if (connection.handler === handler) handler.onConnect();
  });
  return connection;
}
