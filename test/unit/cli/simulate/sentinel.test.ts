// The sentinel notices whatever is not of the simulated world, and leaves reality as it was.
import { lookup } from 'node:dns';
import { readFile } from 'node:fs';
import { connect } from 'node:net';
import { deflate } from 'node:zlib';
import { expect, test } from 'vitest';
import { underSentinel } from '../../../../src/cli/simulate/sentinel.ts';

const throwing: readonly (readonly [string, () => unknown])[] = [
  ['Date.now', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Math.random', () => Math.random()],
  ['setTimeout', () => setTimeout(() => undefined, 1)],
  ['setImmediate', () => setImmediate(() => undefined)],
  ['queueMicrotask', () => queueMicrotask(() => undefined)],
  ['process.nextTick', () => process.nextTick(() => undefined)],
  ['performance.now', () => performance.now()],
];

test.each(throwing)('%s throws', (name, use) => {
  expect(() => underSentinel(use)).toThrow(`${name} was used inside a simulated run`);
  expect(() => use()).not.toThrow();
});

/** Each may throw as well, where Node itself uses what is replaced; the run goes on as if nothing had been. */
const creating: readonly (readonly [string, () => unknown])[] = [
  ['TCPWRAP', () => connect({ port: 9, host: '127.0.0.1' }).on('error', () => undefined)],
  ['GETADDRINFOREQWRAP', () => lookup('localhost', () => undefined)],
  ['FSREQCALLBACK', () => readFile(import.meta.filename, () => undefined)],
  ['ZLIB', () => deflate('x', () => undefined)],
  ['PROMISE', () => Promise.resolve().then(() => undefined)],
];

test.each(creating)('%s is noticed', (type, use) => {
  const { misuse } = underSentinel(() => {
    try {
      use();
    } catch {}
  });
  expect(misuse).toContain(`the native resource ${type} was created`);
});

test('pure work is left alone', () => {
  expect(underSentinel(() => new Date(5).getTime() + JSON.parse('[1]').length)).toEqual({
    value: 6,
    misuse: null,
  });
});
