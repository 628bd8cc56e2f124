// TLS over node:tls, public API only. A client's hello is read on the plain socket and put back, so that it is answered by
// a server whose whole context fits the name in it.
import { createServer as createTcpServer, isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from 'node:tls';
import type { ClientIdentity, TcpClientHandler, TcpConnection, TcpEnd, TcpHandler } from '../ports/tcp.ts';
import type { ClientTrust, Tls, TlsClientOptions, TlsServerOptions } from '../ports/tls.ts';
import { confirms, readServerName } from './client-hello.ts';
import { clientIdentityOf } from './client-identity.ts';
import { listen } from './listener.ts';
import { authoritiesBetween } from './peer-chain.ts';
import { readPreface } from './preface.ts';
import { attach, type OwnedSocket, SocketConnection } from './socket-connection.ts';
import { createByCertificate, createClientContexts, serverContextOptions } from './tls-contexts.ts';
import { createHandshakes, type TlsLimits, type UnderWay } from './tls-handshakes.ts';

const helloBytesMax = 16_384;

type Accept = (connection: TcpConnection) => TcpHandler | null;

interface Handshake extends UnderWay {
  readonly plain: Socket;
  /** Named by what comes before the hello. */
  client: TcpEnd | null;
  serverName: string;
  trust: ClientTrust | null;
}

/** What the plain socket and the one that node makes of it have in common. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort'>;
const keyOf = (socket: Ends): string => `${socket.remoteAddress} ${socket.remotePort}`;

function identityOf(socket: TLSSocket, trust: ClientTrust): ClientIdentity {
  // Typed as an Error, and a code.
  const failure: unknown = socket.authorizationError;
  return clientIdentityOf(socket.getPeerCertificate(true), failure ? String(failure) : null, trust);
}

/** Tells the hello as soon as it is whole, '' for what is none; gives everything back to the socket. */
function readHello(plain: Socket, told: (serverName: string) => void): void {
  let hello = Buffer.alloc(0);
  const onData = (bytes: Buffer): void => {
    hello = Buffer.concat([hello, bytes]);
    const name = readServerName(hello);
    if (name === null) {
      if (hello.length >= helloBytesMax) plain.destroy();
      return;
    }
    plain.off('data', onData);
    plain.pause();
    plain.unshift(hello);
    told(name);
  };
  plain.on('data', onData);
  plain.resume();
}

export function createNetTls(limits: TlsLimits): Tls {
  const clientContextOf = createClientContexts();

  function listenTls(options: TlsServerOptions, accept: Accept, done: Parameters<Tls['listen']>[2]): void {
    const handshakes = createHandshakes(limits, options.onHandshakeDropped);
    const underWay = new Map<string, Handshake>();

    const secured = (socket: TLSSocket): void => {
      const handshake = underWay.get(keyOf(socket));
      const { servername } = socket as { readonly servername?: unknown };
      if (handshake === undefined || !confirms(servername, handshake.serverName)) {
        socket.destroy();
        return;
      }
      handshakes.end(handshake);
      // A client may say that it has nothing more to ask; one that does so within the handshake has left.
      socket.allowHalfOpen = true;
      const protocol = typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '';
      const { serverName, trust } = handshake;
      const asked = trust === null ? {} : { client: identityOf(socket, trust) };
      const tls = { serverName, protocol, ...asked };
      const connection = new SocketConnection(socket, tls, handshake.plain, handshake.client);
      connection.handler = accept(connection);
      if (connection.handler === null) socket.destroy();
      else attach(socket, true);
    };

    const serverOf = createByCertificate((certificate, ticketKeys, trust): Server => {
      const server = createServer(
        {
          ...serverContextOptions(certificate, ticketKeys, trust, options.spoken),
          requestCert: trust !== null,
          rejectUnauthorized: false,
          honorCipherOrder: false,
          ALPNProtocols: [...options.alpn],
        },
        secured,
      );
      // A failed handshake is the client's affair: its socket is closed by node.
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      return server;
    });

    const answer = (handshake: Handshake, serverName: string): void => {
      const certificate = options.selectCertificate(serverName);
      if (certificate === null) {
        handshake.drop();
        return;
      }
      handshake.serverName = serverName;
      const trust = options.askForCertificate?.(serverName) ?? null;
      handshake.trust = trust;
      try {
        serverOf(certificate, options.ticketKeys?.() ?? null, trust).emit('connection', handshake.plain);
      } catch {
        handshake.drop();
      }
    };

    const server = createTcpServer({ noDelay: true, allowHalfOpen: false }, (plain) => {
      const key = keyOf(plain);
      const handshake: Handshake = {
        begunMs: performance.now(),
        plain,
        client: null,
        serverName: '',
        trust: null,
        drop() {
          handshakes.end(handshake);
          plain.destroy();
        },
      };
      underWay.set(key, handshake);
      plain.on('error', () => plain.destroy());
      // Its address is gone with it, so the key is kept.
      plain.once('close', () => {
        handshakes.end(handshake);
        if (underWay.get(key) === handshake) underWay.delete(key);
      });
      handshakes.begin(handshake);
      const greet = (): void => readHello(plain, (serverName) => answer(handshake, serverName));
      if (options.preface === undefined) greet();
      else
        readPreface(plain, options.preface, (client) => {
          handshake.client = client;
          greet();
        });
    });
    listen(server, options, done);
  }

  function connectTls(options: TlsClientOptions, handler: TcpClientHandler): TcpConnection {
    const socket: TLSSocket & OwnedSocket = connectSocket(options, clientContextOf(options));
    const connection = new SocketConnection(socket, { serverName: options.serverName, protocol: 'http/1.1' });
    connection.handler = handler;
    let isSecure = false;
    socket.on('secureConnect', () => {
      const refusal = refusalOf(socket, options);
      if (refusal !== null) {
        connection.failed(refusal);
        socket.destroy();
        return;
      }
      isSecure = true;
      if (connection.handler === handler) handler.onConnect();
    });
    attach(socket, true);
    socket.on('error', (error) => connection.failed(failureCode(error, socket, isSecure)));
    return connection;
  }

  return { listen: listenTls, connect: connectTls };
}

/** The client's side of a handshake, begun. */
export function connectSocket(options: TlsClientOptions, secureContext: SecureContext): TLSSocket {
  const { serverName } = options;
  const connectOptions: ConnectionOptions & { allowHalfOpen: boolean } = {
    host: options.host,
    port: options.port,
    ...(serverName === '' || isIP(serverName) !== 0 ? {} : { servername: serverName }),
    rejectUnauthorized: options.verify,
    secureContext,
    ALPNProtocols: [...(options.alpn ?? ['http/1.1'])],
    allowHalfOpen: true,
  };
  const socket = connect(connectOptions);
  socket.setNoDelay(true);
  return socket;
}

/** Of a handshake that failed for what was said in it: 'TLS' and what node says. */
export function failureCode(error: NodeJS.ErrnoException, socket: TLSSocket, isSecure: boolean): string {
  const code = error.code ?? 'ERROR';
  if (isSecure || /^E[A-Z]+$/.test(code)) return code;
  return isUntrusted(socket) ? `TLS UNTRUSTED ${code}` : `TLS ${code}`;
}

function isUntrusted({ authorizationError }: TLSSocket): boolean {
  return authorizationError !== null && authorizationError !== undefined;
}

/** What is asked of a peer that the library has accepted; null: nothing is wrong with it. */
export function refusalOf(socket: TLSSocket, { verify, verifyDepth }: TlsClientOptions): string | null {
  if (!verify || authoritiesBetween(socket.getPeerCertificate(true)) <= verifyDepth) return null;
  return 'TLS UNTRUSTED CERT_CHAIN_TOO_LONG';
}
