// TLS over node's handles. A client's hello is read on the plain handle, so that the context fits the name in it; then a TLS
// handle takes over. Outgoing handshakes, which are few, are node:tls's; the data is not.
import { createServer } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type {
  ClientIdentity,
  Preface,
  TcpClientHandler,
  TcpConnection,
  TcpEnd,
  TcpHandler,
} from '../ports/tcp.ts';
import type { ClientTrust, Tls, TlsClientOptions, TlsServerOptions } from '../ports/tls.ts';
import { confirms, readServerName } from './client-hello.ts';
import { clientIdentityOf } from './client-identity.ts';
import { listen } from './listener.ts';
import { connectSocket, failureCode, refusalOf } from './net-tls.ts';
import { ReadBuffers } from './read-buffers.ts';
import { plainAddress } from './socket-connection.ts';
import { handleOf, type SocketName, type StreamHandle } from './stream-handles.ts';
import { TlsConnection } from './tls-connection.ts';
import { createByCertificate, createClientContexts, serverContextOptions } from './tls-contexts.ts';
import { handlesOf, type TlsHandle, type TlsHandles } from './tls-handles.ts';
import { createHandshakes, type Handshakes, type TlsLimits, type UnderWay } from './tls-handshakes.ts';

const headroomBytes = 1024;
const clientReadBytes = 16_384;
const upstreamReadBytes = 65_536;

/** Fatal, unrecognized_name (RFC 6066 section 3), as a record of its own. */
const unrecognizedName = Buffer.from('15030300020270', 'hex');

type Accept = (connection: TcpConnection) => TcpHandler | null;

/** What all handshakes of one listener share. */
interface Serving {
  readonly handles: TlsHandles;
  readonly handshakes: Handshakes;
  readonly accept: Accept;
  readonly protocols: Buffer;
  readonly preface: Preface | null;
  /** Hellos are read into it, and have been dealt with or copied before the next one comes. */
  readonly hello: Buffer;
  readonly buffers: ReadBuffers;
  /** null: nobody answers to this name. Throws where the certificate is none. */
  readonly contextFor: (serverName: string, trust: ClientTrust | null) => SecureContext | null;
  readonly trustFor: (serverName: string) => ClientTrust | null;
}

interface Owned {
  connection: Handshake;
}

class Handshake implements UnderWay {
  readonly begunMs = performance.now();
  private readonly serving: Serving;
  private readonly tcp: StreamHandle;
  /** What came before, of a hello in several pieces. */
  private begun: Buffer | null = null;
  /** Named by what comes before the hello. */
  private client: TcpEnd | null = null;
  private serverName = '';
  private trust: ClientTrust | null = null;
  private stream: TlsHandle | null = null;
  private isOver = false;

  constructor(serving: Serving, tcp: StreamHandle) {
    this.serving = serving;
    this.tcp = tcp;
    (tcp as unknown as Owned).connection = this;
    tcp.onread = onHelloRead;
    tcp.useUserBuffer(serving.hello);
    tcp.setNoDelay(true);
    serving.handshakes.begin(this);
    if (!this.isOver && tcp.readStart() !== 0) this.drop();
  }

  helloRead(): void {
    if (this.isOver) return;
    const count = this.serving.handles.streams.lastRead();
    if (count < 0) this.drop();
    if (count <= 0) return;
    const arrived = this.serving.hello.subarray(0, count);
    const all = this.begun === null ? arrived : Buffer.concat([this.begun, arrived]);
    const start = this.prefaceEnd(all);
    if (start < 0 || this.isOver) return;
    const bytes = all.subarray(start);
    const name = readServerName(bytes);
    if (name !== null) this.answer(name, bytes);
    else if (bytes.length < clientReadBytes) this.begun = Buffer.from(bytes);
    else this.drop();
  }

  /** Where the hello begins; negative: not yet, or never. */
  private prefaceEnd(bytes: Buffer): number {
    const { preface } = this.serving;
    if (preface === null || this.client !== null) return 0;
    const reading = preface(bytes, this.sender());
    if (reading === 'more') {
      this.begun = Buffer.from(bytes);
      return -1;
    }
    if (reading === 'refused') {
      this.drop();
      return -1;
    }
    this.client = reading.client;
    return reading.length;
  }

  private sender(): TcpEnd {
    const name: SocketName = {};
    this.tcp.getpeername(name);
    return { address: plainAddress(name.address), port: name.port ?? 0 };
  }

  private answer(serverName: string, hello: Buffer): void {
    const { handles, contextFor, trustFor, protocols } = this.serving;
    const trust = trustFor(serverName);
    let context: SecureContext | null;
    try {
      context = contextFor(serverName, trust);
    } catch {
      this.drop();
      return;
    }
    if (context === null) {
      this.tcp.writeBuffer(null, unrecognizedName);
      this.drop();
      return;
    }
    const stream = handles.wrap(this.tcp, context);
    this.serverName = serverName;
    this.trust = trust;
    this.stream = stream;
    if (trust !== null) stream.setVerifyMode(true, false);
    (stream as unknown as Owned).connection = this;
    stream.onhandshakedone = onHandshakeDone;
    stream.onerror = onHandshakeError;
    stream.onread = onHandshakeRead;
    stream.setALPNProtocols(protocols);
    stream.receive(hello);
    this.begun = null;
  }

