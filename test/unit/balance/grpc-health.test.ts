// What answers of gRPC's health protocol come to, frame by frame, whatever pieces they come in; and bytes that are no answer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type HealthAnswer,
  HealthAnswerReader,
  healthQuestion,
} from '../../../src/proxy/balance/grpc-health.ts';

function frame(type: number, flags: number, stream: number, payload: readonly number[]): Buffer {
  const length = payload.length;
  return Buffer.from([
    length >> 16,
    (length >> 8) & 255,
    length & 255,
    type,
    flags,
    0,
    0,
    0,
    stream,
    ...payload,
  ]);
}

const settings = frame(4, 0, 0, []);
const head = frame(1, 4, 1, [0x88]);
const message = (bytes: readonly number[], flags = 0) =>
  frame(0, flags, 1, [0, 0, 0, 0, bytes.length, ...bytes]);

const answers: readonly (readonly [string, readonly Buffer[], HealthAnswer])[] = [
  ['nothing yet', [settings, head], 'more'],
  ['serving', [settings, head, message([8, 1])], 'serving'],
  ['not serving', [settings, head, message([8, 2])], 'not serving'],
  ['the default, which is unknown', [settings, head, message([])], 'not serving'],
  ['the last of several', [head, message([8, 2, 8, 1])], 'serving'],
  [
    'other fields around it',
    [head, message([0x11, 1, 2, 3, 4, 5, 6, 7, 8, 8, 1, 0x1d, 1, 2, 3, 4])],
    'serving',
  ],
  ['padded', [head, frame(0, 8, 1, [2, 0, 0, 0, 0, 2, 8, 1, 0, 0])], 'serving'],
  ['trailers alone', [settings, frame(1, 5, 1, [0x88])], 'not serving'],
  ['a reset', [settings, frame(3, 0, 1, [0, 0, 0, 7])], 'not serving'],
  ['the end of the connection', [settings, frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])], 'not serving'],
  ['an end without a message', [head, frame(0, 1, 1, [0, 0])], 'not serving'],
  ['a compressed message', [head, frame(0, 0, 1, [1, 0, 0, 0, 2, 8, 1])], 'not serving'],
  ['a message that is too long', [head, frame(0, 0, 1, [0, 0, 1, 0, 0])], 'not serving'],
  ['a frame that is too long', [Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1])], 'not serving'],
  ['more padding than there is', [head, frame(0, 8, 1, [9, 0])], 'not serving'],
  ['a field that ends in the middle', [head, message([0x12, 9, 1])], 'not serving'],
  ['a number without an end', [head, message([8, 255, 255, 255, 255, 255, 255, 255, 255])], 'not serving'],
  ['a group, which is of the past', [head, message([0x0b])], 'not serving'],
];

function read(pieces: readonly Buffer[]): {
  readonly answer: HealthAnswer;
  readonly replies: readonly string[];
} {
  const replies: string[] = [];
  const reader = new HealthAnswerReader((bytes) => replies.push(bytes.toString('hex')));
  let answer: HealthAnswer = 'more';
  for (const piece of pieces) {
    answer = reader.push(piece);
    if (answer !== 'more') break;
  }
  return { answer, replies };
}

test.each(answers)('%s', (_name, frames, answer) => {
  expect(read(frames).answer).toBe(answer);
  const whole = Buffer.concat(frames);
  expect(read([whole]).answer).toBe(answer);
  expect(read([...whole].map((byte) => Buffer.from([byte]))).answer).toBe(answer);
});

test('settings and pings are acknowledged', () => {
  const ping = frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
  expect(
    read([settings, ping, frame(4, 1, 0, []), frame(6, 1, 0, [1, 2, 3, 4, 5, 6, 7, 8])]).replies,
  ).toEqual([frame(4, 1, 0, []).toString('hex'), frame(6, 1, 0, [1, 2, 3, 4, 5, 6, 7, 8]).toString('hex')]);
});

test('a server that talks without end is not listened to for ever', () => {
  const chatter = Array.from({ length: 100 }, () =>
    frame(
      6,
      1,
      0,
      Array.from({ length: 1_000 }, () => 0),
    ),
  );
  expect(read(chatter).answer).toBe('not serving');
});

test('whatever comes, in whatever pieces, there is one answer and no exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 5 }), (bytes, cuts) => {
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
        bytes.length,
      ];
      const pieces = places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i]!, end)));
      expect(read(pieces).answer).toBe(read([Buffer.from(bytes)]).answer);
    }),
  );
});

test('headers that do not fit one frame go on in the next', () => {
  const headers = Array.from({ length: 30 }, (_, i) => [`x-${i}`, 'v'.repeat(1_000)] as const);
  const bytes = healthQuestion({ authority: 'a', isTls: false, headers });
  const types: string[] = [];
  for (let at = 24; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    types.push(`${bytes[at + 3]} ${bytes[at + 4]} ${bytes.readUIntBE(at, 3) <= 16_384}`);
  expect(types).toEqual(['4 0 true', '1 0 true', '9 4 true', '0 1 true']);
});
