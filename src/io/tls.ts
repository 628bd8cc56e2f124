// TLS over node:tls: the client's side, and both sides as the port has them.
import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { TcpClientHandler, TcpConnection } from '../ports/tcp.ts';
import type { Tls, TlsClientOptions } from '../ports/tls.ts';
import { attach, type OwnedSocket, SocketConnection } from './socket-connection.ts';
import { createContexts, defaultTlsLimits, listenTls, type TlsLimits } from './tls-server.ts';

/** `limits` are for tests; the defaults are what a gateway runs with. */
export function createTls(limits: TlsLimits = defaultTlsLimits): Tls {
  const contextOf = createContexts();
  return {
    listen: (options, accept, done) => listenTls(options, limits, contextOf, accept, done),
    connect: connectTls,
  };
}

function connectTls(options: TlsClientOptions, handler: TcpClientHandler): TcpConnection {
  const { serverName, clientCertificate } = options;
  const connectOptions: ConnectionOptions & { allowHalfOpen: boolean } = {
    host: options.host,
    port: options.port,
    ...(serverName === '' || isIP(serverName) !== 0 ? {} : { servername: serverName }),
    rejectUnauthorized: options.verify,
    ...(options.certificateAuthorities === null ? {} : { ca: [...options.certificateAuthorities] }),
    ...(clientCertificate === null ? {} : { cert: clientCertificate.cert, key: clientCertificate.key }),
    ALPNProtocols: ['http/1.1'],
    allowHalfOpen: true,
  };
  const socket: OwnedSocket = connect(connectOptions);
  socket.setNoDelay(true);
  const connection = new SocketConnection(socket, { serverName, protocol: 'http/1.1' });
  connection.handler = handler;
  let isSecure = false;
  socket.on('secureConnect', () => {
    isSecure = true;
    if (connection.handler === handler) handler.onConnect();
  });
  attach(socket, true);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!isSecure && error.code !== undefined && !/^E[A-Z]+$/.test(error.code))
      connection.failed(`TLS ${error.code}`);
  });
  return connection;
}
