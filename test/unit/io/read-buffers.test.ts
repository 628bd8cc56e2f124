// Buffers that many read into: bytes that are still in use are never read over, whoever comes, goes or keeps them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadBuffers, type Reader, type ReaderGroup } from '../../../src/io/read-buffers.ts';

class Connection implements Reader {
  readers: ReaderGroup | null = null;
  readerIndex = -1;
  moveCount = 0;
  buffer: Buffer | null = null;
  changes = 0;

  readInto(bytes: Buffer, room: Buffer): void {
    expect(room.buffer).toBe(bytes.buffer);
    expect([room.byteOffset - bytes.byteOffset, room.length]).toEqual([8, 64]);
    this.buffer = bytes;
    this.changes++;
  }
}

type Step = readonly ['come'] | readonly ['go' | 'keep', number];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>(['come']) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('go' as const), fc.nat(200)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('keep' as const), fc.nat(200)) },
);

function run(steps: readonly Step[]): readonly Connection[] {
  const buffers = new ReadBuffers(8, 64);
  const open: Connection[] = [];
  /** Whose bytes are in use, by buffer. */
  const kept = new Map<Buffer, Connection>();
  for (const [kind, choice] of steps) {
    const chosen = choice === undefined ? undefined : open[choice % Math.max(1, open.length)];
    if (kind === 'come') {
      open.push(new Connection());
      buffers.join(open.at(-1)!);
    } else if (chosen !== undefined && kind === 'go') {
      chosen.readers?.remove(chosen);
      open.splice(open.indexOf(chosen), 1);
    } else if (chosen !== undefined) {
      kept.set(chosen.buffer!, chosen);
      chosen.readers?.leaveBufferTo(chosen);
    }
    for (const connection of open) {
      const keeper = kept.get(connection.buffer!);
      if (keeper !== undefined) expect(connection).toBe(keeper);
    }
  }
  return open;
}

test('nobody reads into bytes that somebody keeps', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => void run(steps)));
});

test('a buffer is shared by 32, and its room taken again', () => {
  const count = (connections: readonly Connection[]): number =>
    new Set(connections.map(({ buffer }) => buffer)).size;
  const come = (times: number): Step[] => Array.from({ length: times }, () => ['come']);
  expect(count(run(come(64)))).toBe(2);
  expect(count(run([...come(64), ['go', 3], ...come(1)]))).toBe(2);
  // All but two leave, one of each group; those who come then join the two.
  const leave = (times: number, at: number): Step[] => Array.from({ length: times }, () => ['go', at]);
  expect(count(run([...come(64), ...leave(31, 0), ...leave(31, 1), ...come(62)]))).toBe(2);
});

test('who has been moved often enough gets a buffer of its own', () => {
  const rounds = Array.from({ length: 100 }, (): Step[] => [['come'], ['keep', 1], ['go', 1]]).flat();
  const [first] = run([['come'], ...rounds]);
  expect(first!.readers).toBeNull();
  expect(first!.changes).toBe(65);
});
