// Where Kong listens: proxy, Admin API, status page, and what is not there.
import { oneHost, onePort, parseListeners } from './listener.ts';
import { listOf, type Outcome, refuse } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting, refused } from './setting.ts';

function applyProxyListen(given: GivenSetting, outcome: Outcome): void {
  const listeners = parseListeners(given) ?? refuse(given, 'a proxy without a port serves nothing');
  const plain = listeners.filter(({ flags }) => !flags.has('ssl'));
  const tls = listeners.filter(({ flags }) => flags.has('ssl'));
  if (plain.some(({ flags }) => flags.has('http2')))
    refuse(
      given,
      'http2 without ssl: clients cannot speak HTTP/2 here, and would on such a port without asking',
    );
  if (tls.some(({ flags }) => flags.has('http2')))
    outcome.warn(given, 'http2: clients are offered HTTP/1.1, which all but those of gRPC take');
  const announced = listeners.filter(({ flags }) => flags.has('proxy_protocol'));
  if (announced.length > 0 && announced.length < listeners.length)
    refuse(given, 'proxy_protocol is for all proxy ports or for none here');
  const { host, omitted } = oneHost(given, listeners);
  if (omitted.length > 0) outcome.warn(given, `served on ${host} alone, not on ${omitted.join(', ')}`);
  outcome.set(given, 'listen', host);
  outcome.set(given, 'proxy-port', String(onePort(given, plain, 'plain') ?? 'off'));
  outcome.set(given, 'proxy-tls-port', String(onePort(given, tls, 'TLS') ?? 'off'));
  if (announced.length > 0) outcome.set(given, 'proxy-protocol', true);
}

function applyAdminListen(given: GivenSetting, outcome: Outcome): void {
  const listeners = parseListeners(given) ?? [];
  const plain = listeners.filter(({ flags }) => !flags.has('ssl'));
  const tls = listeners.filter(({ flags }) => flags.has('ssl'));
  if (listeners.some(({ flags }) => flags.has('proxy_protocol')))
    refuse(given, 'proxy_protocol is not there for the Admin API');
  if (plain.some(({ flags }) => flags.has('http2')))
    refuse(
      given,
      'http2 without ssl: HTTP/2 is not spoken here, and clients would on such a port without asking',
    );
  const place = (these: typeof listeners, what: string, hostOption: string, portOption: string): void => {
    outcome.set(given, portOption, String(onePort(given, these, what) ?? 'off'));
    if (these.length === 0) return;
    const { host, omitted } = oneHost(given, these);
    if (omitted.length > 0) outcome.warn(given, `served on ${host} alone, not on ${omitted.join(', ')}`);
    outcome.set(given, hostOption, host);
  };
  place(plain, 'Admin API', 'admin-listen', 'admin-port');
  place(tls, 'Admin API with ssl', 'admin-tls-listen', 'admin-tls-port');
}

function applyStatusListen(given: GivenSetting, outcome: Outcome): void {
  const listeners = parseListeners(given);
  if (listeners === null) {
    if (outcome.hasController) outcome.warn(given, 'the status page stays: probes of the pod need it');
    return;
  }
  if (listeners.some(({ flags }) => flags.has('ssl') || flags.has('proxy_protocol')))
    refuse(given, 'the status page speaks plain HTTP alone, without ssl and proxy_protocol');
  const { host, omitted } = oneHost(given, listeners);
  if (omitted.length > 0) outcome.warn(given, `served on ${host} alone, not on ${omitted.join(', ')}`);
  outcome.set(given, 'status-listen', host);
  outcome.set(given, 'status-port', String(onePort(given, listeners, 'status')));
}

const applyPortMaps = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'port-map', listOf(given));

export const listeningSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'proxy_listen',
    type: 'list',
    default: '0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 http2 ssl reuseport backlog=16384',
    option: '--listen, --proxy-port, --proxy-tls-port, --proxy-protocol',
    docs: 'one address (`0.0.0.0` and `[::]` together are one) with at most one plain port and one of TLS (`ssl`); `proxy_protocol` for all or none; `http2` with `ssl` is told and offers HTTP/1.1, without `ssl` it is refused; `reuseport`, `backlog`, `bind`, `deferred`, `so_keepalive` and `ipv6only=off` have no effect: the workers share their sockets and their queue; `off` is refused',
    apply: applyProxyListen,
  },
  {
    kind: 'implemented',
    name: 'admin_listen',
    type: 'list',
    default: '127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384',
    option: '--admin-listen, --admin-port, --admin-tls-listen, --admin-tls-port',
    docs: 'one address and port without `ssl`, and one with it; `http2` with `ssl` has no effect: HTTP/1.1 is spoken; `off` leaves a cluster or a declarative document to say what is served, and is refused without either',
    apply: applyAdminListen,
  },
  {
    kind: 'implemented',
    name: 'status_listen',
    type: 'list',
    default: '127.0.0.1:8007 reuseport backlog=16384',
    option: '--status-listen, --status-port',
    docs: 'one address and port; `ssl` is refused; `off` is the default of `proxy`, and told by `run`, whose status page stays',
    apply: applyStatusListen,
  },
  {
    kind: 'implemented',
    name: 'port_maps',
    type: 'list',
    default: null,
    option: '--port-map',
    docs: 'pairs like `80:8000`: a request that came to the second is told, and matched, as one to the first',
    apply: applyPortMaps,
  },
  ...ignored('made by Kong out of `port_maps`', [['host_ports', 'list', null]]),
  ...refused('streams (TCP, TLS, UDP) are not proxied here', [['stream_listen', 'list', 'off']]),
  ...ignored(
    'there is no Kong Manager here',
    [['admin_gui_listen', 'list', '0.0.0.0:8002, 0.0.0.0:8445 ssl']],
    {
      toldUnless: ['off'],
    },
  ),
  ...ignored('there is no Kong Manager here', [
    ['admin_gui_url', 'list', null],
    ['admin_gui_path', 'string', '/'],
    ['admin_gui_api_url', 'string', null],
    ['admin_gui_access_log', 'string', 'logs/admin_gui_access.log'],
    ['admin_gui_error_log', 'string', 'logs/admin_gui_error.log'],
    ['admin_gui_ssl_cert', 'list', null],
    ['admin_gui_csp_header', 'boolean', 'off'],
  ]),
  ...ignored('there is no Kong Manager here', [['admin_gui_ssl_cert_key', 'list', null]], { isSecret: true }),
];
