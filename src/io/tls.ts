// TLS over node:tls: the certificate is chosen per handshake, secure contexts are kept by certificate id.

import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { TcpClientHandler, TcpConnection, TcpHandler, TcpListener } from '../ports/tcp.ts';
import type { Tls, TlsCertificate, TlsClientOptions, TlsServerOptions } from '../ports/tls.ts';
import { attach, type OwnedSocket, SocketConnection } from './socket-connection.ts';

const contextsMax = 10_000;
const handshakeTimeoutMs = 30_000;
const sessionTimeoutSeconds = 86_400;
const backlog = 4096;

export function createTls(): Tls {
  const contexts = new Map<string, SecureContext>();
  const contextOf = (certificate: TlsCertificate): SecureContext => {
    let context = contexts.get(certificate.id);
    if (context === undefined) {
      context = createSecureContext({ cert: certificate.cert, key: certificate.key });
      if (contexts.size >= contextsMax) contexts.delete(contexts.keys().next().value!);
      contexts.set(certificate.id, context);
    }
    return context;
  };
  return {
    listen: (options, accept, done) => listenTls(options, contextOf, accept, done),
    connect: connectTls,
  };
}

function listenTls(
  options: TlsServerOptions,
  contextOf: (certificate: TlsCertificate) => SecureContext,
  accept: (connection: TcpConnection) => TcpHandler | null,
  done: (error: string | null, listener: TcpListener | null) => void,
): void {
  const choose = (
    serverName: string,
    chosen: (error: Error | null, context?: SecureContext) => void,
  ): void => {
    const certificate = options.selectCertificate(serverName.toLowerCase());
    if (certificate === null) {
      chosen(new Error(`no certificate for '${serverName}'`));
      return;
    }
    try {
      chosen(null, contextOf(certificate));
    } catch (error) {
      chosen(error instanceof Error ? error : new Error(String(error)));
    }
  };
  // Without SNI node asks nobody: the server's own context answers, so it holds the default certificate of the moment.
  const fallback = options.selectCertificate('');
  const server = createServer(
    {
      ...(fallback === null ? {} : { cert: fallback.cert, key: fallback.key }),
      ALPNProtocols: [...options.alpn],
      SNICallback: choose,
      minVersion: 'TLSv1.2',
      noDelay: true,
      allowHalfOpen: true,
      handshakeTimeout: handshakeTimeoutMs,
      sessionTimeout: sessionTimeoutSeconds,
    },
    (socket: TLSSocket) => {
      const name = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : '';
      const protocol = typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '';
      const connection = new SocketConnection(socket, { serverName: name, protocol });
      connection.handler = accept(connection);
      if (connection.handler === null) socket.destroy();
      else attach(socket, true);
    },
  );
  // A failed handshake is the client's affair: its socket is closed by node.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  let isListening = false;
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!isListening) done(error.code ?? error.message, null);
  });
  server.listen(
    { host: options.host, port: options.port, backlog, reusePort: options.reusePort === true },
    () => {
      isListening = true;
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : options.port;
      done(null, { host: options.host, port, close: (closed) => server.close(() => closed()) });
    },
  );
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
