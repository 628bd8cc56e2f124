// Byte streams over TLS on real sockets: both implementations do what the port says, towards each other and towards
// node:tls, and a defect is found before it is used.
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { testTcp } from '../../../src/io/tcp-self-test.ts';
import { tlsWhileItWorks } from '../../../src/io/tls.ts';
import { defaultTlsLimits } from '../../../src/io/tls-handshakes.ts';
import { overTls, testTls } from '../../../src/io/tls-self-test.ts';
import { type Log, silentLog } from '../../../src/ports/log.ts';
import type { Tcp, TcpConnection, TcpHandler, TcpListener } from '../../../src/ports/tcp.ts';
import type { Tls } from '../../../src/ports/tls.ts';
import { echoAll } from '../tcp/echo.ts';
import { implementations, issued } from './serving.ts';

const ignoring = { onConnect() {}, onData() {}, onDrain() {}, onEnd() {}, onClose() {} };
const [, createLean] = implementations[1]!;
const lean = createLean(defaultTlsLimits);

const verdict = (tls: Tls): Promise<string | null> => new Promise((resolve) => testTls(tls, resolve));

/** The same streams with another way to do one thing on one connection. */
function withDefect(change: (connection: TcpConnection) => Partial<TcpConnection>): Tls {
  const broken = (connection: TcpConnection): TcpConnection => {
    const changed = change(connection);
    return new Proxy(connection, {
      get(target, key) {
        const value = key in changed ? changed[key as keyof TcpConnection] : Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return {
    listen: (options, accept, done) => lean.listen(options, (connection) => accept(broken(connection)), done),
    connect: (options, handler) => broken(lean.connect(options, handler)),
  };
}

let collectGarbage: () => void;
beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collectGarbage = runInNewContext('gc') as () => void;
});

function bound(streams: Tcp, accept: Parameters<Tcp['listen']>[1]): Promise<TcpListener> {
  return new Promise((resolve, reject) =>
    streams.listen({ host: '127.0.0.1', port: 0 }, accept, (error, listener) =>
      listener === null ? reject(new Error(String(error))) : resolve(listener),
    ),
  );
}

const closed = (listener: TcpListener): Promise<void> =>
  new Promise((resolve) => listener.close(() => resolve()));

const nodeClient = (port: number, options = {}): TLSSocket =>
  connect({
    host: '127.0.0.1',
    port,
    servername: 'self.test',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
    ...options,
  });

const pairs = implementations.flatMap(([server, createServer]) =>
  implementations.map(
    ([client, createClient]) =>
      [
        `${client} to ${server}`,
        (): Tcp => ({
          listen: overTls(createServer(defaultTlsLimits), issued.get('exact')!).listen,
          connect: overTls(createClient(defaultTlsLimits), issued.get('exact')!).connect,
        }),
      ] as const,
  ),
);

describe.each(pairs)('%s', (_, create) => {
  test('passes the test of the start', async () => {
    expect(await new Promise((resolve) => testTcp(create(), resolve))).toBeNull();
  });

  test('bytes that wait to be written are read over by nobody', async () => {
    const { whole, wrong, waits } = await echoAll(create());
    expect(wrong).toEqual([]);
    expect(whole).toBe(24);
    expect(waits).toBeGreaterThan(0);
  }, 30_000);

  test('a refused client is gone, and nothing is called after destroy', async () => {
    const streams = create();
    const calls: string[] = [];
    const listener = await bound(streams, () => null);
    await new Promise<void>((resolve) => {
      streams.connect('127.0.0.1', listener.port, { ...ignoring, onClose: () => resolve(), onEnd: resolve });
    });
    const connection = streams.connect('127.0.0.1', listener.port, {
      onConnect: () => calls.push('connect'),
      onData: () => calls.push('data'),
      onDrain: () => calls.push('drain'),
      onEnd: () => calls.push('end'),
      onClose: () => calls.push('close'),
    });
    connection.destroy();
    connection.destroy();
    connection.end();
    connection.reset?.();
    connection.pause();
    connection.resume();
    expect(connection.write(Buffer.from('late'))).toBe(true);
    await closed(listener);
    expect(calls).toEqual([]);
  });

  test('whatever is written in whatever pieces arrives, however often reading stops', async () => {
    const piece = fc.integer({ min: 1, max: 300_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), fc.nat(3), async (sizes, rhythm) => {
        const streams = create();
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const bytes = Buffer.alloc(total);
        for (let at = 0; at + 4 <= total; at += 4) bytes.writeUInt32LE(at, at);
        let isWhole = true;
        let received = 0;
        const listener = await bound(streams, (connection): TcpHandler => {
          let at = 0;
          const pieces = [...sizes];
          const send = (): void => {
            while (pieces.length > 0) {
              const size = pieces.shift()!;
              const chunk = bytes.subarray(at, at + size);
              at += size;
              const half = chunk.length >> 1;
              const taken =
                pieces.length % 2 === 0
                  ? connection.write(chunk)
                  : connection.write2(chunk.subarray(0, half), chunk.subarray(half));
              if (!taken) return;
            }
            connection.end();
          };
          return { ...ignoring, onData: send, onDrain: send };
        });
        await new Promise<void>((resolve, reject) => {
          let reads = 0;
          const connection = streams.connect('127.0.0.1', listener.port, {
            ...ignoring,
            onConnect: () => connection.write(Buffer.from('go')),
            onData(read, start, end) {
              isWhole &&= bytes.compare(read, start, end, received, received + end - start) === 0;
              received += end - start;
              if (rhythm === 0 || ++reads % rhythm !== 0) return;
              connection.pause();
              setImmediate(() => connection.resume());
            },
            onEnd: () => connection.end(),
            onClose: (error) => (error === null ? resolve() : reject(new Error(error))),
          });
        });
        await closed(listener);
        expect([received, isWhole]).toEqual([total, true]);
      }),
      { numRuns: 12 },
    );
  });
});

describe.each(implementations)('%s', (_, create) => {
  /** Echoes until the end. */
  const echoing = (connection: TcpConnection): TcpHandler => ({
    ...ignoring,
    onData: (bytes, start, end) => void connection.write(Buffer.from(bytes.subarray(start, end))),
    onEnd: () => connection.end(),
  });
  const serve = (accept: Parameters<Tcp['listen']>[1] = echoing): Promise<TcpListener> =>
    bound(overTls(create(defaultTlsLimits), issued.get('exact')!), accept);
  const textOf = async (socket: TLSSocket): Promise<string> => {
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    return text;
  };

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: all that a client says in one breath', async (version) => {
    const listener = await serve();
    const socket = nodeClient(listener.port, { minVersion: version, maxVersion: version });
    socket.end('all at once');
    expect(await textOf(socket)).toBe('all at once');
    await closed(listener);
  });

  test('a client that vanishes, and one that talks nonsense, are told and hurt nobody else', async () => {
    const ends: (string | null)[] = [];
    const listener = await serve((connection) => ({
      ...echoing(connection),
      onClose: (error) => void ends.push(error),
    }));
    const good = nodeClient(listener.port);
    await once(good, 'secureConnect');
    const plain = connectTcp(listener.port, '127.0.0.1');
    const cut = nodeClient(listener.port, { socket: plain });
    cut.on('error', () => undefined);
    cut.write('one');
    await once(cut, 'data');
    plain.resetAndDestroy();
    const odd = connectTcp(listener.port, '127.0.0.1');
    const babbling = nodeClient(listener.port, { socket: odd });
    babbling.on('error', () => undefined);
    babbling.write('two');
    await once(babbling, 'data');
    odd.write(Buffer.from('17030300050000000000', 'hex'));
    await new Promise((resolve) => babbling.on('close', resolve));
    good.write('hello');
    expect(String((await once(good, 'data'))[0])).toBe('hello');
    good.end();
    await once(good, 'close');
    await closed(listener);
    expect(ends).toEqual(['ECONNRESET', expect.stringMatching(/^ERR_SSL_/), null]);
  });

  test('a second handshake on a TLS 1.2 connection is refused', async () => {
    const listener = await serve();
    const socket = nodeClient(listener.port, { maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    const outcome = await new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      socket.on('close', () => resolve('closed'));
      socket.renegotiate({}, (error) => resolve(error === null ? 'done' : 'refused'));
    });
    expect(outcome).not.toBe('done');
    socket.destroy();
    const next = nodeClient(listener.port);
    next.end('still here');
    expect(await textOf(next)).toBe('still here');
    await closed(listener);
  });

  test('a reset is one for the peer', async () => {
    const listener = await serve((connection) => ({
      ...echoing(connection),
      onData: () => connection.reset!(),
    }));
    const socket = nodeClient(listener.port);
    socket.write('reset me');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await closed(listener);
  });

  test('idle connections outlive collections of garbage', async () => {
    const listener = await serve();
    const sockets = Array.from({ length: 20 }, () => nodeClient(listener.port));
    await Promise.all(sockets.map((socket) => once(socket, 'secureConnect')));
    for (let i = 0; i < 3; i++) collectGarbage();
    for (const socket of sockets) {
      socket.end('hello');
      expect(await textOf(socket)).toBe('hello');
    }
    await closed(listener);
  });
});

