// Byte streams over node's stream handles. Names are resolved, and ports bound, by node:net.
import { isIP } from 'node:net';
import type { Tcp, TcpClientHandler, TcpConnection, TcpListener, TcpListenOptions } from '../ports/tcp.ts';
import { HandleConnection } from './handle-connection.ts';
import { listen } from './listener.ts';
import { type Accept, createAcceptor } from './net-tcp.ts';
import { ReadBuffers } from './read-buffers.ts';
import { handleOf, type StreamHandle, type StreamHandles } from './stream-handles.ts';

/** Room for a response's head to grow in place. */
const headroomBytes = 1024;
/** A request's head and most bodies fit. */
const clientReadBytes = 16_384;
const upstreamReadBytes = 65_536;

/** `byName` connects to what is no address. */
export function createHandleTcp(handles: StreamHandles, byName: Pick<Tcp, 'connect'>): Tcp {
  const clientBuffers = new ReadBuffers(0, clientReadBytes);
  const upstreamBuffers = new ReadBuffers(headroomBytes, upstreamReadBytes);

  function accepted(handle: StreamHandle, accept: Accept): void {
    const connection = new HandleConnection(handles, handle, clientBuffers);
    connection.handler = accept(connection);
    if (connection.handler === null) connection.destroy();
    else connection.start();
  }

  function listenTcp(
    options: TcpListenOptions,
    accept: Accept,
    done: (error: string | null, listener: TcpListener | null) => void,
  ): void {
    // It serves whoever comes before its handle is ours.
    const server = createAcceptor(accept);
    listen(server, options, (error, listener) => {
      const own = handleOf(server);
      if (own !== null) {
        own.onconnection = (status, handle) => {
          if (status === 0) accepted(handle, accept);
        };
      }
      done(error, listener);
    });
  }

  function connectTcp(host: string, port: number, handler: TcpClientHandler): TcpConnection {
    const family = isIP(host);
    if (family === 0) return byName.connect(host, port, handler);
    const connection = new HandleConnection(handles, handles.create(), upstreamBuffers);
    connection.handler = handler;
    connection.connect(family, host, port);
    return connection;
  }

  return { listen: listenTcp, connect: connectTcp };
}
