// The same exchange under another protocol: a head as an HTTP/2 stream would fill it, a client that is no connection.
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/ports/log.ts';
import type { Compiled } from '../../../src/proxy/compile/compiled.ts';
import type { ExchangeClient } from '../../../src/proxy/exchange/client.ts';
import { Engine } from '../../../src/proxy/exchange/engine.ts';
import { Exchange } from '../../../src/proxy/exchange/exchange.ts';
import { ResponseHeadWriter } from '../../../src/proxy/exchange/response-head.ts';
import { Head } from '../../../src/proxy/http/head.ts';
import { parseRequestHead } from '../../../src/proxy/http/request-parser.ts';
import { RouteCounters, routeCounterCount } from '../../../src/proxy/server/route-counters.ts';
import { Statistics, statisticsWords } from '../../../src/proxy/server/statistics.ts';
import { Deadlines } from '../../../src/proxy/upstream/deadlines.ts';
import { EndpointPools } from '../../../src/proxy/upstream/pool.ts';
import { staticTables } from '../../bench/static-tables.ts';
import type { MemoryTcp, MemoryWorld } from './memory-tcp.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

class Stream implements ExchangeClient {
  readonly isTls = true;
  readonly serverName = 'shop.example';
  readonly clientIdentity = null;
  readonly remoteAddress = '10.9.8.7';
  readonly remotePort = 1;
  readonly localAddress = '10.0.0.1';
  readonly localPort = 8443;
  received = '';
  done = 0;

  write(bytes: Buffer): boolean {
    this.received += bytes.toString('latin1');
    return true;
  }

  write2(first: Buffer, second: Buffer): boolean {
    return this.write(first) && this.write(second);
  }

  exchangeDone(): void {
    this.done++;
  }

  pauseRequest(): void {}
  resumeRequest(): void {}
  cut(): void {}
  beginTunnel(): void {}
  endTunnel(): void {}
}

/** Pseudo fields and lower-case fields, written as canonical HTTP/1 bytes. */
function headOf(
  method: string,
  path: string,
  authority: string,
  fields: Readonly<Record<string, string>>,
): Head {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines.join('')}\r\n`,
    'latin1',
  );
  const head = new Head();
  expect(parseRequestHead(head, bytes, 0, bytes.length)).toBe(bytes.length);
  head.minor = 2;
  return head;
}

it('routes, forwards and answers a stream of HTTP/2', () => {
  const rig = createRig([]);
  rig.upstream(9000, answering(okResponse));
  const world: MemoryWorld = rig.world;
  const tcp: MemoryTcp = rig.tcp;
  const deadlines = new Deadlines(world);
  const tls = { listen() {}, connect: () => tcp.connect('', 0, null as never) };
  const pools = new EndpointPools({ tcp, tls, deadlines });
  const holder: { tables: Compiled | null } = { tables: null };
  holder.tables = staticTables([{ ...toPort(9000), host: 'shop.example' }], pools);
  const random = { uint32: () => 1, bytes: (_stream: string, length: number) => Buffer.alloc(length, 7) };
  const statistics = new Statistics(new Float64Array(statisticsWords), 0);
  const engine = new Engine(
    { clock: world, log: silentLog, random },
    deadlines,
    { statistics, routes: new RouteCounters(new Float64Array(routeCounterCount(1))) },
    () => holder.tables!,
    null,
  );
  const stream = new Stream();
  const exchange = new Exchange(engine, stream, new ResponseHeadWriter(engine.slab));

  const head = headOf('GET', '/a?b', 'Shop.Example', { accept: 'x', te: 'trailers', cookie: 'a=1' });
  exchange.begin(head, head.end, true);
  world.run();

  expect(exchange.request.httpVersion).toBe('2');
  const sent = rig.peers[0]!.received;
  expect(sent).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n/);
  expect(sent).toContain('Via: 2 kong/3.9.1\r\n');
  expect(sent).toContain('X-Forwarded-Proto: https\r\n');
  expect(sent).toContain('TE: trailers\r\n');
  expect(stream.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(stream.received).not.toContain('Connection:');
  expect(stream.done).toBe(1);

  const other = headOf('GET', '/', 'nobody.example', {});
  exchange.begin(other, other.end, true);
  expect(stream.received).toContain('no Route matched with those values');
  expect(stream.done).toBe(2);
});
