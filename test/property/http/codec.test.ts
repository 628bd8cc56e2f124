// How bytes are cut into pieces never matters to the HTTP/1.1 codec, nor to what an upstream and a client get.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkScanner, chunkMalformed, chunkMore } from '../../../src/proxy/http/chunk-scanner.ts';
import { fieldLines } from '../../../src/proxy/http/field-lines.ts';
import { Head } from '../../../src/proxy/http/head.ts';
import { needMore, parseRequestHead } from '../../../src/proxy/http/request-parser.ts';
import { parseResponseHead } from '../../../src/proxy/http/response-parser.ts';
import { createRig, okResponse, toPort } from '../../unit/exchange/rig.ts';

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const chunk = fc.tuple(
  fc.string({ minLength: 1, maxLength: 30, unit: 'binary-ascii' }),
  fc.constantFrom('', ';a', ';a=b', ';a="b"'),
);

function chunkText([data, extension]: readonly [string, string]): string {
  return `${data.length.toString(16)}${extension}\r\n${data}\r\n`;
}

const body = fc.oneof(
  fc.constant({ fields: '', text: '', data: '' }),
  fc.string({ maxLength: 60, unit: 'binary-ascii' }).map((data) => ({
    fields: `Content-Length: ${data.length}\r\n`,
    text: data,
    data,
  })),
  fc.array(chunk, { maxLength: 4 }).map((chunks) => ({
    fields: 'Transfer-Encoding: chunked\r\n',
    text: `${chunks.map(chunkText).join('')}0\r\n\r\n`,
    data: chunks.map(([data]) => data).join(''),
  })),
);

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'),
  path: fc.stringMatching(/^\/[a-z0-9/._~%?=&-]{0,30}$/),
  fields: fc.array(
    fc.tuple(
      token.map((name) => `X-${name}`),
      value,
    ),
    { maxLength: 6 },
  ),
  body,
});

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function textOf({ method, path, fields, body: content }: Request): string {
  const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\nHost: a\r\n${lines}${content.fields}\r\n${content.text}`;
}

/** A message with one byte of it changed, as an attacker or a bug would. */
const mutation = fc.tuple(fc.nat(), fc.constantFrom(0, 9, 10, 11, 13, 32, 44, 48, 58, 59, 65, 127, 128, 255));

function mutate(text: string, [at, byte]: readonly [number, number]): string {
  const index = at % text.length;
  return text.slice(0, index) + String.fromCharCode(byte) + text.slice(index + 1);
}

/** The parts of a text cut at the given places. */
function cut(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...places, text.length]
    .map((end, i) => text.slice(i === 0 ? 0 : places[i - 1]!, end))
    .filter((part) => part !== '');
}

function through(parts: readonly string[]): { readonly client: string; readonly upstream: string } {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => {
    if (peer.received.includes('\r\n\r\n'))
      rig.world.after(20, () => peer.socket.isOpen && peer.send(okResponse));
  });
  const client = rig.client();
  for (const part of parts) {
    client.send(part);
    rig.world.run(0);
  }
  rig.world.run(50);
  const stable = (text: string): string =>
    text.replaceAll(/Latency: \d+/g, 'Latency: N').replaceAll(/[0-9a-f]{32}/g, 'ID');
  return {
    client: stable(client.received),
    upstream: stable(rig.peers.map((peer) => peer.received).join('\n')),
  };
}

describe('segmentation', () => {
  it('never changes what a request head is', () => {
    fc.assert(
      fc.property(request, mutation, fc.boolean(), (made, change, isMutated) => {
        const text = isMutated ? mutate(textOf(made), change) : textOf(made);
        const bytes = Buffer.from(text, 'latin1');
        const head = new Head();
        const whole = parseRequestHead(head, bytes, 0, bytes.length);
        for (let end = 0; end < bytes.length; end++) {
          const part = parseRequestHead(head, bytes, 0, end);
          // A prefix is incomplete, or already what the whole is.
          if (part !== needMore) expect(Math.sign(part)).toBe(Math.sign(whole));
          if (part > 0) expect(part).toBe(whole);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never changes where chunks end', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 5 }),
        mutation,
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 5 }),
        (chunks, change, isMutated, cuts) => {
          const plain = `${chunks.map(chunkText).join('')}0\r\nX: y\r\n\r\n`;
          const text = isMutated ? mutate(plain, change) : plain;
          const run = (parts: readonly string[]): string => {
            const scanner = new ChunkScanner();
            let data = '';
            let offset = 0;
            for (const part of parts) {
              const bytes = Buffer.from(part, 'latin1');
              const next = scanner.scan(bytes, 0, bytes.length, (from, start, end) => {
                data += from.toString('latin1', start, end);
              });
              if (next === chunkMalformed) return 'malformed';
              if (next !== chunkMore) return `${offset + next}:${data}`;
              offset += bytes.length;
            }
            return `more:${data}`;
          };
          expect(run(cut(text, cuts))).toBe(run([text]));
          if (!isMutated) expect(run([text])).toBe(`${text.length}:${chunks.map(([data]) => data).join('')}`);
        },
      ),
    );
  });

  it('never changes what an upstream and a client get', () => {
    fc.assert(
      fc.property(request, fc.array(fc.nat(), { maxLength: 6 }), (made, cuts) => {
        const text = textOf(made);
        expect(through(cut(text, cuts))).toEqual(through([text]));
      }),
      { numRuns: 100 },
    );
  });

  it('never changes what a response head is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.array(fc.tuple(token, value), { maxLength: 4 }),
        (status, fields) => {
          const safe = fields.map(([name, text]) => `X-${name}: ${text}\r\n`).join('');
          const bytes = Buffer.from(`HTTP/1.1 ${status} Fine\r\n${safe}\r\nrest`, 'latin1');
          const head = new Head();
          expect(parseResponseHead(head, bytes, 0, bytes.length)).toBe(bytes.length - 4);
          expect(head.status).toBe(status);
          expect(fieldLines(head)).toEqual(fields.map(([name, text]) => [`X-${name}`, text]));
          for (let end = 0; end < bytes.length - 4; end++)
            expect(parseResponseHead(head, bytes, 0, end)).toBe(needMore);
        },
      ),
      { numRuns: 100 },
    );
  });
});
