// TLS towards clients: the default certificate, the suites, certificates of clients.
import { listOf, type Outcome, refuse, switchOf } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting, refused } from './setting.ts';

/** PEM has no commas, nor has base64, so that a list may hold either beside paths. */
const applyCertificate = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'default-certificate', listOf(given));

const applyCertificateKey = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'default-certificate-key', listOf(given));

/** Intermediate is what is spoken without options, modern is TLS 1.3 alone. */
function applySuite(given: GivenSetting, outcome: Outcome): void {
  if (given.value === 'modern') outcome.set(given, 'tls-versions', '1.3');
  else if (given.value !== 'intermediate')
    refuse(given, 'must be intermediate (without DHE) or modern; no other suites are there');
}

function applyProtocols(given: GivenSetting, outcome: Outcome): void {
  const versions = new Set(given.value.split(/\s+/));
  for (const version of versions)
    if (!/^(SSLv[23]|TLSv1(\.[123])?)$/.test(version)) refuse(given, `nginx has no protocol '${version}'`);
  const spoken = ['1.2', '1.3'].filter((version) => versions.has(`TLSv${version}`));
  if (spoken.length === 0) refuse(given, 'only TLSv1.2 and TLSv1.3 are there, and neither is named');
  if (versions.size > spoken.length) outcome.warn(given, 'only TLSv1.2 and TLSv1.3 are spoken');
  outcome.set(given, 'tls-versions', spoken.join(','));
}

function applyVerifyClient(given: GivenSetting, outcome: Outcome): void {
  if (!['on', 'off', 'optional', 'optional_no_ca'].includes(given.value))
    refuse(given, 'must be on, off, optional or optional_no_ca');
  outcome.set(given, 'client-verify', given.value);
}

/** Directives that Kong puts into the server of its proxy, or into the whole of http. */
function clientCertificates(space: 'nginx_http_' | 'nginx_proxy_'): readonly KongSetting[] {
  const before = space === 'nginx_proxy_' ? '; before `nginx_http_` where both are given' : '';
  return [
    {
      kind: 'implemented',
      name: `${space}ssl_client_certificate`,
      type: 'string',
      default: null,
      option: '--client-ca',
      docs: `file with the authorities whose certificates clients show; without \`ssl_verify_client\` it has no effect, which is told${before}`,
      apply: (given, outcome) => outcome.set(given, 'client-ca', [given.value]),
    },
    {
      kind: 'implemented',
      name: `${space}ssl_verify_client`,
      type: 'string',
      default: 'off',
      option: '--client-verify',
      docs: `\`on\`, \`off\`, \`optional\` or \`optional_no_ca\`${before}`,
      apply: applyVerifyClient,
    },
    {
      kind: 'implemented',
      name: `${space}ssl_verify_depth`,
      type: 'number',
      default: '1',
      option: '--client-verify-depth',
      docs: `authorities between a client's certificate and one in the file, at most${before}`,
      apply: (given, outcome) => outcome.set(given, 'client-verify-depth', given.value),
    },
  ];
}

function applyAdminVerifyClient(given: GivenSetting, outcome: Outcome): void {
  if (given.value === 'off') outcome.options.delete('admin-client-ca');
  else if (given.value !== 'on')
    refuse(given, 'must be on or off: who shows no certificate would reach the Admin API all the same');
  else if (!outcome.options.has('admin-client-ca'))
    refuse(given, 'needs nginx_admin_ssl_client_certificate: whose certificates are believed');
}

/** All count with a listener of `admin_listen` that has `ssl`, as in Kong. */
const adminSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'admin_ssl_cert',
    type: 'list',
    default: null,
    option: '--admin-certificate',
    docs: 'file, PEM or base64 of PEM: the certificate of the Admin API, self-signed without it; a renewed file counts without a restart',
    apply: (given, outcome) => outcome.set(given, 'admin-certificate', listOf(given)),
  },
  {
    kind: 'implemented',
    name: 'admin_ssl_cert_key',
    type: 'list',
    default: null,
    option: '--admin-certificate-key',
    docs: 'their keys, in the same order',
    isSecret: true,
    apply: (given, outcome) => outcome.set(given, 'admin-certificate-key', listOf(given)),
  },
  {
    kind: 'implemented',
    name: 'nginx_admin_ssl_client_certificate',
    type: 'string',
    default: null,
    option: '--admin-client-ca',
    docs: 'file with the authorities whose certificates callers of the Admin API show',
    apply: (given, outcome) => outcome.set(given, 'admin-client-ca', given.value),
  },
  {
    kind: 'implemented',
    name: 'nginx_admin_ssl_verify_client',
    type: 'string',
    default: 'off',
    option: '--admin-client-ca',
    docs: '`on` or `off`; `optional` and `optional_no_ca` are refused, since nothing would look at what they tell',
    apply: applyAdminVerifyClient,
  },
  {
    kind: 'implemented',
    name: 'nginx_admin_ssl_verify_depth',
    type: 'number',
    default: '1',
    option: '--admin-client-verify-depth',
    docs: "authorities between a caller's certificate and one in the file, at most",
    apply: (given, outcome) => outcome.set(given, 'admin-client-verify-depth', given.value),
  },
];

