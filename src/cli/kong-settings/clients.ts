// Who a client is, and what headers and error pages tell.
import { parseIpNetwork } from '../../base/ip-address.ts';
import { listOf, type Outcome, refuse, switchOf } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting, refused } from './setting.ts';

function applyTrustedIps(given: GivenSetting, outcome: Outcome): void {
  const items = listOf(given);
  if (items.includes('unix:')) outcome.warn(given, 'nobody comes over unix sockets here');
  const trusted = items.filter((item) => item !== 'unix:');
  const wrong = trusted.find((item) => parseIpNetwork(item) === null);
  if (wrong !== undefined) refuse(given, `must be addresses or networks like 10.0.0.0/8, not '${wrong}'`);
  outcome.set(given, 'trusted-ips', trusted);
}

const applyRealIpHeader = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'real-ip-header', given.value);

const applyRealIpRecursive = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'real-ip-recursive', switchOf(given));

const headersAlways: readonly string[] = ['server_tokens', 'latency_tokens', 'x-kong-request-id'];
/** What `server_tokens` and `latency_tokens` consist of. */
const headersKnown: readonly string[] = [
  ...headersAlways,
  'off',
  'via',
  'server',
  'x-kong-proxy-latency',
  'x-kong-response-latency',
  'x-kong-admin-latency',
  'x-kong-upstream-latency',
  'x-kong-upstream-status',
];

function applyHeaders(given: GivenSetting): void {
  const tokens = listOf(given).map((token) => token.toLowerCase());
  const unknown = tokens.find((token) => !headersKnown.includes(token));
  if (unknown !== undefined) refuse(given, `Kong has no such entry: '${unknown}'`);
  if (tokens.includes('x-kong-upstream-status'))
    refuse(given, 'X-Kong-Upstream-Status is not sent; the access log has the status of the upstream');
  const missing = headersAlways.filter((token) => !tokens.includes(token));
  if (missing.length > 0)
    refuse(
      given,
      `Via, the latencies and X-Kong-Request-Id are always sent, so ${missing.join(', ')} cannot be left out`,
    );
}

function applyHeadersUpstream(given: GivenSetting): void {
  if (listOf(given).join().toLowerCase() !== 'x-kong-request-id')
    refuse(given, 'X-Kong-Request-Id always goes to the upstream, and nothing else can be chosen');
}

export const clientSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'trusted_ips',
    type: 'list',
    default: null,
    option: '--trusted-ips',
    docs: 'addresses and networks whose word on the client is believed; `unix:` is told and left out',
    apply: applyTrustedIps,
  },
  {
    kind: 'implemented',
    name: 'real_ip_header',
    type: 'string',
    default: 'X-Real-IP',
    option: '--real-ip-header',
    docs: 'header in which trusted proxies name the client; `proxy_protocol` goes with the flag of that name in `proxy_listen`; without `trusted_ips` it has no effect, which is told',
    apply: applyRealIpHeader,
  },
  {
    kind: 'implemented',
    name: 'nginx_proxy_real_ip_header',
    type: 'string',
    default: 'X-Real-IP',
    option: '--real-ip-header',
    docs: 'the same, and before it where both are given',
    apply: applyRealIpHeader,
  },
  {
    kind: 'implemented',
    name: 'real_ip_recursive',
    type: 'boolean',
    default: 'off',
    option: '--real-ip-recursive',
    docs: 'the client is the last address in that header that is not trusted',
    apply: applyRealIpRecursive,
  },
  {
    kind: 'implemented',
    name: 'nginx_proxy_real_ip_recursive',
    type: 'boolean',
    default: 'off',
    option: '--real-ip-recursive',
    docs: 'the same, and before it where both are given',
    apply: applyRealIpRecursive,
  },
  {
    kind: 'implemented',
    name: 'headers',
    type: 'list',
    default: 'server_tokens, latency_tokens, x-kong-request-id',
    option: null,
    docs: 'only these three, in any order: the proxy always sends their headers; `off` and shorter lists are refused, and `X-Kong-Upstream-Status`',
    apply: applyHeaders,
  },
  {
    kind: 'implemented',
    name: 'headers_upstream',
    type: 'list',
    default: 'x-kong-request-id',
    option: null,
    docs: 'only this one: it always goes to the upstream; `off` is refused',
    apply: applyHeadersUpstream,
  },
  ...refused(
    'there are no debug headers; `tidegate match` says which route a request gets',
    [['allow_debug_header', 'boolean', 'off']],
    ['off', 'false'],
  ),
  ...refused('bodies of errors are in the format of Kong and cannot be replaced by templates', [
    ['error_template_html', 'string', null],
    ['error_template_json', 'string', null],
    ['error_template_xml', 'string', null],
    ['error_template_plain', 'string', null],
  ]),
  ...refused('the type of error bodies follows the request and cannot be set', [
    ['error_default_type', 'string', 'text/plain'],
  ]),
  ...ignored('there is no request debugging over headers', [['request_debug', 'boolean', 'on']]),
  ...ignored('there is no request debugging over headers', [['request_debug_token', 'string', null]], {
    isSecret: true,
  }),
];