  done(): void {
    if (this.isOver) return;
    const { serving, serverName, trust, tcp } = this;
    const stream = this.stream!;
    if (!confirms(stream.getServername(), serverName)) {
      this.drop();
      return;
    }
    this.end();
    stream.onhandshakedone = ignore;
    const protocol = stream.getALPNNegotiatedProtocol() || '';
    const asked = trust === null ? {} : { client: identityOf(stream, trust) };
    const info = { serverName, protocol, ...asked };
    const connection = new TlsConnection(serving.handles.streams, null, info, this.client);
    connection.open({ stream, tcp, buffers: serving.buffers });
    connection.handler = serving.accept(connection);
    if (connection.handler === null) connection.destroy();
  }

  private end(): void {
    this.isOver = true;
    this.serving.handshakes.end(this);
  }

  drop(): void {
    if (this.isOver) return;
    this.end();
    this.tcp.close(onDropped);
  }

  dropped(): void {
    this.stream?.destroySSL();
  }

  handshakeRead(): void {
    // Nothing but an end comes before the end of a handshake.
    if (this.serving.handles.streams.lastRead() < 0) this.drop();
  }
}

function onHelloRead(this: StreamHandle): void {
  (this as unknown as Owned).connection.helloRead();
}

function onHandshakeRead(this: TlsHandle): void {
  (this as unknown as Owned).connection.handshakeRead();
}

function onHandshakeDone(this: TlsHandle): void {
  (this as unknown as Owned).connection.done();
}

/** Of what looks like another handshake. */
function ignore(): void {}

function onHandshakeError(this: TlsHandle): void {
  (this as unknown as Owned).connection.drop();
}

function onDropped(this: StreamHandle): void {
  (this as unknown as Owned).connection.dropped();
}

function identityOf(stream: TlsHandle, trust: ClientTrust): ClientIdentity {
  const failure = stream.verifyError();
  return clientIdentityOf(stream.getPeerCertificate(true), failure ? (failure.code ?? 'ERROR') : null, trust);
}

function protocolList(alpn: readonly string[]): Buffer {
  return Buffer.concat(
    alpn.map((name) => Buffer.from(`${String.fromCharCode(name.length)}${name}`, 'latin1')),
  );
}

export function createHandleTls(handles: TlsHandles, limits: TlsLimits): Tls {
  const clientContextOf = createClientContexts();
  const clientBuffers = new ReadBuffers(0, clientReadBytes);
  const upstreamBuffers = new ReadBuffers(headroomBytes, upstreamReadBytes);

  function listenTls(options: TlsServerOptions, accept: Accept, done: Parameters<Tls['listen']>[2]): void {
    const contextOf = createByCertificate((certificate, ticketKeys, trust) =>
      createSecureContext(serverContextOptions(certificate, ticketKeys, trust, options.spoken)),
    );
    const serving: Serving = {
      handles,
      handshakes: createHandshakes(limits, options.onHandshakeDropped),
      accept,
      protocols: protocolList(options.alpn),
      preface: options.preface ?? null,
      hello: Buffer.allocUnsafeSlow(clientReadBytes),
      buffers: clientBuffers,
      contextFor(serverName, trust) {
        const certificate = options.selectCertificate(serverName);
        return certificate === null ? null : contextOf(certificate, options.ticketKeys?.() ?? null, trust);
      },
      trustFor: (serverName) => options.askForCertificate?.(serverName) ?? null,
    };
    // Whoever comes before its handle is ours has to come again: there is one event between.
    const server = createServer((socket) => socket.destroy());
    listen(server, options, (error, listener) => {
      const own = handleOf(server);
      if (own !== null) {
        own.onconnection = (status, tcp) => {
          if (status === 0) new Handshake(serving, tcp);
        };
      } else if (listener !== null) {
        listener.close(() => done('no handle', null));
        return;
      }
      done(error, listener);
    });
  }

  function connectTls(options: TlsClientOptions, handler: TcpClientHandler): TcpConnection {
    const socket = connectSocket(options, clientContextOf(options));
    const { serverName } = options;
    const connection = new TlsConnection(handles.streams, socket, { serverName, protocol: 'http/1.1' });
    connection.handler = handler;
    let isSecure = false;
    socket.on('secureConnect', () => {
      const refusal = refusalOf(socket, options);
      if (refusal !== null) {
        connection.failed(refusal);
        return;
      }
      const found = handlesOf(socket);
      if (found === null) {
        connection.failed('TLS no handle');
        return;
      }
      isSecure = true;
      if (connection.handler !== handler) return;
      connection.open({ stream: found.tls, tcp: found.tcp, buffers: upstreamBuffers });
      handler.onConnect();
    });
    socket.on('error', (error) => connection.failed(failureCode(error, socket, isSecure)));
    socket.on('close', () => connection.closed());
    return connection;
  }

  return { listen: listenTls, connect: connectTls };
}