export const tlsSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'ssl_cert',
    type: 'list',
    default: null,
    option: '--default-certificate',
    docs: 'file, PEM or base64 of PEM: the certificate of clients whose name has none; a second one has the other type of key (RSA, ECDSA)',
    apply: applyCertificate,
  },
  {
    kind: 'implemented',
    name: 'ssl_cert_key',
    type: 'list',
    default: null,
    option: '--default-certificate-key',
    docs: 'their keys, in the same order',
    isSecret: true,
    apply: applyCertificateKey,
  },
  {
    kind: 'implemented',
    name: 'ssl_cipher_suite',
    type: 'string',
    default: 'intermediate',
    option: '--tls-versions',
    docs: '`intermediate`, without DHE, or `modern`, which is TLS 1.3 alone; `old`, `fips` and `custom` are refused',
    apply: applySuite,
  },
  ...ignored('counts with `ssl_cipher_suite=custom` alone, which is refused', [
    ['ssl_ciphers', 'string', null],
  ]),
  ...['ssl_protocols', 'nginx_http_ssl_protocols', 'nginx_proxy_ssl_protocols'].map(
    (name): KongSetting => ({
      kind: 'implemented',
      name,
      type: 'string',
      default: name === 'ssl_protocols' ? 'TLSv1.2 TLSv1.3' : null,
      option: '--tls-versions',
      docs: 'TLSv1.2, TLSv1.3 or both; older ones are told and not spoken; the last of these settings in this table counts',
      apply: applyProtocols,
    }),
  ),
  ...ignored("the order is the client's, as in Kong with the suites of intermediate", [
    ['ssl_prefer_server_ciphers', 'boolean', 'on'],
    ['nginx_http_ssl_prefer_server_ciphers', 'boolean', null],
  ]),
  ...ignored('there are no suites with DHE', [
    ['ssl_dhparam', 'string', null],
    ['nginx_http_ssl_dhparam', 'string', null],
  ]),
  ...ignored('sessions go on with sealed tickets, whose keys are replaced every 12 hours', [
    ['ssl_session_timeout', 'string', '1d'],
    ['nginx_http_ssl_session_timeout', 'string', null],
    ['ssl_session_cache_size', 'string', '10m'],
  ]),
  ...['ssl_session_tickets', 'nginx_http_ssl_session_tickets'].map(
    (name): KongSetting => ({
      kind: 'implemented',
      name,
      type: 'boolean',
      default: name === 'ssl_session_tickets' ? 'on' : null,
      option: '--tls-session-tickets',
      docs: '`off`: each connection is a full handshake, since there is no other store of sessions',
      apply: (given, outcome) => outcome.set(given, 'tls-session-tickets', switchOf(given)),
    }),
  ),
  ...refused('there is no OpenSSL configuration to give commands to', [
    ['nginx_http_ssl_conf_command', 'string', null],
    ['nginx_http_proxy_ssl_conf_command', 'string', null],
  ]),
  ...ignored('no Lua and no gRPC upstream opens connections', [
    ['nginx_http_lua_ssl_conf_command', 'string', null],
    ['nginx_http_grpc_ssl_conf_command', 'string', null],
  ]),
  ...clientCertificates('nginx_http_'),
  ...clientCertificates('nginx_proxy_'),
  ...refused(
    'there is no client certificate for all upstreams; services and upstreams have `client_certificate`',
    [['client_ssl', 'boolean', 'off']],
    ['off', 'false'],
  ),
  ...ignored('counts with `client_ssl` alone, which is refused', [['client_ssl_cert', 'string', null]]),
  ...ignored('counts with `client_ssl` alone, which is refused', [['client_ssl_cert_key', 'string', null]], {
    isSecret: true,
  }),
  ...adminSettings,
  ...ignored('the status page speaks no TLS here; its listener with `ssl` is refused', [
    ['status_ssl_cert', 'list', null],
  ]),
  ...ignored(
    'the status page speaks no TLS here; its listener with `ssl` is refused',
    [['status_ssl_cert_key', 'list', null]],
    { isSecret: true },
  ),
  ...refused('other authorities for upstreams: NODE_EXTRA_CA_CERTS=FILE, or `ca_certificates` of a service', [
    ['lua_ssl_trusted_certificate', 'list', 'system'],
  ]),
  ...ignored(
    'no Lua opens connections; services have `tls_verify_depth`',
    [['lua_ssl_verify_depth', 'number', '1']],
    { toldUnless: [] },
  ),
  ...ignored('no Lua opens connections', [['lua_ssl_protocols', 'string', 'TLSv1.2 TLSv1.3']]),
];
