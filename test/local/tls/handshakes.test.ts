// How long and how many handshakes may be under way, and that silent clients keep nobody out.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { answering, client, echo, implementations, names, serve, silent } from './serving.ts';

describe.each(implementations)('%s', (_, create) => {
  test('a handshake that does not end is given up; a connection that had its handshake stays', async () => {
    const { port } = await serve(create, names, null, { handshakeTimeoutMs: 200 });
    const good = await client(port, 'a.example');
    const half = '16030100a5010000a10303';
    const idle = [await silent(port), await silent(port, half)];
    await Promise.all(idle.map((socket) => once(socket, 'close')));
    expect(await echo(good, 'hello')).toBe('hello');
  });

  test('handshakes under way are bounded, and silent ones keep nobody out', async () => {
    const { port, dropped } = await serve(create, names, null, { handshakesMax: 3 });
    const done: TLSSocket[] = [];
    for (let i = 0; i < 6; i++) done.push(await client(port, 'a.example'));
    expect(dropped()).toBe(0);
    const idle: Socket[] = [];
    for (let i = 0; i < 3; i++) idle.push(await silent(port));
    const closed = once(idle[0]!, 'close');
    expect(await answering(port, 'a.example')).toBe('exact');
    await closed;
    expect(dropped()).toBe(1);
    expect(idle.slice(1).every((socket) => !socket.destroyed)).toBe(true);
    // Those that left by themselves make room.
    for (const socket of idle) socket.destroy();
    done.push(await client(port, ''));
    expect(await echo(done.at(-1)!, 'hello')).toBe('hello');
    const before = dropped();
    for (let i = 0; i < 6; i++) {
      done.push(await client(port, ''));
      expect(await echo(done.at(-1)!, 'hello')).toBe('hello');
    }
    expect(dropped()).toBe(before);
    for (const socket of done) expect(await echo(socket, 'hello')).toBe('hello');
  });
});
