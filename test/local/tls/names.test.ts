// TLS towards clients on real sockets: which certificate answers which name, before and after a rotation; which versions are
// spoken.
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  answering,
  certificateOf,
  client,
  echo,
  implementations,
  issued,
  type Names,
  names,
  serve,
} from './serving.ts';

describe.each(implementations)('%s', (_, create) => {
  test.each<[serverName: string, served: Names, fallback: string | null, expected: string]>([
    ['a.example', names, 'self-signed', 'exact'],
    ['A.EXAMPLE', names, 'self-signed', 'exact'],
    ['b.example', names, 'self-signed', 'left'],
    ['x.y.example', names, 'self-signed', 'default'],
    ['a.test', names, 'self-signed', 'right'],
    ['other.test', names, 'self-signed', 'default'],
    ['', names, 'self-signed', 'default'],
    ['', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
    ['other.test', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
    ['__proto__', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
    ['other.test', { 'a.example': 'exact' }, null, 'refused'],
    ['', { 'a.example': 'exact' }, null, 'refused'],
    ['a.example', { 'a.example': 'exact' }, null, 'exact'],
  ])("'%s' of %j", async (serverName, served, fallback, expected) => {
    const { port } = await serve(create, served, fallback);
    expect(await answering(port, serverName)).toBe(expected);
  });

  test('a rotation is seen by the next handshake, with a server name and without, and by no open connection', async () => {
    const { port, rotate } = await serve(create, names);
    const before = [await client(port, 'a.example'), await client(port, '')];
    expect(before.map(certificateOf)).toEqual(['exact', 'default']);
    rotate({ 'a.example': 'exact 2', '*': 'default 2' });
    expect(await answering(port, 'a.example')).toBe('exact 2');
    expect(await answering(port, '')).toBe('default 2');
    expect(await answering(port, 'b.example')).toBe('default 2');
    rotate({});
    expect(await answering(port, '')).toBe('self-signed');
    rotate(names);
    expect(await answering(port, '')).toBe('default');
    for (const socket of before) expect(await echo(socket, 'still here')).toBe('still here');
  });

  test('a certificate that cannot be used refuses its names, and no others', async () => {
    issued.set('broken', { id: 'broken', cert: 'none', key: 'none' });
    const { port, rotate } = await serve(create, names);
    expect(await answering(port, '')).toBe('default');
    rotate({ ...names, '*': 'broken' });
    expect(await answering(port, '')).toBe('refused');
    expect(await answering(port, 'other.test')).toBe('refused');
    expect(await answering(port, 'a.example')).toBe('exact');
  });

  const old = { ciphers: 'DEFAULT@SECLEVEL=0' };
  test.each<[title: string, options: ConnectionOptions, serverName: string, expected: string]>([
    ['TLS 1.1', { ...old, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, '', 'refused'],
    ['TLS 1.1 with a name', { ...old, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, 'a.example', 'refused'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, '', 'default'],
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, 'a.example', 'exact'],
  ])('%s', async (_title, options, serverName, expected) => {
    const { port, rotate } = await serve(create, names);
    expect(await answering(port, serverName, options)).toBe(expected);
    // A context that came with a rotation is no weaker.
    rotate({ ...names, '*': 'default 2' });
    expect(await answering(port, serverName, options)).toBe(expected === 'default' ? 'default 2' : expected);
  });

  test('a client that has sent all it has is still answered', async () => {
    const { port } = await serve(create, names);
    const socket = await client(port, 'a.example', { allowHalfOpen: true } as ConnectionOptions);
    socket.end('all');
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    expect(text).toBe('all, bye');
  });
});
