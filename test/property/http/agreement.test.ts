// Laws of the codec against readers that are not ours: a naive one at any segmentation, and node's own wherever both accept. A
// bounded part of `npm run fuzz -- codec`.
import { expect, it } from 'vitest';
import { createCodecTarget } from '../../fuzz/codec.ts';
import { createDraws } from '../../fuzz/target.ts';
import { requestDifference, responseDifference } from './agreement.ts';
import { readRequest } from './naive/request.ts';
import { createNodeReader, nodeDifference } from './node-reading.ts';

const runs = 20_000;
/** Of which it is counted how many node takes too. */
const sampled = 500;

it(`holds over ${runs} random and mutated messages`, async () => {
  const target = createCodecTarget();
  const node = createNodeReader();
  let taken = 0;
  let takenByBoth = 0;
  for (let run = 0; run < runs; run++) {
    const input = target.make(createDraws(1, 'agreement', run));
    const found = await target.judge(input);
    if (found !== null) throw new Error(`run ${run}, ${JSON.stringify(input)}: ${found}`);
    const text = input.join('');
    const naive = readRequest(text);
    if (typeof naive === 'string' || ++taken > sampled) continue;
    if ((await nodeDifference(node, text.slice(0, naive.length), naive)).isTaken) takenByBoth++;
  }
  // What nobody takes shows nothing.
  expect(taken).toBeGreaterThan(runs / 20);
  expect(takenByBoth).toBeGreaterThan(sampled / 2);
});

const edges: readonly (readonly [name: string, text: string, isTaken: boolean])[] = [
  ['a field line of 8192 bytes', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(8187)}\r\n\r\n`, true],
  ['a field line of 8193 bytes', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(8188)}\r\n\r\n`, false],
  ['1000 fields', `GET / HTTP/1.1\r\nHost: a\r\n${'A: 1\r\n'.repeat(999)}\r\n`, true],
  ['1001 fields', `GET / HTTP/1.1\r\nHost: a\r\n${'A: 1\r\n'.repeat(1000)}\r\n`, false],
  ['four empty lines', '\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', true],
  ['five empty lines', '\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', false],
  ['port 65535', 'GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n', true],
  ['port 65536', 'GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n', false],
  ['15 digits of length', `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${'0'.repeat(15)}\r\n\r\n`, true],
  ['16 digits of length', `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${'0'.repeat(16)}\r\n\r\n`, false],
];

it.each(edges)('agrees at the edge of %s', (_name, text, isTaken) => {
  expect(requestDifference(text, [20, 40])).toBe(null);
  expect(typeof readRequest(text) !== 'string').toBe(isTaken);
});

it('answers a status line that has ended too soon at once', () => {
  expect(responseDifference('HTTP/1.\r\n\r\n', [3])).toBe(null);
});
