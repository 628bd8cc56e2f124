// Every way in which a request ends otherwise than with its upstream's whole response: the answer, and one reason that
// is the same in the access log and in the counters.
import { expect, it, test } from 'vitest';
import { emptyList, listOf } from '../../../src/proxy/balance/peer.ts';
import { type ExitReason, exitReasons } from '../../../src/proxy/exchange/exits.ts';
import { sumExits } from '../../../src/proxy/server/statistics.ts';
import type { StaticRoute } from '../../bench/static-tables.ts';
import { type ClientPeer, createRig, okResponse, type Rig, toPort, type UpstreamPeer } from './rig.ts';

const get = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';
const upgrade = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const seconds = 1000;

interface Case {
  readonly reason: ExitReason;
  /** Of the log; 499: the client got nothing. */
  readonly status: number;
  readonly sends?: string;
  readonly route?: Partial<StaticRoute>;
  /** '' = silence; absent: nobody listens. */
  readonly answers?: string | ((peer: UpstreamPeer) => void);
  readonly connectError?: string;
  readonly next?: (rig: Rig, client: ClientPeer) => void;
}

const once = { service: { retries: 0 } };
const waits = (ms: number) => (rig: Rig) => rig.world.run(ms);
const half = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const failsToConnect = (reason: ExitReason, status: number, connectError: string): Case => ({
  reason,
  status,
  connectError,
  route: once,
});

const cases: readonly Case[] = [
  { reason: 'no_route', status: 404, sends: get.replace('Host: a', 'Host: b'), route: { host: 'c' } },
  { reason: 'no_service', status: 503, route: { route: { service: null } } },
  { reason: 'no_endpoints', status: 503, route: { targets: [] } },
  {
    reason: 'name_unresolved',
    status: 503,
    route: {
      service: { balancer: { affinity: null, list: listOf([], 1, 0, 'unresolved'), pick: () => null } },
    },
  },
  {
    reason: 'no_other_endpoint',
    status: 503,
    route: { service: { balancer: { affinity: null, list: emptyList, pick: oneTry() } } },
  },
  {
    reason: 'plugin_unavailable',
    status: 503,
    route: { route: { unavailableReason: 'no such plugin', lacksPlugin: true } },
  },
  { reason: 'service_unavailable', status: 503, route: { route: { unavailableReason: 'protocol tcp' } } },
  { reason: 'https_required', status: 426, route: { route: { allowsHttp: false } } },
  { reason: 'grpc_required', status: 415, route: { route: { isGrpc: true } } },
  {
    reason: 'http2_required',
    status: 426,
    sends: get.replace('Host', 'Content-Type: application/grpc+proto\r\nHost'),
    route: { route: { isGrpc: true } },
  },
  { reason: 'bad_request', status: 400, sends: 'GET /a HTTP/1.1\r\nHost : a\r\n\r\n' },
  {
    reason: 'head_too_large',
    status: 400,
    sends: `GET /a HTTP/1.1\r\nHost: a\r\n${`A: ${'x'.repeat(7000)}\r\n`.repeat(5)}\r\n`,
  },
  { reason: 'target_too_long', status: 414, sends: `GET /${'x'.repeat(9000)}` },
  { reason: 'version_unsupported', status: 505, sends: 'GET /a HTTP/3.0\r\nHost: a\r\n\r\n' },
  { reason: 'method_refused', status: 405, sends: get.replace('GET', 'TRACE') },
  { reason: 'expectation_failed', status: 417, sends: get.replace('Host', 'Expect: tea\r\nHost') },
  { reason: 'head_timeout', status: 408, sends: 'GET /a HT', next: waits(61 * seconds) },
  { reason: 'body_timeout', status: 408, sends: post.slice(0, -2), answers: '', next: waits(61 * seconds) },
  { reason: 'connect_refused', status: 502, route: once },
  {
    reason: 'connect_timeout',
    status: 504,
    route: once,
    connectError: 'silence',
    next: waits(61 * seconds),
  },
  failsToConnect('connect_failed', 502, 'EHOSTUNREACH'),
  failsToConnect('tls_failed', 502, 'TLS ERR_SSL_WRONG_VERSION_NUMBER'),
  failsToConnect('tls_untrusted', 502, 'TLS UNTRUSTED CERT_HAS_EXPIRED'),
  failsToConnect('reset_before_send', 502, 'ECONNRESET'),
  failsToConnect('descriptors_exhausted', 500, 'EMFILE'),
  { reason: 'reset_after_send', status: 502, sends: post, answers: (peer) => peer.socket.destroy() },
  { reason: 'closed_after_send', status: 502, sends: post, answers: (peer) => peer.socket.end() },
  { reason: 'response_timeout', status: 504, route: once, answers: '', next: waits(61 * seconds) },
  { reason: 'bad_response', status: 502, answers: 'SSH-2.0\r\n\r\n' },
  {
    reason: 'response_cut',
    status: 200,
    answers: half,
    next: (rig) => {
      rig.peers[0]!.socket.destroy();
      rig.world.run();
    },
  },
  { reason: 'response_stalled', status: 200, answers: half, next: waits(61 * seconds) },
  { reason: 'tunnel_idle', status: 101, sends: upgrade, answers: switched, next: waits(61 * seconds) },
  {
    reason: 'client_gone',
    status: 499,
    answers: '',
    next: (rig, client) => {
      client.socket.destroy();
      rig.world.run();
    },
  },
  {
    reason: 'client_stalled',
    status: 200,
    answers: (peer) => {
      peer.send(okResponse);
    },
    next: (rig, client) => {
      client.far.isSlow = true;
      client.send(get);
      rig.world.run(61 * seconds);
    },
  },
  {
    reason: 'drain_cut',
    status: 499,
    answers: '',
    next: (rig) => {
      rig.serving.drain(1 * seconds, () => {});
      rig.world.run(2 * seconds);
    },
  },
];

