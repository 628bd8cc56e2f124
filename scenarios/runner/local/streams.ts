// Byte streams of clients: plain TCP, and TLS that keeps what the gateway showed. What is open is known by its owner.
import { createHash } from 'node:crypto';
import type { ShownCertificate } from '../../../sim/clients/connection.ts';
import { keyPairs } from '../../../sim/world/key-pairs.ts';
import { connectSocket, failureCode } from '../../../src/io/net-tls.ts';
import { attach, type OwnedSocket, SocketConnection } from '../../../src/io/socket-connection.ts';
import { createClientContexts } from '../../../src/io/tls-contexts.ts';
import type { Tcp, TcpClientHandler } from '../../../src/ports/tcp.ts';
import type { Tls, TlsClientOptions } from '../../../src/ports/tls.ts';
import { absent } from './absent.ts';
import { Streams } from './observer/streams.ts';

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Names of the key pairs that worlds have, by certificate; others by their digest. */
function idOf(pem: string): string {
  const known = Object.entries(keyPairs).find(([, { cert }]) => cert.trim() === pem.trim());
  return known?.[0] ?? createHash('sha256').update(pem).digest('hex').slice(0, 16);
}

function createTls(): Tls {
  const contextOf = createClientContexts();
  return {
    listen: (options, accept, done) => absent<Tls>('TLS server in clients').listen(options, accept, done),
    connect(options: TlsClientOptions, handler: TcpClientHandler) {
      const socket = connectSocket(options, contextOf(options)) as ReturnType<typeof connectSocket> &
        OwnedSocket;
      const connection = new SocketConnection(socket, {
        serverName: options.serverName,
        protocol: 'http/1.1',
      });
      connection.handler = handler;
      let isSecure = false;
      socket.on('secureConnect', () => {
        isSecure = true;
        const der = socket.getPeerCertificate().raw as Buffer | undefined;
        const peerCertificate = der === undefined ? '' : toPem(der);
        const peerCertificateId = der === undefined ? '' : idOf(peerCertificate);
        Object.assign(connection, { peerCertificate, peerCertificateId } satisfies ShownCertificate);
        if (connection.handler === handler) handler.onConnect();
      });
      attach(socket, true);
      socket.on('error', (error) => connection.failed(failureCode(error, socket, isSecure)));
      return connection;
    },
  };
}

export interface ClientStreams {
  readonly tcp: Tcp;
  readonly tls: Tls;
  /** 'address:port' of what is open. */
  open(): readonly string[];
  close(): void;
}

export function createClientStreams(plain: Tcp, nowUs: () => number): ClientStreams {
  const open: Map<number, string> = new Map();
  const streams = new Streams(
    {
      nowUs,
      say(told) {
        if (told.kind === 'dial' && told.localPort !== 0) open.set(told.end, `${told.address}:${told.port}`);
        else if (told.kind === 'gone') open.delete(told.end);
      },
    },
    0,
  );
  const { tcp, tls } = streams.around({ tcp: plain, tls: createTls() });
  return { tcp, tls, open: () => [...open.values()], close: () => streams.destroyAll() };
}
