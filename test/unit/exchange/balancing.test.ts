// Balancing through whole exchanges: cookies on responses, hashing of what clients send, counts that come back to nothing.
import { describe, expect, test } from 'vitest';
import { emptyConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { healthWords } from '../../../src/proxy/balance/health.ts';
import type { Compiled } from '../../../src/proxy/compile/compiled.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import type { EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { answering, createRig, okResponse, type Rig } from './rig.ts';

const ports = [9001, 9002, 9003];

function tablesOf(settings: Readonly<Record<string, unknown>>) {
  return (endpoints: EndpointRegistry): Compiled => {
    const decoded = decodeDeclarative({
      _format_version: '3.0',
      services: [{ name: 's', host: 'up', routes: [{ name: 'r', paths: ['~/(?<user>[a-z]+)', '/'] }] }],
      upstreams: [
        { name: 'up', ...settings, targets: ports.map((port) => ({ target: `10.0.0.1:${port}` })) },
      ],
    });
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    const compiler = createCompiler({
      env: { clock: { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) } },
      endpoints,
      shared: {
        health: new Int32Array(healthWords(8)),
        shares: new Int32Array(64),
        counters: new Int32Array(8),
        statistics: new Float64Array(4),
        routes: [],
      },
      handlers: new Map(),
    });
    const job = compiler.begin(diffConfigs(emptyConfig, decoded.value));
    while (!job.step(1_000_000));
    return job.result;
  };
}

/** Every port answers with its number. */
function rigOf(settings: Readonly<Record<string, unknown>>, more = '', open = ports): Rig {
  const rig = createRig(tablesOf(settings));
  for (const port of open)
    rig.upstream(port, answering(okResponse.replace('Date: now', `Date: now\r\nX-Port: ${port}${more}`)));
  return rig;
}

interface Reply {
  readonly port: string;
  readonly cookies: readonly string[];
  readonly status: string;
}

