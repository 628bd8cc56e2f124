// What plugins may do to an exchange: exit, wait, edit, replace bodies, filter responses, log.
import { describe, expect, it } from 'vitest';
import type { CompiledConsumer, PluginSlot } from '../../../src/proxy/compile/compiled.ts';
import {
  type AccessContext,
  type BodyFilter,
  type PhaseResult,
  phaseDone,
  phaseExit,
  phaseWait,
} from '../../../src/proxy/exchange/context.ts';
import type { PluginInstance } from '../../../src/proxy/plugins/plugin.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

const get = 'GET /a?x=1 HTTP/1.1\r\nHost: shop.example\r\nOrigin: here\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello';
const chunkedPost =
  'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n';

function slot(
  base: PluginInstance | null,
  own: ReadonlyMap<string, PluginInstance> | null = null,
): PluginSlot {
  const byConsumer =
    own === null ? null : new Map([...own].map(([id, instance]) => [id, { instance, rank: 1 }]));
  return { name: 'probe', base, byConsumer, byGroup: null };
}

function rigWith(plugins: readonly PluginSlot[], response = okResponse) {
  const rig = createRig([{ ...toPort(9000), plugins }]);
  rig.upstream(9000, answering(response));
  return rig;
}

const upperCase: BodyFilter = {
  push(bytes, start, end, isLast, emit) {
    emit(Buffer.from(bytes.toString('latin1', start, end).toUpperCase() + (isLast ? '.' : ''), 'latin1'));
    return true;
  },
  drained() {},
};

