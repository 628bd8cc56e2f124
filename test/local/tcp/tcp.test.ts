// Byte streams on real sockets: both implementations do what the port says, and a defect is found before it is used.
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createHandleTcp } from '../../../src/io/handle-tcp.ts';
import { createNetTcp } from '../../../src/io/net-tcp.ts';
import { findStreamHandles } from '../../../src/io/stream-handles.ts';
import { whileItWorks } from '../../../src/io/tcp.ts';
import { testTcp } from '../../../src/io/tcp-self-test.ts';
import type { Log } from '../../../src/ports/log.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Tcp, TcpClientHandler, TcpConnection, TcpListener } from '../../../src/ports/tcp.ts';
import { echoAll } from './echo.ts';

const net = createNetTcp();
const handles = createHandleTcp(findStreamHandles()!, net);
const implementations: readonly (readonly [string, Tcp])[] = [
  ['node:net', net],
  ['stream handles', handles],
];
const ignoring = { onConnect() {}, onData() {}, onDrain() {}, onEnd() {}, onClose() {} };

const verdict = (tcp: Tcp): Promise<string | null> => new Promise((resolve) => testTcp(tcp, resolve));

/** The same streams with another way to do one thing on one connection. */
function withDefect(change: (connection: TcpConnection) => Partial<TcpConnection>): Tcp {
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
    listen: (options, accept, done) =>
      handles.listen(options, (connection) => accept(broken(connection)), done),
    connect: (host, port, handler) => broken(handles.connect(host, port, handler)),
  };
}

const clientThread = `
const { workerData: { port, done } } = require('node:worker_threads');
const socket = require('node:net').connect(port, '127.0.0.1', () =>
  socket.write('late', () => socket.resetAndDestroy()),
);
socket.on('error', () => {});
socket.on('close', () => {
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
});`;

/** This thread takes nothing until the client of another one has come, written and gone. */
function resetWhileNobodyLooks(port: number): void {
  const done = new Int32Array(new SharedArrayBuffer(4));
  new Worker(clientThread, { eval: true, workerData: { port, done } });
  expect(Atomics.wait(done, 0, 0, 20_000)).not.toBe('timed-out');
}