describe('the test of the start', () => {
  test.each<readonly [string, (connection: TcpConnection) => Partial<TcpConnection>, RegExp]>([
    [
      'a byte is lost',
      (it) => ({ write: (bytes) => it.write(bytes.subarray(0, -1)) }),
      /are others|bytes arrived/,
    ],
    ['a wait is not told', (it) => ({ write: (bytes) => it.write(bytes) || true }), /taken at once/],
    ['half of a write', (it) => ({ write2: (first) => it.write(first) }), /not come to an end/],
    ['no end', () => ({ end: () => undefined }), /not come to an end/],
  ])('finds that %s', async (_name, change, failure) => {
    expect(await verdict(withDefect(change))).toMatch(failure);
  });

  test('what fails it is not used, and the log says so', async () => {
    const warnings: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message, fields) => warnings.push(message, fields) };
    const broken = withDefect((it) => ({ write: (bytes) => it.write(bytes.subarray(1)) }));
    const [, createPortable] = implementations[0]!;
    const tls = tlsWhileItWorks(broken, createPortable(defaultTlsLimits), log);
    expect(await verdict(tls)).toBeNull();
    expect(warnings).toEqual([
      'TLS handles failed their test, node:tls is used instead',
      { failure: expect.stringMatching(/some are others/) },
    ]);
  });
});
