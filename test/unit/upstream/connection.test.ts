// One connection to an upstream and its pool, without an exchange: what is told of each response, which connection is used
// again, and what every silence is called.
import { expect, test } from 'vitest';
import type { TcpConnection } from '../../../src/ports/tcp.ts';
import type { Head } from '../../../src/proxy/http/head.ts';
import { Deadlines } from '../../../src/proxy/upstream/deadlines.ts';
import { type EndpointPool, EndpointPools } from '../../../src/proxy/upstream/pool.ts';
import type { ResponseSink } from '../../../src/proxy/upstream/response-sink.ts';
import { type MemorySocket, MemoryTcp, MemoryWorld } from '../exchange/memory-tcp.ts';

const port = 9000;
const noTls = {
  listen() {},
  connect(): never {
    throw new Error('no TLS in memory');
  },
};

interface Bench {
  readonly world: MemoryWorld;
  readonly tcp: MemoryTcp;
  readonly pools: EndpointPools;
  readonly pool: EndpointPool;
  /** The upstream's ends, in the order in which they were accepted. */
  readonly peers: MemorySocket[];
}

/** `onRequest` is called for each piece that an upstream gets. */
function createBench(onRequest: (peer: MemorySocket) => void = () => {}): Bench {
  const world = new MemoryWorld();
  const tcp = new MemoryTcp(world);
  const deadlines = new Deadlines(world);
  const pools = new EndpointPools({ tcp, tls: noTls, deadlines });
  const peers: MemorySocket[] = [];
  tcp.listen(
    { host: '10.0.0.1', port },
    (connection: TcpConnection) => {
      const peer = connection as MemorySocket;
      peers.push(peer);
      return { onData: () => onRequest(peer), onDrain() {}, onEnd() {}, onClose() {} };
    },
    () => {},
  );
  return { world, tcp, pools, pool: pools.acquire('10.0.0.1', port, null), peers };
}

interface Asked {
  readonly method?: string;
  readonly isUpgrade?: boolean;
  readonly connectTimeoutMs?: number;
}

