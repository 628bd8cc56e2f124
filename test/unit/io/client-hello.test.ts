// The server name of a ClientHello: of real ones, at any segmentation, in any records; never more than a verdict on others.
import { createConnection, createServer } from 'node:net';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readServerName } from '../../../src/io/client-hello.ts';

/** What node:tls sends first. */
function helloOf(serverName: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        resolve(Buffer.from(bytes));
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const socket = createConnection(port, '127.0.0.1');
      connect({ socket, ...(serverName === '' ? {} : { servername: serverName }) }).on(
        'error',
        () => undefined,
      );
    });
    server.on('error', reject);
  });
}

const hello = await helloOf('Shop.Example');
const nameless = await helloOf('');

function check(bytes: Buffer, expected: string | null): void {
  expect(readServerName(bytes)).toBe(expected);
}

test('the name in what node:tls sends', () => {
  check(hello, 'shop.example');
  check(nameless, '');
});

test('what comes after the hello does not matter', () => {
  check(Buffer.concat([hello, Buffer.from('more')]), 'shop.example');
});

test('a part of it is not enough, whatever part', () => {
  for (let length = 0; length < hello.length; length++) check(hello.subarray(0, length), null);
});

test('split over records it says the same', () => {
  const message = hello.subarray(5);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: message.length - 1 }), { maxLength: 8 }), (cuts) => {
      const ends = [...new Set(cuts)].sort((a, b) => a - b).concat(message.length);
      const records = ends.map((end, i) => {
        const part = message.subarray(i === 0 ? 0 : ends[i - 1], end);
        return Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
      });
      check(Buffer.concat(records), 'shop.example');
    }),
  );
});

test.each<[string, Buffer]>([
  ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['an alert', Buffer.from('15030300020230', 'hex')],
  ['another handshake message', Buffer.from('160301000402000000', 'hex')],
  ['an empty record', Buffer.from('1603010000', 'hex')],
  ['a hello that ends in its version', Buffer.from('1603010006010000020303', 'hex')],
  ['endless one-byte records', Buffer.concat(Array(40).fill(Buffer.from('160301000101', 'hex')))],
])('%s has no name', (_title, bytes) => check(bytes, ''));

test('lengths that lie and bytes that are others never lead outside', () => {
  const nameLength = hello.length;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(nameLength - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(nameLength),
      (changes, length) => {
        const bytes = Buffer.from(hello.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        const name = readServerName(bytes);
        expect(name === null || bytes.toString('latin1').toLowerCase().includes(name)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});
