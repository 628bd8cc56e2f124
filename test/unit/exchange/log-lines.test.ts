// Whatever is written, in whatever order: the same bytes as text joined in the plain way.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogLines } from '../../../src/proxy/exchange/log-lines.ts';
import { ByteRange } from '../../../src/proxy/http/byte-range.ts';

type Piece =
  | { readonly kind: 'text' | 'jsonText' | 'escapedText' | 'json' | 'escaped'; readonly value: string }
  | number;

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const latin1 = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text', 'jsonText', 'escapedText'), value: anyText }),
  fc.record({ kind: fc.constantFrom('json', 'escaped'), value: latin1 }),
  fc.integer({ min: -1, max: 2 ** 48 }),
  fc.nat(1000),
);

function naive(given: Piece): string {
  if (typeof given === 'number') return String(given);
  if (given.kind.startsWith('json')) return JSON.stringify(given.value).slice(1, -1);
  if (given.kind === 'text') return given.value;
  return [...given.value]
    .map((character) => {
      const code = character.charCodeAt(0);
      const isBad = code < 32 || (code >= 127 && code < 256) || character === '"' || character === '\\';
      return isBad ? `\\x${code.toString(16).padStart(2, '0')}` : character;
    })
    .join('');
}

function write(lines: LogLines, given: Piece): void {
  if (typeof given === 'number') lines.number(given);
  else if (given.kind === 'json' || given.kind === 'escaped')
    lines[given.kind](new ByteRange().setText(given.value));
  else lines[given.kind](given.value);
}

test('pieces of lines are what they would be as text', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const lines = new LogLines();
      for (const each of pieces) write(lines, each);
      expect(lines.written().equals(Buffer.from(pieces.map(naive).join(''), 'utf8'))).toBe(true);
    }),
  );
});

test('a line longer than all room is whole, and the next one begins anew', () => {
  const lines = new LogLines();
  const long = 'x"'.repeat(200_000);
  lines.plain('{"a":"');
  lines.json(new ByteRange().setText(long));
  lines.plain('"}');
  expect(JSON.parse(lines.written().toString()).a).toBe(long);
  lines.clear();
  lines.plain('next');
  expect(lines.written().toString()).toBe('next');
});