/** Sends a request over an idle connection or a new one; `told` is what the sink hears, bodies joined. */
function ask(bench: Bench, { method = 'GET', isUpgrade = false, connectTimeoutMs = 1000 }: Asked = {}) {
  const told: string[] = [];
  let body = '';
  const settle = (): void => {
    if (body !== '') told.push(`body ${body}`);
    body = '';
  };
  const finish = (isLast: boolean): void => {
    if (!isLast) return;
    settle();
    told.push('end');
    connection.release(true);
  };
  const idle = bench.pool.takeIdle();
  const connection = idle ?? bench.pool.connect(connectTimeoutMs);
  const request = Buffer.from(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
  const sink: ResponseSink = {
    upstreamConnected: () => void connection.send(request),
    upstreamDrained: () => void told.push('drained'),
    prepareResponse: () => false,
    responseHead(head: Head, bytes: Buffer, end: number, _headroom: number, isLast: boolean) {
      told.push(`head ${head.status}`);
      body += bytes.toString('latin1', head.end, end);
      finish(isLast);
    },
    responseBody(bytes: Buffer, start: number, end: number, isLast: boolean) {
      body += bytes.toString('latin1', start, end);
      finish(isLast);
    },
    informational: (head: Head) => void told.push(`interim ${head.status}`),
    switched(head: Head, bytes: Buffer, end: number) {
      told.push(`switched ${bytes.toString('latin1', head.end, end)}`);
    },
    tunnelled: (bytes: Buffer, start: number, end: number) =>
      void told.push(`tunnel ${bytes.toString('latin1', start, end)}`),
    tunnelEnded: () => void told.push('tunnel end'),
    upstreamFailed(failure) {
      settle();
      told.push(failure);
    },
  };
  connection.assign(sink, method === 'HEAD', isUpgrade, false, 1000, 1000);
  if (idle !== null) connection.send(request);
  return { told, connection, isNew: idle === null };
}

const ok = 'HTTP/1.1 200 OK\r\n';
const counted = `${ok}Content-Length: 2\r\n\r\nhi`;
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`;
const whole = ['head 200', 'body hi', 'end'];
const chunkedBody = ['head 200', 'body 2\r\nhi\r\n0\r\n\r\n', 'end'];

interface Row {
  readonly title: string;
  readonly says: string;
  readonly asked?: Asked;
  /** After that: FIN, or the connection is lost. */
  readonly ending?: 'end' | 'lost';
  readonly told: readonly string[];
  readonly isKept: boolean;
}

const rows: readonly Row[] = [
  { title: 'counted', says: counted, told: whole, isKept: true },
  { title: 'chunked', says: chunked, told: chunkedBody, isKept: true },
  { title: 'empty', says: `${ok}Content-Length: 0\r\n\r\n`, told: ['head 200', 'end'], isKept: true },
  {
    title: '204 whatever it claims',
    says: 'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n',
    told: ['head 204', 'end'],
    isKept: true,
  },
  {
    title: '304 whatever it claims',
    says: 'HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n',
    told: ['head 304', 'end'],
    isKept: true,
  },
  {
    title: 'HEAD',
    asked: { method: 'HEAD' },
    says: `${ok}Content-Length: 5\r\n\r\n`,
    told: ['head 200', 'end'],
    isKept: true,
  },
  {
    title: 'HEAD with a body all the same',
    asked: { method: 'HEAD' },
    says: counted,
    told: ['head 200', 'end'],
    isKept: false,
  },
  {
    title: 'Connection: close',
    says: counted.replace('\r\n', '\r\nConnection: close\r\n'),
    told: whole,
    isKept: false,
  },
  { title: 'HTTP/1.0', says: counted.replace('1.1', '1.0'), told: whole, isKept: false },
  {
    title: 'HTTP/1.0 keep-alive',
    says: counted.replace('1.1 200 OK', '1.0 200 OK\r\nConnection: keep-alive'),
    told: whole,
    isKept: true,
  },
  { title: 'until close', says: `${ok}\r\nhi`, ending: 'end', told: whole, isKept: false },
  {
    title: 'until it is lost',
    says: `${ok}\r\nhi`,
    ending: 'lost',
    told: ['head 200', 'body hi', 'response_cut'],
    isKept: false,
  },
  {
    title: 'interim answers',
    says: `HTTP/1.1 103 Early\r\n\r\n${counted}`,
    told: ['interim 103', ...whole],
    isKept: true,
  },
  {
    title: 'seventeen interim answers',
    says: 'HTTP/1.1 103 Early\r\n\r\n'.repeat(17),
    told: [...Array<string>(16).fill('interim 103'), 'bad_response'],
    isKept: false,
  },
  { title: 'more than it counted', says: `${counted}!`, told: whole, isKept: false },
  { title: 'a second answer that nobody asked for', says: counted + counted, told: whole, isKept: false },
  {
    title: 'less than it counted',
    says: `${ok}Content-Length: 9\r\n\r\nhi`,
    ending: 'end',
    told: ['head 200', 'body hi', 'response_cut'],
    isKept: false,
  },
  {
    title: 'chunks that do not end',
    says: chunked.slice(0, -5),
    ending: 'end',
    told: ['head 200', 'body 2\r\nhi\r\n', 'response_cut'],
    isKept: false,
  },
  {
    title: 'a chunk of no size',
    says: `${ok}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
    told: ['bad_response'],
    isKept: false,
  },
  { title: 'nothing, then FIN', says: '', ending: 'end', told: ['closed_after_send'], isKept: false },
  {
    title: 'half a head, then FIN',
    says: 'HTTP/1.1 200',
    ending: 'end',
    told: ['closed_after_send'],
    isKept: false,
  },
  { title: 'not HTTP', says: 'SSH-2.0-x\r\n\r\n', told: ['bad_response'], isKept: false },
  {
    title: 'two lengths',
    says: `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nhi`,
    told: ['bad_response'],
    isKept: false,
  },
  {
    title: 'a head without end',
    says: `${ok}${'X: y\r\n'.repeat(20_000)}`,
    told: ['bad_response'],
    isKept: false,
  },
  {
    title: 'a switch that nobody asked for',
    says: 'HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    told: ['bad_response'],
    isKept: false,
  },
  {
    title: 'a switch to something else',
    asked: { isUpgrade: true },
    says: 'HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    told: ['bad_response'],
    isKept: false,
  },
];

