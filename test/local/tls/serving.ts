// What the tests of TLS share: certificates by the common names that tell them apart, an echoing server of either
// implementation, clients of node:tls.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { createHandleTls } from '../../../src/io/handle-tls.ts';
import { createNetTls } from '../../../src/io/net-tls.ts';
import { findStreamHandles } from '../../../src/io/stream-handles.ts';
import { findTlsHandles } from '../../../src/io/tls-handles.ts';
import { defaultTlsLimits, type TlsLimits } from '../../../src/io/tls-handshakes.ts';
import type { TcpHandler, TcpListener, TlsInfo } from '../../../src/ports/tcp.ts';
import type { ClientTrust, TicketKeys, Tls, TlsCertificate, TlsSpoken } from '../../../src/ports/tls.ts';
import { CompiledTables, emptyParts } from '../../../src/proxy/compile/tables.ts';

export let authority: CertificateAuthority;
export const issued = new Map<string, TlsCertificate>();

/** Names are what the tables are asked for; a common name says which certificate it is. */
export async function issue(...commonNames: readonly string[]): Promise<void> {
  for (const commonName of commonNames)
    issued.set(commonName, { id: commonName, ...(await issueCertificate(authority, { commonName })) });
}

beforeAll(async () => {
  authority = await createCertificateAuthority();
  await issue('exact', 'exact 2', 'left', 'right', 'default', 'default 2', 'self-signed');
});

/** The same tests for both. */
export const implementations: readonly (readonly [string, (limits: TlsLimits) => Tls])[] = [
  ['node:tls', createNetTls],
  ['TLS handles', (limits) => createHandleTls(findTlsHandles(findStreamHandles())!, limits)],
];

export type Names = Readonly<Record<string, string>>;
export const names: Names = { 'a.example': 'exact', '*.example': 'left', 'a.*': 'right', '*': 'default' };

export interface Running {
  readonly port: number;
  readonly dropped: () => number;
  rotate(next: Names): void;
}

/** Asks clients for certificates, and is told what they have shown. */
export interface Asking {
  readonly trustOf?: (serverName: string) => ClientTrust | null;
  readonly met?: (info: TlsInfo) => void;
}

const open: TcpListener[] = [];
afterAll(() => {
  for (const listener of open) listener.close(() => {});
});

/** Echoes; `fallback` is the certificate of last resort. */
export async function serve(
  create: (limits: TlsLimits) => Tls,
  first: Names,
  fallback: string | null = 'self-signed',
  limits: Partial<TlsLimits> = {},
  ticketKeys?: () => TicketKeys,
  asking: Asking = {},
  spoken?: TlsSpoken,
): Promise<Running> {
  const tablesOf = (wanted: Names): CompiledTables => {
    const certificates = emptyParts.certificates.edit();
    for (const [name, commonName] of Object.entries(wanted)) certificates.set(name, issued.get(commonName)!);
    return new CompiledTables({ ...emptyParts, certificates: certificates.finish() });
  };
  let tables = tablesOf(first);
  let dropped = 0;
  const listener = await new Promise<TcpListener>((resolve, reject) => {
    create({ ...defaultTlsLimits, ...limits }).listen(
      {
        host: '127.0.0.1',
        port: 0,
        alpn: ['http/1.1'],
        ...(ticketKeys === undefined ? {} : { ticketKeys }),
        ...(spoken === undefined ? {} : { spoken }),
        ...(asking.trustOf === undefined ? {} : { askForCertificate: asking.trustOf }),
        selectCertificate: (name) =>
          tables.selectCertificate(name) ?? (fallback === null ? null : issued.get(fallback)!),
        onHandshakeDropped() {
          dropped++;
        },
      },
      (connection): TcpHandler => {
        asking.met?.(connection.tls!);
        return {
          onData: (bytes, start, end) => void connection.write(Buffer.from(bytes.subarray(start, end))),
          onDrain() {},
          onEnd() {
            connection.write(Buffer.from(', bye'));
            connection.end();
          },
          onClose() {},
        };
      },
      (error, bound) => (bound === null ? reject(new Error(error ?? '')) : resolve(bound)),
    );
  });
  open.push(listener);
  return {
    port: listener.port,
    dropped: () => dropped,
    rotate(next) {
      tables = tablesOf(next);
    },
  };
}

const clients: Socket[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

/** '' = no server name. */
export async function client(
  port: number,
  serverName: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ...(serverName === '' ? {} : { servername: serverName }),
    ...options,
  });
  clients.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

export function certificateOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}

export async function answering(
  port: number,
  serverName: string,
  options: ConnectionOptions = {},
): Promise<string> {
  try {
    const socket = await client(port, serverName, options);
    const name = certificateOf(socket);
    socket.destroy();
    return name;
  } catch {
    return 'refused';
  }
}

export async function echo(socket: TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

/** A connection that says nothing, or this much. */
export async function silent(port: number, bytes = ''): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  clients.push(socket);
  await once(socket, 'connect');
  if (bytes !== '') socket.write(Buffer.from(bytes, 'hex'));
  return socket;
}
