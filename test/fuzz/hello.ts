// ClientHellos: the name that is read before the TLS library sees one is the name that the library reads in it.
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { readServerName } from '../../src/io/client-hello.ts';
import { type Draws, type Input, mutate, type Target } from './target.ts';

const serverNameExtension = '\0\0';
const pieces = [
  '\0',
  '\xff',
  '\0\0',
  '\x16\x03\x01',
  '\x16\x03\x01\0\0',
  '\0\0\0\x05\0\x03\0\0\x01',
  '.',
  'a',
];
const names = ['a.example', 'A.Example', '', 'b', 'x'.repeat(255), 'a\0b', 'ä', '*.a', '1.2.3.4'];

const sized = (text: string, lengthBytes: number): string =>
  [...Array(lengthBytes).keys()]
    .map((i) => String.fromCharCode((text.length >> (8 * (lengthBytes - 1 - i))) & 255))
    .join('') + text;

/** What node:tls sends, as latin1: all before the extensions, then each extension. */
async function realHello(options: object): Promise<readonly string[]> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options });
  client.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  const text = bytes.toString('latin1', 9);
  let at = 34;
  for (const lengthBytes of [1, 2, 1]) at += lengthBytes + bytes.readUIntBE(9 + at, lengthBytes);
  const parts = [text.slice(0, at)];
  for (at += 2; at < text.length; ) {
    const end = at + 4 + bytes.readUInt16BE(9 + at + 2);
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

function serverName(draws: Draws): string {
  const entries = Array.from(
    { length: draws.below(8) === 0 ? draws.below(3) : 1 },
    () => (draws.below(12) === 0 ? '\x01' : '\0') + sized(draws.pick(names), 2),
  );
  return serverNameExtension + sized(sized(entries.join(''), 2), 2);
}

/** The first part is the message's beginning, or broken on purpose; lengths fit what is there. */
function assemble(input: Input): Buffer {
  const [start = '', cut = '', ...extensions] = input;
  const message = `\x01${sized(start + sized(extensions.join(''), 2), 3)}`;
  const at = Math.min(message.length, cut.length === 0 ? message.length : cut.charCodeAt(0) + 1);
  const records = [message.slice(0, at), message.slice(at)].filter((part) => part !== '');
  return Buffer.from(records.map((part) => `\x16\x03\x01${sized(part, 2)}`).join(''), 'latin1');
}

export async function createHelloTarget(): Promise<Target> {
  const hellos = [
    await realHello({ servername: 'a.example' }),
    await realHello({ servername: 'a.example', maxVersion: 'TLSv1.2' }),
    await realHello({ ALPNProtocols: ['h2', 'http/1.1'] }),
  ];
  let heard: string | null = null;
  const server = createServer({
    SNICallback(name, chosen) {
      heard = name;
      chosen(new Error('heard enough'));
    },
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const libraryReads = async (bytes: Buffer): Promise<string | null> => {
    heard = null;
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(bytes);
    await new Promise((resolve) => socket.on('close', resolve));
    return heard;
  };

  return {
    name: 'hello',
    isText: true,
    make(draws) {
      const [start, ...extensions] = draws.pick(hellos);
      const kept = extensions.filter((text) => !text.startsWith(serverNameExtension) && draws.below(12) > 0);
      for (let count = draws.below(8) === 0 ? 2 : 1; count > 0; count--)
        kept.splice(draws.below(kept.length + 1), 0, serverName(draws));
      const cut = draws.below(3) === 0 ? String.fromCharCode(draws.below(400)) : '';
      const parts = [start!, cut, ...kept];
      return parts.map((part) => (draws.below(20) === 0 ? mutate(draws, part, pieces) : part));
    },
    async judge(input) {
      const bytes = assemble(input);
      const read = readServerName(bytes);
      for (const length of [5, bytes.length >> 1, bytes.length - 1]) {
        const early = readServerName(bytes.subarray(0, length));
        if (early !== null && early !== read) return `${early} is read in ${length} bytes, ${read} in all`;
      }
      const library = await libraryReads(bytes);
      if (library === null || library.toLowerCase() === read) return null;
      return `read as ${JSON.stringify(read)}, by the library as ${JSON.stringify(library)}`;
    },
    close: () => void server.close(),
  };
}