describe.each(implementations)('%s', (_, tcp) => {
  const bound = (accept: Parameters<Tcp['listen']>[1], host = '127.0.0.1'): Promise<TcpListener> =>
    new Promise((resolve, reject) =>
      tcp.listen({ host, port: 0 }, accept, (error, listener) =>
        listener === null ? reject(new Error(String(error))) : resolve(listener),
      ),
    );
  const closed = (listener: TcpListener): Promise<void> =>
    new Promise((resolve) => listener.close(() => resolve()));

  test('passes the test of the start', async () => {
    expect(await verdict(tcp)).toBeNull();
  });

  test('bytes that wait to be written are read over by nobody', async () => {
    const { whole, wrong, waits } = await echoAll(tcp);
    expect(wrong).toEqual([]);
    expect(whole).toBe(24);
    expect(waits).toBeGreaterThan(0);
  }, 30_000);

  test('tells a port that is taken', async () => {
    const listener = await bound(() => null);
    const error = await new Promise((resolve) =>
      tcp.listen({ host: '127.0.0.1', port: listener.port }, () => null, resolve),
    );
    expect(error).toBe('EADDRINUSE');
    await closed(listener);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['::1', '::1', '::1'],
    ['an IPv4 client of an IPv6 listener', '127.0.0.1', '::'],
    ['a name', 'localhost', '127.0.0.1'],
  ])('knows both ends: %s', async (_name, to, host) => {
    const seen = await new Promise<readonly unknown[]>((resolve, reject) => {
      let listener: TcpListener;
      const told: unknown[] = [];
      const tell = (...values: unknown[]): void => {
        told.push(...values);
        if (told.length < 4) return;
        listener.close(() => resolve(told));
      };
      bound((connection) => {
        tell(connection.remoteAddress, connection.localPort === listener.port);
        return { ...ignoring, onEnd: () => connection.end() };
      }, host).then((made) => {
        listener = made;
        const client: TcpClientHandler = {
          ...ignoring,
          onConnect() {
            tell(connection.remotePort === listener.port, connection.tls);
            connection.end();
          },
          onClose: (error) => error !== null && reject(new Error(error)),
        };
        const connection = tcp.connect(to, made.port, client);
      }, reject);
    });
    expect([...seen].sort()).toEqual([...[to === '::1' ? '::1' : '127.0.0.1', true, true, null]].sort());
  });

  test('who has reset before it is taken has no address, though what it sent is there', async () => {
    const heard: string[] = [];
    const listened = await new Promise<readonly [string, number, string]>((resolve) => {
      void bound((connection) => {
        const { remoteAddress, remotePort } = connection;
        return {
          ...ignoring,
          onData: (bytes, start, end) => void heard.push(bytes.toString('latin1', start, end)),
          onClose: () => listener.close(() => resolve([remoteAddress, remotePort, heard.join('')])),
        };
      }).then((made) => {
        listener = made;
        resetWhileNobodyLooks(made.port);
      });
      let listener: TcpListener;
    });
    expect(listened).toEqual(['', 0, 'late']);
  }, 30_000);

  test('a refused client is gone, and nothing is called after destroy', async () => {
    const calls: string[] = [];
    const listener = await bound(() => null);
    await new Promise<void>((resolve) => {
      tcp.connect('127.0.0.1', listener.port, { ...ignoring, onClose: () => resolve(), onEnd: resolve });
    });
    const connection = tcp.connect('127.0.0.1', listener.port, {
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

  test('an end that is asked for while connecting comes after what was written', async () => {
    const heard = await new Promise<string>((resolve, reject) => {
      let text = '';
      bound((connection) => ({
        ...ignoring,
        onData: (bytes, start, end) => {
          text += bytes.toString('latin1', start, end);
        },
        onEnd: () => {
          connection.end();
          resolve(text);
        },
      })).then((listener) => {
        const connection = tcp.connect('127.0.0.1', listener.port, {
          ...ignoring,
          onClose: () => listener.close(() => undefined),
        });
        connection.write(Buffer.from('first '));
        connection.write2(Buffer.from('second '), Buffer.from('third'));
        connection.end();
      }, reject);
    });
    expect(heard).toBe('first second third');
  });

  test('a listener that is closed frees its port while its connections live on', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      bound((connection) => ({
        ...ignoring,
        onData: () => {
          connection.write(Buffer.from('still here'));
          connection.end();
        },
      })).then((listener) => {
        const connection = tcp.connect('127.0.0.1', listener.port, {
          ...ignoring,
          // The first answer proves that it was accepted.
          onConnect: () => listener.close(() => undefined),
          onData: (bytes, start, end) => resolve(bytes.toString('latin1', start, end)),
          onEnd: () => connection.end(),
        });
        setImmediate(() => connection.write(Buffer.from('hello')));
      }, reject);
    });
    expect(answer).toBe('still here');
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
    ['a reset is an end', (it) => ({ reset: () => it.end() }), /not come to an end|reset/],
    ['no end', () => ({ end: () => undefined }), /not come to an end/],
    [
      'it throws',
      () => ({
        write2() {
          throw new TypeError('no such function');
        },
      }),
      /no such function/,
    ],
  ])('finds that %s', async (_name, change, failure) => {
    expect(await verdict(withDefect(change))).toMatch(failure);
  });

  test('what fails it is not used, and the log says so', async () => {
    const warnings: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message, fields) => warnings.push(message, fields) };
    const broken = withDefect((it) => ({ write: (bytes) => it.write(bytes.subarray(1)) }));
    const tcp = whileItWorks(broken, net, log);
    expect(await verdict(tcp)).toBeNull();
    expect(warnings).toEqual([
      'stream handles failed their test, node:net is used instead',
      { failure: expect.stringMatching(/some are others/) },
    ]);
  });
});