describe('access', () => {
  it('exits with compact JSON and headers, and header filters still run', () => {
    const rig = rigWith([
      slot({ headerFilter: (context) => context.setResponseHeader('X-Filtered', String(context.isProxied)) }),
      slot({
        access(context) {
          context.addResponseHeader('X-Early', '1');
          context.exit({ status: 401, body: { message: 'No' }, headers: { 'WWW-Authenticate': 'Key' } });
          return phaseExit;
        },
      }),
    ]);
    const { received } = rig.client(get);
    expect(received).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    for (const line of ['WWW-Authenticate: Key', 'X-Early: 1', 'X-Filtered: false', 'Content-Length: 16'])
      expect(received).toContain(`${line}\r\n`);
    expect(received.endsWith('{"message":"No"}')).toBe(true);
    expect(rig.peers.length).toBe(0);
  });

  it('waits and resumes, or exits afterwards', () => {
    const held: AccessContext[] = [];
    const wait: PluginInstance = {
      access(context) {
        held.push(context);
        return phaseWait;
      },
    };
    const rig = rigWith([slot(wait)]);
    const client = rig.client(post);
    expect(rig.peers.length).toBe(0);
    held[0]!.resume();
    rig.world.run();
    expect(rig.peers[0]!.received.endsWith('\r\n\r\nhello')).toBe(true);
    client.send(get);
    rig.world.run();
    held[1]!.exit({ status: 403, body: 'no' });
    held[1]!.resume();
    rig.world.run();
    expect(client.received.split('HTTP/1.1 ').map((part) => part.slice(0, 3))).toEqual(['', '200', '403']);
  });

  it('runs the instance of the consumer that an earlier plugin found', () => {
    const alice: CompiledConsumer = {
      id: 'alice',
      username: 'alice',
      customId: null,
      groups: [],
      consumerGroups: [],
    };
    const mark = (value: string): PluginInstance => ({
      access(context) {
        context.edits.setHeader('X-Mark', value);
        return phaseDone;
      },
    });
    const authenticate: PluginInstance = {
      access(context) {
        if (context.request.query === 'x=1') context.consumer = alice;
        return phaseDone;
      },
    };
    const rig = rigWith([slot(authenticate), slot(mark('base'), new Map([['alice', mark('own')]]))]);
    const client = rig.client(get);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    rig.world.run();
    expect(rig.peers[0]!.requests.map((head) => /X-Mark: (\w+)/.exec(head)![1])).toEqual(['own', 'base']);
  });

  it('edits the head: names, method, path, query, host', () => {
    const rig = rigWith([
      slot({
        access({ edits }) {
          edits.setHeader('Host', 'elsewhere');
          edits.removeHeader('origin');
          edits.addHeader('X-Many', 'a\r\nEvil: 1');
          edits.addHeader('X-Wide', 'a\u010d\u010aEvil: 1');
          edits.setMethod('PUT');
          edits.setPath('/b c');
          edits.setQuery('y=2&z');
          return phaseDone;
        },
      }),
    ]);
    rig.client(get);
    const head = rig.peers[0]!.received;
    expect(head).toMatch(/^PUT \/b%20c\?y=2&z HTTP\/1\.1\r\nHost: elsewhere\r\n/);
    expect(head).toContain('X-Many: a Evil: 1\r\n');
    expect(head).toContain('X-Wide: a\xc4\x8d\xc4\x8aEvil: 1\r\n');
    expect(head).not.toContain('Origin');
  });

  it('a header name that is none ends the request, not the line', () => {
    for (const name of ['X-A\r\nEvil', 'a b', 'a:', '', 'a\u010a']) {
      const rig = rigWith([
        slot({
          access({ edits }) {
            edits.setHeader(name, '1');
            return phaseDone;
          },
        }),
      ]);
      expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 500/);
      expect(rig.peers.length).toBe(0);
    }
  });

  it('answers 500 when a plugin throws', () => {
    const rig = rigWith([
      slot({
        access() {
          throw new Error('broken');
        },
      }),
    ]);
    expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 500/);
  });

  it.each([
    ['counted', post],
    ['chunked', chunkedPost],
  ])('replaces a %s body', (_name, text) => {
    const transform: PluginInstance = {
      access({ edits }) {
        edits.transformBody(100, (body) => Buffer.from(`<${body.toString('latin1')}>`));
        return phaseDone;
      },
    };
    const rig = rigWith([slot(transform)]);
    const at = text.indexOf('\r\n\r\n') + 6;
    const client = rig.client(text.slice(0, at));
    client.send(text.slice(at));
    rig.world.run();
    expect(rig.peers[0]!.received).toContain('Content-Length: 7\r\n');
    expect(rig.peers[0]!.received).not.toContain('Transfer-Encoding');
    expect(rig.peers[0]!.received.endsWith('\r\n\r\n<hello>')).toBe(true);
  });

  it.each([
    ['counted', post, 'hello'],
    ['chunked', chunkedPost, 'hello'],
    ['no', get, ''],
  ])('reads %s body before the plugins that follow it run', (_name, text, expected) => {
    const alice: CompiledConsumer = {
      id: 'alice',
      username: 'alice',
      customId: null,
      groups: [],
      consumerGroups: [],
    };
    const order: string[] = [];
    const reads: PluginInstance = {
      access: (context) =>
        context.readBody(100, (body) => {
          order.push(body.toString('latin1'));
          context.consumer = alice;
          return phaseDone;
        }),
    };
    const own: PluginInstance = {
      access({ edits }) {
        order.push('own');
        edits.transformBody(100, (body) => Buffer.concat([body, Buffer.from('!')]));
        return phaseDone;
      },
    };
    const rig = rigWith([slot(reads), slot(null, new Map([['alice', own]]))]);
    const client = rig.client(text.slice(0, -2));
    expect(rig.peers.length).toBe(0);
    client.send(text.slice(-2));
    rig.world.run();
    expect(order).toEqual([expected, 'own']);
    const sent = rig.peers[0]!.received;
    expect(sent.slice(sent.indexOf('\r\n\r\n') + 4)).toBe(expected === '' ? '' : `${expected}!`);
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    // The connection goes on.
    client.send(post);
    rig.world.run();
    expect(rig.peers[0]!.requests.length).toBe(2);
  });

  it.each([
    [
      'exits',
      (context: AccessContext): PhaseResult => {
        context.exit({ status: 401, body: 'no' });
        return phaseExit;
      },
      401,
    ],
    [
      'throws',
      (): PhaseResult => {
        throw new Error('broken');
      },
      500,
    ],
  ])('a plugin that reads the body and %s ends the request', (_name, take, status) => {
    const later: string[] = [];
    const rig = rigWith([
      slot({ access: (context) => context.readBody(100, () => take(context)) }),
      slot({
        access() {
          later.push('ran');
          return phaseDone;
        },
      }),
    ]);
    const client = rig.client(post);
    expect(client.received).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`));
    expect([later.length, rig.peers.length]).toEqual([0, 0]);
  });

  it('refuses a body that is too large to be read', () => {
    const reads: PluginInstance = { access: (context) => context.readBody(4, () => phaseDone) };
    for (const text of [post, chunkedPost])
      expect(rigWith([slot(reads)]).client(text).received).toMatch(/^HTTP\/1\.1 413/);
  });

  it('refuses a body that is too large to be replaced', () => {
    const transform: PluginInstance = {
      access({ edits }) {
        edits.transformBody(4, (body) => body);
        return phaseDone;
      },
    };
    expect(rigWith([slot(transform)]).client(post).received).toMatch(/^HTTP\/1\.1 413/);
  });
});

describe('response', () => {
  it('filters headers and body, keeps the connection, logs', () => {
    const logged: string[] = [];
    const rig = rigWith([
      slot({
        headerFilter(context) {
          context.removeResponseHeader('server');
          context.setResponseHeader('X-Origin', context.request.header('origin') ?? '');
        },
        bodyFilter: () => upperCase,
        log: (context) =>
          void logged.push(`${context.status} ${context.responseHeader('x-origin')} ${context.exitReason}`),
      }),
    ]);
    const client = rig.client(get);
    client.send(get);
    rig.world.run();
    expect(client.received).toContain('X-Origin: here\r\n');
    expect(client.received).not.toContain('Content-Length');
    expect(client.received.endsWith('0\r\n\r\n')).toBe(true);
    expect(client.received.replaceAll(/\r\n[0-9a-f]+\r\n/g, '|')).toContain('|HI.');
    expect(logged).toEqual(['200 here ', '200 here ']);
    expect(rig.peers.length).toBe(1);
  });

  it('logs what was refused before any route matched', () => {
    const rig = createRig([]);
    rig.client('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n');
    rig.world.run(1000);
    expect(JSON.parse(rig.lines[0]!)).toMatchObject({ response: { status: 400 }, reason: 'bad_request' });
  });
});
