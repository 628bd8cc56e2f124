// A PROXY protocol header before a TLS handshake, on real sockets: in one segment with the hello, byte by byte, wrong, missing.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { defaultTlsLimits, type TlsLimits } from '../../../src/io/tls-handshakes.ts';
import type { TcpListener } from '../../../src/ports/tcp.ts';
import type { Tls } from '../../../src/ports/tls.ts';
import { createPreface } from '../../../src/proxy/server/announced-client.ts';
import { implementations } from './serving.ts';

const header = 'PROXY TCP4 192.0.2.1 10.0.0.1 1234 443\r\n';
const handshakeTimeoutMs = 500;

const listeners: TcpListener[] = [];
let certificate: { readonly id: string; readonly cert: string; readonly key: string };

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  certificate = { id: 'a', ...(await issueCertificate(authority, { commonName: 'a.example' })) };
});

afterAll(() => Promise.all(listeners.map((each) => new Promise<void>((resolve) => each.close(resolve)))));

/** Tells every client who it is. */
function listen(create: (limits: TlsLimits) => Tls): Promise<TcpListener> {
  return new Promise((resolve, reject) => {
    create({ ...defaultTlsLimits, handshakeTimeoutMs }).listen(
      {
        host: '127.0.0.1',
        port: 0,
        alpn: ['http/1.1'],
        selectCertificate: () => certificate,
        preface: createPreface(['127.0.0.0/8']),
      },
      (connection) => {
        connection.write(Buffer.from(`${connection.remoteAddress} ${connection.remotePort}`));
        connection.end();
        return { onData() {}, onDrain() {}, onEnd() {}, onClose() {} };
      },
      (error, bound) => {
        if (bound === null) reject(new Error(error ?? ''));
        else {
          listeners.push(bound);
          resolve(bound);
        }
      },
    );
  });
}

/** A relay that sends this before what its client sends. */
async function relay(listener: TcpListener, send: (far: Socket, hello: Buffer) => void): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(listener.port, '127.0.0.1');
    near.once('data', (hello: Buffer) => {
      send(far, hello);
      near.pipe(far);
    });
    far.pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function ask(server: Server): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connectTls({ port, host: '127.0.0.1', servername: 'a.example', rejectUnauthorized: false });
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  server.close();
  return text;
}

const told = '192.0.2.1 1234';

const headers: readonly (readonly [
  name: string,
  send: (far: Socket, hello: Buffer) => void,
  answer: string,
])[] = [
  [
    'in one segment with the hello',
    (far, hello) => far.write(Buffer.concat([Buffer.from(header), hello])),
    told,
  ],
  [
    'byte by byte, and so the hello',
    (far, hello) => {
      for (const byte of Buffer.concat([Buffer.from(header), hello])) far.write(Buffer.from([byte]));
    },
    told,
  ],
  [
    'of version 3',
    (far, hello) => far.write(Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0'), hello])),
    '',
  ],
  ['that is missing', (far, hello) => far.write(hello), ''],
  ['of which half comes', (far) => far.write('PROXY TCP4 192'), ''],
  ['twice', (far, hello) => far.write(Buffer.concat([Buffer.from(header + header), hello])), ''],
];

describe.each(implementations)('%s', (_implementation, create) => {
  test.each(headers)('a header %s', async (_name, send, answer) => {
    const server = await relay(await listen(create), (far, hello) => {
      far.setNoDelay(true);
      send(far, hello);
    });
    expect(await ask(server)).toBe(answer);
  });
});
