// What reaches nginx in Kong: its processes, its connections, and directives that are injected into its configuration.
import { type Outcome, refuse } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting, refused } from './setting.ts';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time of nginx, `75s` or `75`, as whole seconds, rounded up. */
function secondsOf(given: GivenSetting, text: string): string {
  const parts = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(text);
  if (parts === null) return refuse(given, `must be a time like 75s or 1m, not '${text}'`);
  return String(Math.ceil((Number(parts[1]) * unitsMs[parts[2] ?? 's']!) / 1000));
}

function applyWorkers(given: GivenSetting, outcome: Outcome): void {
  if (given.value === 'auto') return;
  if (!/^\d{1,3}$/.test(given.value)) refuse(given, 'must be auto or a number');
  outcome.set(given, 'workers', given.value);
}

/** The second value of keepalive_timeout only tells clients. */
const applyKeepaliveTimeout = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'keepalive-seconds', secondsOf(given, given.value.split(/\s+/)[0]!));

const applyHeadTimeout = (given: GivenSetting, outcome: Outcome): void =>
  outcome.set(given, 'head-seconds', secondsOf(given, given.value));

const applyTo =
  (option: string) =>
  (given: GivenSetting, outcome: Outcome): void =>
    outcome.set(given, option, given.value);

function workersSetting(name: string): KongSetting {
  return {
    kind: 'implemented',
    name,
    type: 'string',
    default: 'auto',
    option: '--workers',
    docs: 'worker threads; `auto`: one for each processor that the process may use',
    apply: applyWorkers,
  };
}

function timeSettings(space: 'nginx_http_' | 'nginx_proxy_'): readonly KongSetting[] {
  return [
    {
      kind: 'implemented',
      name: `${space}keepalive_timeout`,
      type: 'string',
      default: null,
      option: '--keepalive-seconds',
      docs: 'how long a connection of a client may wait for its next request; 0 is refused',
      apply: applyKeepaliveTimeout,
    },
    {
      kind: 'implemented',
      name: `${space}client_header_timeout`,
      type: 'string',
      default: null,
      option: '--head-seconds',
      docs: 'how long a client may take to send the head of a request; 0 is refused',
      apply: applyHeadTimeout,
    },
  ];
}

const reuseOptions = {
  upstream_keepalive_pool_size: '--upstream-keepalive-pool-size',
  upstream_keepalive_max_requests: '--upstream-keepalive-requests',
  upstream_keepalive_idle_timeout: '--upstream-keepalive-idle-seconds',
} as const;

const reuseSettings: readonly KongSetting[] = (
  [
    ['upstream_keepalive_pool_size', '512', '0 uses each connection once'],
    ['upstream_keepalive_max_requests', '10000', '0 is any number'],
    ['upstream_keepalive_idle_timeout', '60', 'seconds; 0 is for ever'],
  ] as const
).map(([name, preset, docs]) => ({
  kind: 'implemented',
  name,
  type: 'number',
  default: preset,
  option: reuseOptions[name],
  docs: `of connections to upstreams; ${docs}`,
  apply: applyTo(reuseOptions[name].slice(2)),
}));

const limitSettings: readonly KongSetting[] = (
  [
    ['client_max_body_size', 'string', '0', '--body-max', 'the older name of the next one'],
    ['nginx_http_client_max_body_size', 'string', '0', '--body-max', 'larger bodies get 413; 0 is no limit'],
    ['nginx_proxy_client_max_body_size', 'string', null, '--body-max', 'the same, and before it'],
    ['nginx_location_client_max_body_size', 'string', null, '--body-max', 'the same, and before both'],
    [
      'nginx_http_keepalive_requests',
      'number',
      '10000',
      '--keepalive-requests',
      'on a connection of a client',
    ],
    ['nginx_proxy_keepalive_requests', 'number', null, '--keepalive-requests', 'the same, and before it'],
  ] as const
).map(([name, type, preset, option, docs]) => ({
  kind: 'implemented',
  name,
  type,
  default: preset,
  option,
  docs,
  apply: applyTo(option.slice(2)),
}));

/** Of the whole of http and of the proxy's server alike. */
const bothSpaces = (...names: readonly string[]) =>
  names.flatMap((name) =>
    ['nginx_http_', 'nginx_proxy_'].map((space) => [`${space}${name}`, 'string', null] as const),
  );

