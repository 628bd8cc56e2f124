// TLS of clients that keep what the gateway has shown; plain connections are those of src/io.
import { createHash } from 'node:crypto';
import type { ShownCertificate } from '../../../sim/clients/connection.ts';
import { keyPairs } from '../../../sim/world/key-pairs.ts';
import { connectSocket, failureCode } from '../../../src/io/net-tls.ts';
import { attach, type OwnedSocket, SocketConnection } from '../../../src/io/socket-connection.ts';
import { createClientContexts } from '../../../src/io/tls-contexts.ts';
import type { Tls } from '../../../src/ports/tls.ts';

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Names of the key pairs that worlds have, by certificate; others by their digest. */
function idOf(pem: string): string {
  const known = Object.entries(keyPairs).find(([, { cert }]) => cert.trim() === pem.trim());
  return known?.[0] ?? createHash('sha256').update(pem).digest('hex').slice(0, 16);
}

export function createClientTls(): Tls {
  const contextOf = createClientContexts();
  return {
    listen() {
      throw new Error('clients do not listen');
    },
    connect(options, handler) {
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
        const shown = { peerCertificate, peerCertificateId: der === undefined ? '' : idOf(peerCertificate) };
        Object.assign(connection, shown satisfies ShownCertificate);
        if (connection.handler === handler) handler.onConnect();
      });
      attach(socket, true);
      socket.on('error', (error) => connection.failed(failureCode(error, socket, isSecure)));
      return connection;
    },
  };
}