function ask(rig: Rig, lines = '', path = '/'): Reply {
  const { received } = rig.client(`GET ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
  return {
    port: /\r\nX-Port: (\d+)/.exec(received)?.[1] ?? '',
    cookies: [...received.matchAll(/\r\nSet-Cookie: ([^\r]*)/gi)].map((match) => match[1]!),
    status: received.slice(9, 12),
  };
}

const portsOf = (replies: readonly Reply[]): Set<string> => new Set(replies.map(({ port }) => port));

describe('a cookie that is hashed', () => {
  const settings = { hash_on: 'cookie', hash_on_cookie: 'key', hash_on_cookie_path: '/a' };

  test('comes with the first response, and brings the client back', () => {
    const rig = rigOf(settings);
    const first = ask(rig);
    expect(first.cookies).toHaveLength(1);
    const [, key] = /^key=([0-9a-f-]{36}); Path=\/a; SameSite=Lax; HttpOnly$/.exec(first.cookies[0]!)!;
    for (let i = 0; i < 5; i++) {
      const again = ask(rig, `Cookie: a=b; key=${key}\r\n`);
      expect(again).toEqual({ port: first.port, cookies: [], status: '200' });
    }
  });

  test('takes the place of one of that name which the upstream sets, and leaves others', () => {
    const rig = rigOf(settings, '\r\nSet-Cookie: key=theirs\r\nset-cookie: keys=1');
    const { cookies } = ask(rig);
    expect(cookies.filter((cookie) => cookie.startsWith('key='))).toHaveLength(1);
    expect(cookies).toContain('keys=1');
    expect(cookies).not.toContain('key=theirs');
    expect(ask(rig, 'Cookie: key=mine\r\n').cookies).toEqual(['key=theirs', 'keys=1']);
  });

  test('does not come with an answer of our own', () => {
    const rig = rigOf(settings, '', []);
    expect(ask(rig)).toEqual({ port: '', cookies: [], status: '502' });
  });
});

describe('sticky sessions', () => {
  const settings = { algorithm: 'sticky-sessions', sticky_sessions_cookie: 'at' };
  const idIn = ({ cookies }: Reply): string => /^at=([0-9a-f]{16});/.exec(cookies[0]!)![1]!;

  test('new clients are spread, and each comes back', () => {
    const rig = rigOf(settings);
    const replies = ports.map(() => ask(rig));
    expect(portsOf(replies).size).toBe(ports.length);
    for (const reply of [...replies, ...replies])
      expect(ask(rig, `Cookie: at=${idIn(reply)}\r\n`)).toEqual({ ...reply, cookies: [] });
  });

  test('where the target of a client is gone, the one that answers is named', () => {
    const whole = rigOf(settings);
    const home = ports.map(() => ask(whole)).find(({ port }) => port === '9002')!;
    const rig = rigOf(settings, '', [9001, 9003]);
    const moved = ask(rig, `Cookie: at=${idIn(home)}\r\n`);
    expect([moved.status, moved.cookies.length]).toEqual(['200', 1]);
    expect(ask(rig, `Cookie: at=${idIn(moved)}\r\n`)).toEqual({ ...moved, cookies: [] });
  });
});

describe('what is hashed', () => {
  test.each([
    [{ hash_on: 'header', hash_on_header: 'X-Key' }, (key: string) => [`X-Key: ${key}\r\n`, '/']],
    [{ hash_on: 'query_arg', hash_on_query_arg: 'key' }, (key: string) => ['', `/?key=${key}`]],
    [{ hash_on: 'path' }, (key: string) => ['', `/1/${key}`]],
    [{ hash_on: 'uri_capture', hash_on_uri_capture: 'user' }, (key: string) => ['', `/${key}`]],
  ] as const)('%j', (settings, requestOf) => {
    const rig = rigOf(settings);
    const keys = Array.from('abcdefghijklmnopqrst');
    const first = keys.map((key) => ask(rig, ...(requestOf(key) as [string, string])));
    expect(portsOf(first).size).toBe(ports.length);
    for (const [i, key] of keys.entries())
      expect(ask(rig, ...(requestOf(key) as [string, string]))).toEqual(first[i]);
  });

  test('one that refuses connections: the next one of the key, every time the same', () => {
    const settings = { hash_on: 'header', hash_on_header: 'X-Key' };
    const [whole, rig] = [rigOf(settings), rigOf(settings, '', [9001, 9003])];
    for (const key of 'abcdefghijklmnopqrst') {
      const home = ask(whole, `X-Key: ${key}\r\n`).port;
      const { port, status } = ask(rig, `X-Key: ${key}\r\n`);
      expect(status).toBe('200');
      if (home !== '9002') expect(port).toBe(home);
      expect(ask(rig, `X-Key: ${key}\r\n`).port).toBe(port);
    }
  });
});

describe('counts of least connections', () => {
  const settings = { algorithm: 'least-connections' };

  test('every end of an exchange is one: answered, failed, left by its client', () => {
    const rig = rigOf(settings, '', [9001, 9002]);
    for (let i = 0; i < 6; i++) expect(ask(rig).status).toBe('200');
    const slow = createRig(tablesOf(settings));
    const answers = new Map<number, boolean>(ports.map((port) => [port, false]));
    for (const port of ports)
      slow.upstream(port, (peer) => {
        if (answers.get(port))
          answering(okResponse.replace('Date: now', `Date: now\r\nX-Port: ${port}`))(peer);
      });
    const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const waiting = ports.map(() => slow.client(get));
    expect(new Set(slow.peers.map((peer) => peer.socket.localPort)).size).toBe(ports.length);
    for (const client of waiting.slice(0, 2)) client.socket.destroy();
    slow.world.run(5);
    for (const port of ports) answers.set(port, true);
    // The third still has one: the next two go to those that were left.
    const busy = slow.peers[2]!.socket.localPort;
    const next = [ask(slow), ask(slow)].map(({ port }) => Number(port));
    expect(next).not.toContain(busy);
  });
});