export const nginxSettings: readonly KongSetting[] = [
  workersSetting('nginx_worker_processes'),
  workersSetting('nginx_main_worker_processes'),
  ...timeSettings('nginx_http_'),
  ...timeSettings('nginx_proxy_'),
  ...reuseSettings,
  ...limitSettings,
  ...ignored('bodies pass through; how much waits in memory is bounded by the proxy itself', [
    ['client_body_buffer_size', 'string', '8k'],
    ['nginx_http_client_body_buffer_size', 'string', '8k'],
    ...bothSpaces('proxy_buffers', 'proxy_buffer_size', 'proxy_busy_buffers_size', 'client_body_temp_path'),
    ['nginx_proxy_client_body_buffer_size', 'string', null],
  ]),
  ...ignored('bodies of the Admin API may have up to 256 MB', [
    ['nginx_admin_client_max_body_size', 'string', '10m'],
    ['nginx_admin_client_body_buffer_size', 'string', '10m'],
  ]),
  ...ignored(
    'lines of a head may have 8 KiB, which cannot be chosen',
    bothSpaces('large_client_header_buffers', 'client_header_buffer_size'),
    { toldUnless: [] },
  ),
  ...ignored(
    'nothing is compressed here',
    bothSpaces('gzip', 'gzip_types', 'gzip_min_length', 'gzip_proxied'),
    {
      toldUnless: ['off'],
    },
  ),
  ...ignored('answers of the proxy itself are UTF-8', [['nginx_http_charset', 'string', 'UTF-8']]),
  ...ignored('no Lua runs here', [
    ['nginx_http_lua_regex_match_limit', 'number', '100000'],
    ['nginx_http_lua_regex_cache_max_entries', 'number', '8192'],
  ]),
  ...ignored(
    'no Lua runs here',
    [
      ['nginx_http_lua_', 'string', null],
      ['nginx_proxy_lua_', 'string', null],
      ['nginx_stream_lua_', 'string', null],
    ],
    { isFamily: true },
  ),
  ...ignored('a format counts where an access log names it, and only combined and json are there', [
    ['nginx_http_log_format', 'string', null],
  ]),
  ...ignored('there are no processes of nginx', [
    ['nginx_user', 'string', 'kong kong'],
    ['nginx_daemon', 'boolean', 'on'],
    ['nginx_main_daemon', 'boolean', 'on'],
    ['nginx_main_user', 'string', 'kong kong'],
    ['nginx_main_worker_rlimit_nofile', 'string', 'auto'],
    ['nginx_events_worker_connections', 'string', 'auto'],
    ['nginx_events_multi_accept', 'boolean', 'on'],
  ]),
  ...ignored(
    'there are no processes of nginx',
    [
      ['nginx_main_', 'string', null],
      ['nginx_events_', 'string', null],
    ],
    { isFamily: true },
  ),
  ...ignored('streams are not proxied', [
    ['nginx_stream_ssl_conf_command', 'string', null],
    ['nginx_stream_proxy_ssl_conf_command', 'string', null],
    ['nginx_stream_lua_ssl_conf_command', 'string', null],
    ['nginx_stream_ssl_protocols', 'string', null],
    ['nginx_stream_ssl_prefer_server_ciphers', 'boolean', null],
    ['nginx_stream_ssl_dhparam', 'string', null],
    ['nginx_stream_ssl_session_tickets', 'boolean', null],
    ['nginx_stream_ssl_session_timeout', 'string', null],
  ]),
  ...ignored(
    'streams are not proxied',
    [
      ['nginx_stream_', 'string', null],
      ['nginx_supstream_', 'string', null],
      ['nginx_sproxy_', 'string', null],
    ],
    { isFamily: true },
  ),
  ...ignored('counts with `wasm` alone, which is refused', [['nginx_wasm_', 'string', null]], {
    isFamily: true,
  }),
  ...refused(
    'there is no nginx to give directives to, and this one has no counterpart here',
    [
      ['nginx_http_', 'string', null],
      ['nginx_proxy_', 'string', null],
      ['nginx_location_', 'string', null],
      ['nginx_upstream_', 'string', null],
      ['nginx_admin_', 'string', null],
      ['nginx_status_', 'string', null],
    ],
    [],
    { isFamily: true, isSecret: true },
  ),
];
