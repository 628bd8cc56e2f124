// Lines that leave the process: one line each whatever is in them, and none of them held for a reader that stands still.
import { expect, test } from 'vitest';
import { createBoundedWrite, createLineSink, type LineStream } from '../../../src/io/line-sink.ts';
import { createLog, type LogFormat } from '../../../src/io/log.ts';

function logged(format: LogFormat, message: string, fields: Record<string, string>): string {
  const lines: string[] = [];
  createLog({ format, level: 'info', write: (line) => void lines.push(line) }).warn(message, fields);
  return lines.join('');
}

const hostile = [
  ['a line end', 'x\n2026-01-01T00:00:00.000Z error forged'],
  ['a carriage return', 'x\rforged'],
  ['a terminal sequence', 'x\x1b[2K\x1b[1A'],
  ['an 8-bit terminal sequence', 'x\x9b2K'],
  ['a line separator', 'x\u2028forged'],
] as const;

test.each(hostile)('%s in a message or a field stays within its line', (_title, text) => {
  for (const line of [logged('text', text, {}), logged('text', 'm', { field: text })])
    expect(line).toMatch(/^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\n$/);
  for (const line of [logged('json', text, {}), logged('json', 'm', { field: text })]) {
    expect(line).toMatch(/^[^\n\r]+\n$/);
    const { message, field } = JSON.parse(line) as { message: string; field?: string };
    expect([message, field]).toContain(text);
  }
});

/** A pipe with room for so many writes. */
function pipe(room: number) {
  const written: string[] = [];
  const waiting: { text: string; done: (() => void) | undefined }[] = [];
  let left = room;
  const pump = (): void => {
    while (left > 0 && waiting.length > 0) {
      left--;
      const { text, done } = waiting.shift()!;
      written.push(text);
      done?.();
    }
  };
  const stream: LineStream = {
    get writableLength() {
      return waiting.reduce((sum, { text }) => sum + text.length, 0);
    },
    write(lines, done) {
      waiting.push({ text: lines.toString(), done });
      pump();
      return waiting.length === 0;
    },
    on: () => null,
  };
  const read = (count: number): void => {
    left += count;
    pump();
  };
  return { stream, written, read };
}

test('a log that nobody reads holds so much and no more, and says later what it lost', () => {
  const { stream, written, read } = pipe(1);
  const write = createBoundedWrite(stream, 30, (count) => `lost ${count}\n`);
  for (let i = 0; i < 100; i++) write(`line ${i % 10}\n`);
  expect(stream.writableLength).toBeLessThanOrEqual(30 + 7);
  read(1000);
  write('again\n');
  expect(written.slice(0, 2)).toEqual(['line 0\n', 'line 1\n']);
  expect(written.slice(-2)).toEqual([`lost ${100 - (written.length - 2)}\n`, 'again\n']);
});

test('lines count as taken when they are written, not when they are handed over', () => {
  const { stream, read } = pipe(1);
  const sink = createLineSink(stream);
  let taken = 0;
  for (let i = 0; i < 3; i++) sink(Buffer.from('x\n'), () => taken++);
  expect(taken).toBe(1);
  read(2);
  expect(taken).toBe(3);
});
