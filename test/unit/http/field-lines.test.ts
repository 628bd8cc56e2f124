// Finding the values of a field in the bytes of a head: the first one, or those of every line.
import { expect, test } from 'vitest';
import { findField, findFields, findFoldedFields } from '../../../src/proxy/http/field-lines.ts';
import { Head } from '../../../src/proxy/http/head.ts';
import { parseRequestHead } from '../../../src/proxy/http/request-parser.ts';

function check(lines: readonly string[], name: string, expected: readonly string[]): void {
  const bytes = Buffer.from(
    `GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
  );
  const head = new Head();
  expect(parseRequestHead(head, bytes, 0, bytes.length)).toBe(bytes.length);
  expect(findFields(head, name)).toEqual(expected);
  expect(findField(head, name)).toBe(expected[0] ?? null);
}

test.each<readonly [string, readonly string[], string, readonly string[]]>([
  ['absent', ['X-Other: 1'], 'x-a', []],
  ['once', ['X-A:  1 \t'], 'x-a', ['1']],
  [
    'repeated, in any case, with others between',
    ['X-A: 1', 'X-B: 2', 'x-a:3', 'X-a: '],
    'x-a',
    ['1', '3', ''],
  ],
  ['colons and its own name within a value', ['X-A: x-a: b', 'X-A: c:d'], 'x-a', ['x-a: b', 'c:d']],
  ['a longer name is another one', ['X-Ab: 1', 'X-A: 2'], 'x-a', ['2']],
])('%s', (_title, lines, name, expected) => check(lines, name, expected));

test('Referer and User-Agent are noted on the way, the first of each, and move with the head', () => {
  const lines = [
    'Referer:  a \t',
    'user-agent: b/1',
    'User-Agent: c',
    'REFERER: d',
    'Upgrade: e',
    'Connection: close',
  ];
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\n\r\n`);
  const head = new Head();
  parseRequestHead(head, bytes, 0, bytes.length);
  head.moveTo(Buffer.concat([Buffer.alloc(7), bytes]), 7);
  expect(head.bytes.toString('latin1', head.refererStart, head.refererEnd)).toBe('a');
  expect(head.bytes.toString('latin1', head.userAgentStart, head.userAgentEnd)).toBe('b/1');
  expect([head.hasUpgrade, head.saysClose]).toEqual([true, true]);
  const without = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  parseRequestHead(head, without, 0, without.length);
  expect([head.refererEnd - head.refererStart, head.userAgentEnd - head.userAgentStart]).toEqual([0, 0]);
});

test('only who asks for it finds a name with other separators', () => {
  const bytes = Buffer.from(
    'GET / HTTP/1.1\r\nHost: a\r\nX-Client-Ip: 1\r\nx_client_ip: 2\r\nX_Client-IP: 3\r\n\r\n',
  );
  const head = new Head();
  parseRequestHead(head, bytes, 0, bytes.length);
  expect(findFields(head, 'x-client-ip')).toEqual(['1']);
  expect(findFoldedFields(head, 'x_client_ip')).toEqual(['1', '2', '3']);
});