/** Plugins, whole bodies, certificates of clients and a blocked write to an upstream have tests of their own. */
const elsewhere: readonly ExitReason[] = [
  'plugin',
  'plugin_failed',
  'body_too_large',
  'send_timeout',
  'client_certificate_missing',
  'client_certificate_refused',
  'misdirected_request',
];

/** One target, and no other one. */
function oneTry(): (tried: readonly unknown[] | null) => never | null {
  const endpoint = { key: '', host: '10.0.0.1', port: 9000, takeIdle: () => null, connect: refuse };
  return (tried) => (tried === null ? ({ endpoint, hostHeader: 'x', health: null } as never) : null);
}

function refuse(): unknown {
  let sink: { upstreamFailed(failure: string): void } | null = null;
  const connection = {
    assign(given: NonNullable<typeof sink>) {
      sink = given;
      queueMicrotask(() => sink!.upstreamFailed('connect_refused'));
    },
    destroy() {},
  };
  return connection;
}

async function check(entry: Case): Promise<void> {
  const { reason, sends = get, answers } = entry;
  const rig = createRig([{ ...toPort(9000), ...entry.route }]);
  if (answers !== undefined)
    rig.upstream(9000, (peer) => {
      if (typeof answers !== 'string') answers(peer);
      else if (answers !== '') peer.send(answers);
    });
  if (entry.connectError === 'silence') rig.tcp.silentPorts.add(9000);
  else if (entry.connectError !== undefined) rig.tcp.connectErrors.set(9000, entry.connectError);
  const client = rig.client(sends);
  await Promise.resolve();
  entry.next?.(rig, client);
  rig.world.run(1000);
  expect(JSON.parse(rig.lines.at(-1)!)).toMatchObject({ reason, response: { status: entry.status } });
  const counted = exitReasons.filter((name) => sumExits(rig.statistics, name) > 0);
  expect(counted).toEqual([reason]);
  if (entry.status >= 400 && entry.status !== 499)
    expect(client.received).toMatch(new RegExp(`HTTP/1\\.1 ${entry.status} `));
}

it.each(cases.map((entry) => [entry.reason, entry] as const))('%s', (_reason, entry) => check(entry));

test('no reason is without a test, none twice', () => {
  expect([...cases.map(({ reason }) => reason), ...elsewhere].sort()).toEqual([...exitReasons].sort());
});

test('a whole response of an upstream has no reason', () => {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => peer.send(okResponse));
  rig.client(get);
  rig.world.run(1000);
  expect(JSON.parse(rig.lines[0]!)).not.toHaveProperty('reason');
  expect(exitReasons.filter((name) => sumExits(rig.statistics, name) > 0)).toEqual([]);
});
