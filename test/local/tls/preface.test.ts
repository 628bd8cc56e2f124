// A PROXY protocol header before a TLS handshake, on real sockets: in one segment with the hello, byte by byte, wrong, missing.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { createTls } from '../../../src/io/tls.ts';
import { defaultTlsLimits } from '../../../src/io/tls-server.ts';
import type { TcpListener } from '../../../src/ports/tcp.ts';
import { createPreface } from '../../../src/proxy/server/announced-client.ts';

const header = 'PROXY TCP4 192.0.2.1 10.0.0.1 1234 443\r\n';
const handshakeTimeoutMs = 500;

let listener: TcpListener;

/** Tells every client who it is. */
beforeAll(async () => {
  const authority = await createCertificateAuthority();
  const certificate = { id: 'a', ...(await issueCertificate(authority, { commonName: 'a.example' })) };
  listener = await new Promise<TcpListener>((resolve, reject) => {
    createTls({ ...defaultTlsLimits, handshakeTimeoutMs }).listen(
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
      (error, bound) => (bound === null ? reject(new Error(error ?? '')) : resolve(bound)),
    );
  });
});

afterAll(() => new Promise<void>((resolve) => listener.close(resolve)));

/** A relay that sends this before what its client sends. */
async function relay(send: (far: Socket, hello: Buffer) => void): Promise<Server> {
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

test.each<readonly [name: string, send: (far: Socket, hello: Buffer) => void, answer: string]>([
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
])('a header %s', async (_name, send, answer) => {
  const server = await relay((far, hello) => {
    far.setNoDelay(true);
    send(far, hello);
  });
  expect(await ask(server)).toBe(answer);
});
