// One request read twice: by our own codec and by node's server, in one shape.
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ChunkScanner } from '../../../src/proxy/http/chunk-scanner.ts';
import { fieldLines } from '../../../src/proxy/http/field-lines.ts';
import { Head } from '../../../src/proxy/http/head.ts';
import { parseRequestHead } from '../../../src/proxy/http/request-parser.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What ours makes of the text, or null. */
export function readOurs(text: string): Seen | null {
  const bytes = Buffer.from(text, 'latin1');
  const head = new Head();
  const next = parseRequestHead(head, bytes, 0, bytes.length);
  if (next <= 0) return null;
  let data = '';
  if (head.isChunked) {
    const end = new ChunkScanner().scan(bytes, next, bytes.length, (from, start, to) => {
      data += from.toString('latin1', start, to);
    });
    if (end < 0) return null;
  } else if (head.contentLength > 0) {
    if (next + head.contentLength > bytes.length) return null;
    data = bytes.toString('latin1', next, next + head.contentLength);
  }
  return {
    method: bytes.toString('latin1', head.methodStart, head.methodEnd),
    url: bytes.toString('latin1', head.targetStart, head.targetEnd),
    fields: fieldLines(head),
    body: data,
  };
}

export interface NodeReader {
  /** The first request that node makes of the text, or null. */
  read(text: string): Promise<Seen | null>;
  close(): void;
}

export async function createNodeReader(): Promise<NodeReader> {
  let seen: Seen | null = null;
  const server = createServer((message: IncomingMessage, reply) => {
    const parts: Buffer[] = [];
    message.on('data', (bytes: Buffer) => parts.push(bytes));
    message.on('end', () => {
      const fields: [string, string][] = [];
      const raw = message.rawHeaders;
      for (let i = 0; i < raw.length; i += 2) fields.push([raw[i]!, raw[i + 1]!]);
      seen ??= {
        method: message.method!,
        url: message.url!,
        fields,
        body: Buffer.concat(parts).toString('latin1'),
      };
      reply.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    read(text) {
      seen = null;
      return new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1' }, () => socket.end(Buffer.from(text, 'latin1')));
        socket.on('data', () => {});
        socket.on('error', () => {});
        socket.on('close', () => resolve(seen));
      });
    },
    close: () => void server.close(),
  };
}
