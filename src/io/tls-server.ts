// The server's side of TLS over node:tls. The certificate is the one of the moment, with a server name and without; the
// handshakes under way are bounded in time and number, so that silent clients keep nobody out.
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { TcpConnection, TcpEnd, TcpHandler, TcpListener } from '../ports/tcp.ts';
import type { TlsCertificate, TlsServerOptions } from '../ports/tls.ts';
import { listen } from './listener.ts';
import { readPreface } from './preface.ts';
import { attach, SocketConnection } from './socket-connection.ts';

export interface TlsLimits {
  /** From the connection to the end of the handshake. */
  readonly handshakeTimeoutMs: number;
  /** Handshakes under way on one listener; one more costs the oldest of them its connection. */
  readonly handshakesMax: number;
}

export const defaultTlsLimits: TlsLimits = { handshakeTimeoutMs: 10_000, handshakesMax: 1024 };

const contextsMax = 10_000;
/** What every secure context of ours has. */
const contextOptions = { minVersion: 'TLSv1.2', sessionTimeout: 86_400 } as const;

/** Secure contexts by certificate id, made on first use. */
export function createContexts(): (certificate: TlsCertificate) => SecureContext {
  const contexts = new Map<string, SecureContext>();
  return (certificate) => {
    let context = contexts.get(certificate.id);
    if (context === undefined) {
      context = createSecureContext({ ...contextOptions, cert: certificate.cert, key: certificate.key });
      if (contexts.size >= contextsMax) contexts.delete(contexts.keys().next().value!);
      contexts.set(certificate.id, context);
    }
    return context;
  };
}

interface Handshakes {
  begin(socket: Socket): void;
  /** Its client has been told. */
  tell(socket: Socket, client: TcpEnd): void;
  /** Done, one way or the other; the client that was told of it. */
  end(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): TcpEnd | null;
}

/** By the client's address, which is what the plain socket and the one that node makes of it have in common. */
function createHandshakes(handshakesMax: number, onDropped: (() => void) | undefined): Handshakes {
  const underWay = new Map<string, Socket>();
  const clients = new WeakMap<Socket, TcpEnd>();
  const keyOf = (socket: Parameters<Handshakes['end']>[0]): string =>
    `${socket.remoteAddress} ${socket.remotePort}`;
  return {
    begin(socket) {
      const key = keyOf(socket);
      underWay.set(key, socket);
      // Its address is gone with it, so the key is kept.
      socket.once('close', () => {
        if (underWay.get(key) === socket) underWay.delete(key);
      });
      if (underWay.size <= handshakesMax) return;
      const [oldestKey, oldest] = underWay.entries().next().value!;
      underWay.delete(oldestKey);
      oldest.destroy();
      onDropped?.();
    },
    tell: (socket, client) => void clients.set(socket, client),
    end(socket) {
      const plain = underWay.get(keyOf(socket));
      underWay.delete(keyOf(socket));
      return plain === undefined ? null : (clients.get(plain) ?? null);
    },
  };
}

function createChoice(
  options: TlsServerOptions,
  contextOf: (certificate: TlsCertificate) => SecureContext,
): (serverName: string, chosen: (error: Error | null, context?: SecureContext) => void) => void {
  return (serverName, chosen) => {
    const certificate = options.selectCertificate(serverName.toLowerCase());
    if (certificate === null) {
      chosen(new Error(`no certificate for '${serverName}'`));
      return;
    }
    let context: SecureContext;
    try {
      context = contextOf(certificate);
    } catch (error) {
      chosen(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    chosen(null, context);
  };
}

export function listenTls(
  options: TlsServerOptions,
  limits: TlsLimits,
  contextOf: (certificate: TlsCertificate) => SecureContext,
  accept: (connection: TcpConnection) => TcpHandler | null,
  done: (error: string | null, listener: TcpListener | null) => void,
): void {
  const handshakes = createHandshakes(limits.handshakesMax, options.onHandshakeDropped);
  const secure = createServer(
    {
      ...contextOptions,
      ALPNProtocols: [...options.alpn],
      SNICallback: createChoice(options, contextOf),
      handshakeTimeout: limits.handshakeTimeoutMs,
    },
    (socket: TLSSocket) => {
      const client = handshakes.end(socket);
      // A client may say that it has nothing more to ask; one that does so within the handshake has left.
      socket.allowHalfOpen = true;
      const name = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : '';
      const protocol = typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '';
      const connection = new SocketConnection(socket, { serverName: name, protocol }, client);
      connection.handler = accept(connection);
      if (connection.handler === null) socket.destroy();
      else attach(socket, true);
    },
  );
  // A failed handshake is the client's affair: its socket is closed by node.
  secure.on('tlsClientError', (_error, socket) => socket.destroy());

  // Without SNI node asks nobody: the server's own context answers, so it is kept at the default certificate of the moment.
  let defaultId: string | null = null;
  const renewDefault = (): void => {
    const certificate = options.selectCertificate('');
    if (certificate === null || certificate.id === defaultId) return;
    defaultId = certificate.id;
    try {
      secure.setSecureContext({ ...contextOptions, cert: certificate.cert, key: certificate.key });
    } catch {
      // One that cannot be used: the one before goes on.
    }
  };
  const server = createTcpServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
    renewDefault();
    handshakes.begin(socket);
    if (options.preface === undefined) {
      secure.emit('connection', socket);
      return;
    }
    readPreface(socket, options.preface, limits.handshakeTimeoutMs, (client) => {
      handshakes.tell(socket, client);
      secure.emit('connection', socket);
    });
  });
  listen(server, options, done);
}
