// Sessions that are taken up again: by whichever listener has the same ticket keys, under the same certificate, until the
// keys become others.
import { once } from 'node:events';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { TicketKeys, TlsSpoken } from '../../../src/ports/tls.ts';
import { client, echo, implementations, type Names, names, serve } from './serving.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** Connects, says something, keeps what it is given for the next time. */
async function visit(
  port: number,
  serverName: string,
  options: ConnectionOptions,
): Promise<{ readonly isResumed: boolean; readonly session: Buffer }> {
  const socket: TLSSocket = await client(port, serverName, options);
  // TLS 1.2 gives a session only within the handshake, TLS 1.3 after it, and node none after one that was resumed.
  const isResumed = socket.isSessionReused();
  const comesLater = socket.getProtocol() === 'TLSv1.3' && !isResumed;
  const told = comesLater ? once(socket, 'session') : [socket.getSession()];
  expect(await echo(socket, 'hello')).toBe('hello');
  const [session] = (await told) as [Buffer];
  socket.destroy();
  return { isResumed, session };
}

describe.each(implementations)('%s', (_, create) => {
  describe.each(versions)('%s', (version) => {
    const only: ConnectionOptions = { minVersion: version, maxVersion: version };
    const keysOf = (fill: number): TicketKeys => new Uint8Array(48).fill(fill);

    test('a session begun at one listener goes on at another, until the keys become others', async () => {
      let keys = keysOf(1);
      const first = await serve(create, names, null, {}, () => keys);
      const second = await serve(create, names, null, {}, () => keys);
      for (const serverName of ['a.example', '']) {
        const begun = await visit(first.port, serverName, only);
        const again = await visit(second.port, serverName, { ...only, session: begun.session });
        expect([begun.isResumed, again.isResumed]).toEqual([false, true]);
        keys = keysOf(keys[0]! + 1);
        const rotated = await visit(second.port, serverName, { ...only, session: again.session });
        const settled = await visit(first.port, serverName, { ...only, session: rotated.session });
        expect([rotated.isResumed, settled.isResumed]).toEqual([false, true]);
      }
    });

    test('not without tickets', async () => {
      const spoken: TlsSpoken = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', hasTickets: false };
      const { port } = await serve(create, names, null, {}, () => keysOf(3), {}, spoken);
      const socket = await client(port, 'a.example', only);
      expect(await echo(socket, 'hello')).toBe('hello');
      const session = socket.getSession();
      socket.destroy();
      const again = await client(port, 'a.example', {
        ...only,
        ...(session === undefined ? {} : { session }),
      });
      expect(again.isSessionReused()).toBe(false);
      again.destroy();
    });

    test.each<[string, string, Names, string]>([
      ['for another name', 'a.example', names, 'b.example'],
      ['under another certificate', 'a.example', { ...names, 'a.example': 'exact 2' }, 'a.example'],
    ])('not %s', async (_title, before, next, after) => {
      const keys = keysOf(7);
      const server = await serve(create, names, null, {}, () => keys);
      const { session } = await visit(server.port, before, only);
      server.rotate(next);
      const again = await visit(server.port, after, { ...only, session });
      expect(again.isResumed).toBe(false);
    });
  });
});