test.each(rows)('$title', ({ says, asked, ending, told, isKept }) => {
  // All at once, and byte by byte.
  for (const size of [says.length + 1, says.length > 1000 ? 997 : 1]) {
    const bench = createBench();
    const request = ask(bench, asked);
    bench.world.run();
    for (let at = 0; at < says.length && bench.peers[0]!.isOpen; at += size) {
      bench.peers[0]!.write(Buffer.from(says.slice(at, at + size), 'latin1'));
      bench.world.run(1);
    }
    bench.world.run();
    if (ending === 'end') bench.peers[0]!.end();
    if (ending === 'lost') bench.peers[0]!.destroy();
    bench.world.run();
    // Cut in time, the framing may be in pieces, and a bad chunk comes after its head.
    const expected =
      size === 1 && told[0] === 'bad_response' && says.includes('chunked')
        ? ['head 200', 'response_cut']
        : told;
    expect(request.told).toEqual(expected);
    expect(bench.pool.idleCount).toBe(isKept ? 1 : 0);
    expect(bench.peers[0]!.isOpen).toBe(isKept);
  }
});

test('a tunnel carries both ends until each has said its last', () => {
  const bench = createBench();
  const { told, connection } = ask(bench, { isUpgrade: true });
  bench.world.run();
  bench.peers[0]!.write(
    Buffer.from('HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst'),
  );
  bench.world.run();
  bench.peers[0]!.write(Buffer.from('second'));
  bench.peers[0]!.end();
  bench.world.run();
  expect(told).toEqual(['switched first', 'tunnel second', 'tunnel end']);
  connection.destroy();
  expect(bench.pool.idleCount).toBe(0);
});

test.each<[title: string, prepare: (bench: Bench) => void, told: readonly string[]]>([
  [
    'nobody listens',
    ({ tcp }) =>
      tcp.listen(
        { host: '', port },
        () => null,
        () => {},
      ),
    ['connect_refused'],
  ],
  ['nobody answers the connection', ({ tcp }) => void tcp.silentPorts.add(port), ['connect_timeout']],
  ['nobody answers the request', () => {}, ['response_timeout']],
])('%s', (_title, prepare, told) => {
  const bench = createBench();
  prepare(bench);
  const request = ask(bench);
  bench.world.run(900);
  if (told[0]!.endsWith('timeout')) expect(request.told).toEqual([]);
  bench.world.run(300);
  expect(request.told).toEqual(told);
  bench.world.run(10_000);
  expect(request.told).toEqual(told);
});

test('an upstream that takes nothing, and one that stops in the middle', () => {
  const stuck = createBench();
  const blocked = ask(stuck);
  stuck.world.run();
  stuck.peers[0]!.peer!.isSlow = true;
  expect(blocked.connection.write(Buffer.from('more'))).toBe(false);
  stuck.world.run(1200);
  expect(blocked.told).toEqual(['send_timeout']);

  const half = createBench((peer) => void peer.write(Buffer.from(`${ok}Content-Length: 9\r\n\r\nhi`)));
  const { told } = ask(half);
  half.world.run(1200);
  expect(told).toEqual(['head 200', 'body hi', 'response_stalled']);
});

test('a response that its client takes slowly is not late', () => {
  const bench = createBench((peer) => void peer.write(Buffer.from(`${ok}Content-Length: 4\r\n\r\nhi`)));
  const { told, connection } = ask(bench);
  bench.world.run();
  connection.pause();
  bench.world.run(60_000);
  expect(told).toEqual(['head 200']);
  connection.resume();
  bench.peers[0]!.write(Buffer.from('ho'));
  bench.world.run();
  expect(told).toEqual(['head 200', 'body hiho', 'end']);
});

const answering = (peer: MemorySocket): void => void peer.write(Buffer.from(counted));

test.each<[title: string, between: (bench: Bench) => void, isReused: boolean]>([
  ['at once', () => {}, true],
  ['within the minute', ({ world }) => world.run(59_000), true],
  ['after the minute', ({ world }) => world.run(61_000), false],
  ['after its FIN', ({ peers }) => peers[0]!.end(), false],
  ['after it was lost', ({ peers }) => peers[0]!.destroy(), false],
  ['after words that nobody asked for', ({ peers }) => void peers[0]!.write(Buffer.from(counted)), false],
  ['after its address was given up', ({ pools, pool }) => pools.release(pool), false],
  ['while the worker drains', ({ pools }) => pools.closeAll(), false],
])('a second request %s', (_title, between, isReused) => {
  const bench = createBench(answering);
  ask(bench);
  bench.world.run();
  expect(bench.pool.idleCount).toBe(1);
  between(bench);
  bench.world.run();
  const second = ask(bench);
  bench.world.run();
  expect(second.told).toEqual(whole);
  expect(second.isNew).toBe(!isReused);
  expect(bench.peers.length).toBe(isReused ? 1 : 2);
});

