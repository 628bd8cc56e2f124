// Who a client is, and what headers and error pages tell.
import { parseIpNetwork } from '../../base/ip-address.ts';
import { listOf, type Outcome, refuse, switchOf } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting } from './setting.ts';

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

/** The options check what a value may be, and name the setting. */
const applyHeaders = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'headers', listOf(given).join(','));

const applyHeadersUpstream = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'headers-upstream', listOf(given).join(','));

function applyTemplate(kind: string): (given: GivenSetting, outcome: Outcome) => void {
  return (given, outcome) => {
    const before = (outcome.options.get('error-template')?.value ?? []) as readonly string[];
    outcome.set(given, 'error-template', [...before, `${kind}=${given.value}`]);
  };
}

const templates: readonly KongSetting[] = ['html', 'json', 'xml', 'plain'].map((kind) => ({
  kind: 'implemented',
  name: `error_template_${kind}`,
  type: 'string',
  default: null,
  option: '--error-template',
  docs: 'file with the body of errors of that type: the first `%s` is the message, a second one the id of the request; other than in Kong the message is escaped for its type',
  apply: applyTemplate(kind),
}));

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
    option: '--headers',
    docs: 'headers of its own that responses get, `off` for none; `X-Kong-Admin-Latency` is always told',
    apply: applyHeaders,
  },
  {
    kind: 'implemented',
    name: 'headers_upstream',
    type: 'list',
    default: 'x-kong-request-id',
    option: '--headers-upstream',
    docs: 'this one or `off`',
    apply: applyHeadersUpstream,
  },
  {
    kind: 'implemented',
    name: 'allow_debug_header',
    type: 'boolean',
    default: 'off',
    option: '--allow-debug-header',
    docs: 'a client that sends `Kong-Debug: 1` is told the ids and names of route and service',
    apply: (given, outcome) => outcome.set(given, 'allow-debug-header', switchOf(given)),
  },
  ...templates,
  {
    kind: 'implemented',
    name: 'error_default_type',
    type: 'string',
    default: 'text/plain',
    option: '--error-default-type',
    docs: 'type of the errors that nginx makes in Kong, where a request has neither `Accept` nor `Content-Type`',
    apply: (given, outcome) => outcome.set(given, 'error-default-type', given.value),
  },
  ...ignored('there is no request debugging over headers', [['request_debug', 'boolean', 'on']]),
  ...ignored('there is no request debugging over headers', [['request_debug_token', 'string', null]], {
    isSecret: true,
  }),
];