test('a connection that is busy when its address is given up closes after its response', () => {
  const bench = createBench();
  const { told } = ask(bench);
  bench.world.run();
  bench.pools.release(bench.pool);
  answering(bench.peers[0]!);
  bench.world.run();
  expect(told).toEqual(whole);
  expect([bench.pool.idleCount, bench.peers[0]!.isOpen]).toEqual([0, false]);
});

test('so many connections stay idle and no more; the one used last is used first', () => {
  const bench = createBench(answering);
  const all = Array.from({ length: 600 }, () => ask(bench));
  bench.world.run();
  expect(all.every(({ told }) => told.join() === whole.join())).toBe(true);
  expect(bench.pool.idleCount).toBe(512);
  expect(bench.peers.filter((peer) => peer.isOpen)).toHaveLength(512);
  expect(bench.pool.takeIdle()).toBe(all[599]!.connection);
});

const tls = {
  serverName: 'a',
  verify: true,
  verifyDepth: 1,
  certificateAuthorities: null,
  clientCertificate: null,
};
const pair = { cert: '', key: '' };
test('a pool is for one address and one idea of its peer', () => {
  const { pools } = createBench();
  const places: Parameters<EndpointPools['acquire']>[] = [
    ['10.0.0.1', 443, null],
    ['10.0.0.1', 444, null],
    ['10.0.0.2', 443, null],
    ['10.0.0.1', 443, tls],
    ['10.0.0.1', 443, { ...tls, serverName: 'b' }],
    ['10.0.0.1', 443, { ...tls, verify: false }],
    ['10.0.0.1', 443, { ...tls, verifyDepth: 2 }],
    ['10.0.0.1', 443, { ...tls, certificateAuthorities: [] }],
    ['10.0.0.1', 443, { ...tls, certificateAuthorities: ['x'] }],
    ['10.0.0.1', 443, { ...tls, clientCertificate: { id: 'x', ...pair } }],
    ['10.0.0.1', 443, { ...tls, clientCertificate: { id: 'y', ...pair } }],
  ];
  const made = places.map((place) => pools.acquire(...place));
  expect(new Set(made).size).toBe(places.length);
  expect(places.map((place) => pools.acquire(...place))).toEqual(made);
  // Two references each: the first release changes nothing, a release too many neither.
  for (const pool of made) pools.release(pool);
  expect(pools.acquire(...places[3]!)).toBe(made[3]);
  for (let i = 0; i < 5; i++) pools.release(made[3]!);
  expect(pools.acquire(...places[3]!)).not.toBe(made[3]);
});

test('a name that a client chose has a pool of its own, and there are only so many', () => {
  const { pools } = createBench();
  const plain = pools.acquire('10.0.0.1', 80, null);
  expect(plain.askedFor('b:8080')).toBe(plain);
  const pool = pools.acquire('10.0.0.1', 443, tls);
  for (const same of ['a', 'A', 'a:8443']) expect(pool.askedFor(same)).toBe(pool);
  const other = pool.askedFor('b:8443');
  expect(other).not.toBe(pool);
  expect(pool.askedFor('B')).toBe(other);
  const nameless = pool.askedFor('10.0.0.9:8443');
  expect(pool.askedFor('[::1]:8443')).toBe(nameless);
  expect(pool.askedFor('x'.repeat(254))).toBe(nameless);
  for (let i = 0; i < 40; i++) {
    pool.askedFor(`${i}.example`);
    expect(pool.askedFor('b')).toBe(other);
  }
  // Forgotten: it takes no connection back, and the next one for it is new.
  expect([nameless.references, other.references]).toEqual([0, 1]);
  expect(pool.askedFor('10.0.0.9')).not.toBe(nameless);
  pools.release(pool);
  expect([pool.references, other.references]).toEqual([0, 0]);
});
