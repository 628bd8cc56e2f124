// What variables, a file and the command line come to together: options, warnings, refusals.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nameOptionsOf } from '../../../../src/cli/dns-options.ts';
import { CommandError, exitBadInput, exitUsage } from '../../../../src/cli/exit-codes.ts';
import { settings } from '../../../../src/cli/kong-settings/catalogue.ts';
import { readKongSettings } from '../../../../src/cli/kong-settings/kong-settings.ts';
import { parseCommandLine } from '../../../../src/cli/parse.ts';
import { command as proxy } from '../../../../src/cli/proxy.ts';
import { command as controllerAndProxy } from '../../../../src/cli/run.ts';
import { trustedOf } from '../../../../src/cli/trusted-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'kong-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Variables = Readonly<Record<string, string>>;

function read(
  variables: Variables,
  argv: readonly string[] = [],
  file: string | null = null,
  command = proxy,
) {
  const path = join(folder, 'kong.conf');
  if (file !== null) writeFileSync(path, file);
  const input = parseCommandLine(command, [...argv, ...(file === null ? [] : ['--kong-conf', path])]);
  if (input === 'help') throw new Error('not asked for');
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`KONG_${name}`, value]),
  );
  return readKongSettings(command, input, environment);
}

/** Options that differ from those of a command line without settings, and the warnings. */
function check(
  found: ReturnType<typeof read>,
  expected: object,
  warnings: readonly RegExp[] = [],
  argv: readonly string[] = [],
): void {
  const plain = parseCommandLine(proxy, argv) as { readonly options: Readonly<Record<string, unknown>> };
  const { options } = found.input;
  const changed = Object.entries(options).filter(
    ([name, value]) => name !== 'kong-conf' && JSON.stringify(value) !== JSON.stringify(plain.options[name]),
  );
  expect(Object.fromEntries(changed)).toEqual(expected);
  expect(found.warnings).toHaveLength(warnings.length);
  for (const [index, warning] of warnings.entries()) expect(found.warnings[index]).toMatch(warning);
}

const http2 = /PROXY_LISTEN: http2: clients are offered HTTP\/1.1/;
const chart: Variables = {
  ADMIN_ACCESS_LOG: '/dev/stdout',
  ADMIN_ERROR_LOG: '/dev/stderr',
  ADMIN_GUI_ACCESS_LOG: '/dev/stdout',
  ADMIN_GUI_ERROR_LOG: '/dev/stderr',
  ADMIN_LISTEN: '127.0.0.1:8001',
  CLUSTER_LISTEN: 'off',
  DATABASE: 'off',
  KIC: 'on',
  LUA_PACKAGE_PATH: '/opt/?.lua;/opt/?/init.lua;;',
  NGINX_WORKER_PROCESSES: '2',
  PLUGINS: 'bundled',
  PORTAL_API_ACCESS_LOG: '/dev/stdout',
  PORTAL_API_ERROR_LOG: '/dev/stderr',
  PORT_MAPS: '80:8000, 443:8443',
  PREFIX: '/kong_prefix/',
  PROXY_ACCESS_LOG: '/dev/stdout',
  PROXY_ERROR_LOG: '/dev/stderr',
  PROXY_LISTEN: '0.0.0.0:8000, [::]:8000, 0.0.0.0:8443 http2 ssl, [::]:8443 http2 ssl',
  PROXY_STREAM_ACCESS_LOG: '/dev/stdout basic',
  PROXY_STREAM_ERROR_LOG: '/dev/stderr',
  ROUTER_FLAVOR: 'traditional',
  STATUS_ACCESS_LOG: 'off',
  STATUS_ERROR_LOG: '/dev/stderr',
  STATUS_LISTEN: '0.0.0.0:8100, [::]:8100',
  STREAM_LISTEN: 'off',
  ANONYMOUS_REPORTS: 'off',
  NGINX_DAEMON: 'off',
  PROXY_SERVICE_HOST: '10.0.0.1',
  PROXY_PORT_80_TCP_ADDR: '10.0.0.1',
};

test("what Kong's chart sets", () =>
  check(
    read(chart),
    {
      listen: '::',
      'status-listen': '::',
      'status-port': '8100',
      workers: '2',
      'access-log': 'combined',
      'router-flavor': 'traditional',
      'port-map': ['80:8000', '443:8443'],
    },
    [http2],
  ));

test.each<[string, Variables, object, readonly RegExp[]]>([
  ['nothing', {}, {}, []],
  [
    'plain alone',
    { PROXY_LISTEN: '10.0.0.1:80' },
    { listen: '10.0.0.1', 'proxy-port': '80', 'proxy-tls-port': 'off' },
    [],
  ],
  [
    'TLS alone',
    { PROXY_LISTEN: '[::1]:443 ssl' },
    { listen: '::1', 'proxy-port': 'off', 'proxy-tls-port': '443' },
    [],
  ],
  [
    'flags of sockets',
    { PROXY_LISTEN: '0.0.0.0:80 reuseport backlog=16384 deferred bind so_keepalive=on' },
    { listen: '0.0.0.0', 'proxy-port': '80', 'proxy-tls-port': 'off' },
    [],
  ],
  [
    'loopback of both kinds',
    { ADMIN_LISTEN: '127.0.0.1:9001, [::1]:9001' },
    { 'admin-port': '9001' },
    [/127.0.0.1 alone, not on ::1/],
  ],
  [
    "Kong's admin_listen",
    {
      ADMIN_LISTEN:
        '127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384',
    },
    { 'admin-tls-port': '8444', 'admin-tls-listen': '127.0.0.1' },
    [],
  ],
  [
    "the chart's Admin API with TLS alone, for callers with certificates",
    {
      ADMIN_LISTEN: '0.0.0.0:8444 http2 ssl, [::]:8444 http2 ssl',
      ADMIN_SSL_CERT: '/etc/secrets/admin/tls.crt',
      ADMIN_SSL_CERT_KEY: '/etc/secrets/admin/tls.key',
      NGINX_ADMIN_SSL_VERIFY_CLIENT: 'on',
      NGINX_ADMIN_SSL_CLIENT_CERTIFICATE: '/etc/admin-api-ca/tls.crt',
    },
    {
      'admin-port': 'off',
      'admin-tls-port': '8444',
      'admin-tls-listen': '::',
      'admin-certificate': ['/etc/secrets/admin/tls.crt'],
      'admin-certificate-key': ['/etc/secrets/admin/tls.key'],
      'admin-client-ca': '/etc/admin-api-ca/tls.crt',
    },
    [],
  ],
  [
    'plain on loopback, TLS for the network',
    { ADMIN_LISTEN: '127.0.0.1:8001, 0.0.0.0:8444 ssl', NGINX_ADMIN_SSL_VERIFY_DEPTH: '2' },
    {
      'admin-tls-port': '8444',
      'admin-tls-listen': '0.0.0.0',
      'admin-client-verify-depth': '2',
    },
    [],
  ],
  [
    'certificates of an Admin API without TLS',
    { ADMIN_LISTEN: '127.0.0.1:8001', ADMIN_SSL_CERT: 'a', ADMIN_SSL_CERT_KEY: 'b' },
    {},
    [],
  ],
  [
    'authorities for an Admin API without TLS',
    { ADMIN_LISTEN: '127.0.0.1:8001', NGINX_ADMIN_SSL_CLIENT_CERTIFICATE: 'a' },
    {},
    [/no effect: admin_listen has no address with ssl/],
  ],
  ['no Admin API', { ADMIN_LISTEN: 'off' }, { 'admin-port': 'off' }, []],
  ['no status page', { STATUS_LISTEN: 'off' }, {}, []],
  [
    'trusted proxies',
    { TRUSTED_IPS: '10.0.0.0/8,::1', REAL_IP_HEADER: 'X-Forwarded-For', REAL_IP_RECURSIVE: 'on' },
    { 'trusted-ips': ['10.0.0.0/8', '::1'], 'real-ip-header': 'X-Forwarded-For', 'real-ip-recursive': true },
    [],
  ],
  [
    'the directive before the setting',
    { TRUSTED_IPS: '::1', REAL_IP_HEADER: 'A', NGINX_PROXY_REAL_IP_HEADER: 'B' },
    { 'trusted-ips': ['::1'], 'real-ip-header': 'B' },
    [],
  ],
  [
    'nobody trusted',
    { REAL_IP_HEADER: 'X-Forwarded-For', REAL_IP_RECURSIVE: 'on' },
    {},
    [/REAL_IP_HEADER: no effect/, /REAL_IP_RECURSIVE: no effect/],
  ],
  ['unix sockets', { TRUSTED_IPS: 'unix:,::1' }, { 'trusted-ips': ['::1'] }, [/unix sockets/]],
  [
    'PROXY protocol',
    { PROXY_LISTEN: '0.0.0.0:80 proxy_protocol', REAL_IP_HEADER: 'proxy_protocol', TRUSTED_IPS: '::1' },
    {
      listen: '0.0.0.0',
      'proxy-port': '80',
      'proxy-tls-port': 'off',
      'proxy-protocol': true,
      'trusted-ips': ['::1'],
    },
    [],
  ],
  [
    'PROXY protocol without the flag',
    { REAL_IP_HEADER: 'proxy_protocol', TRUSTED_IPS: '::1' },
    { 'trusted-ips': ['::1'] },
    [/no listener has the flag/],
  ],
  ['levels', { LOG_LEVEL: 'crit' }, { 'log-level': 'error' }, []],
  ['no access log', { PROXY_ACCESS_LOG: 'off' }, {}, []],
  ['a JSON access log', { PROXY_ACCESS_LOG: '/dev/stdout json' }, { 'access-log': 'json' }, []],
  [
    'times',
    { NGINX_HTTP_KEEPALIVE_TIMEOUT: '2m 60s', NGINX_PROXY_CLIENT_HEADER_TIMEOUT: '1500ms' },
    { 'keepalive-seconds': '120', 'head-seconds': '2' },
    [],
  ],
  [
    'certificates',
    { SSL_CERT: '/a.crt, /b.crt', SSL_CERT_KEY: '/a.key,/b.key' },
    { 'default-certificate': ['/a.crt', '/b.crt'], 'default-certificate-key': ['/a.key', '/b.key'] },
    [],
  ],
  [
    'certificates of clients',
    {
      NGINX_PROXY_SSL_CLIENT_CERTIFICATE: '/ca.crt',
      NGINX_PROXY_SSL_VERIFY_CLIENT: 'optional',
      NGINX_HTTP_SSL_VERIFY_DEPTH: '2',
    },
    { 'client-ca': ['/ca.crt'], 'client-verify': 'optional', 'client-verify-depth': '2' },
    [],
  ],
  [
    'certificates of clients, off',
    { NGINX_PROXY_SSL_CLIENT_CERTIFICATE: '/ca.crt', NGINX_PROXY_SSL_VERIFY_CLIENT: 'off' },
    {},
    [],
  ],
  [
    'certificates of clients, not verified',
    { NGINX_HTTP_SSL_CLIENT_CERTIFICATE: '/ca.crt' },
    {},
    [/ssl_verify_client is off/],
  ],
  ['older protocols', { SSL_PROTOCOLS: 'TLSv1.1 TLSv1.2 TLSv1.3' }, {}, [/only TLSv1.2 and TLSv1.3/]],
  ['one protocol', { SSL_PROTOCOLS: 'TLSv1.3' }, { 'tls-versions': '1.3' }, []],
  ['modern suites', { SSL_CIPHER_SUITE: 'modern' }, { 'tls-versions': '1.3' }, []],
  ['no sessions', { SSL_SESSION_TICKETS: 'off' }, { 'tls-session-tickets': false }, []],
  [
    'upstreams',
    {
      UPSTREAM_KEEPALIVE_POOL_SIZE: '0',
      UPSTREAM_KEEPALIVE_IDLE_TIMEOUT: '30',
      UPSTREAM_KEEPALIVE_MAX_REQUESTS: '7',
    },
    {
      'upstream-keepalive-pool-size': '0',
      'upstream-keepalive-idle-seconds': '30',
      'upstream-keepalive-requests': '7',
    },
    [],
  ],
  ['requests of a connection', { NGINX_HTTP_KEEPALIVE_REQUESTS: '100' }, { 'keepalive-requests': '100' }, []],
  [
    'bodies with a limit, the closest place first',
    { NGINX_LOCATION_CLIENT_MAX_BODY_SIZE: '1m', NGINX_HTTP_CLIENT_MAX_BODY_SIZE: '8m' },
    { 'body-max': '1m' },
    [],
  ],
  [
    'no headers',
    { HEADERS: 'off', HEADERS_UPSTREAM: 'off' },
    { headers: 'off', 'headers-upstream': 'off' },
    [],
  ],
  [
    'pages of errors',
    { ERROR_TEMPLATE_HTML: '/e.html', ERROR_TEMPLATE_JSON: '/e.json', ERROR_DEFAULT_TYPE: 'text/html' },
    { 'error-template': ['html=/e.html', 'json=/e.json'], 'error-default-type': 'text/html' },
    [],
  ],
  ['debug headers', { ALLOW_DEBUG_HEADER: 'on' }, { 'allow-debug-header': true }, []],
  ['bodies without limit', { NGINX_HTTP_CLIENT_MAX_BODY_SIZE: '0', CLIENT_BODY_BUFFER_SIZE: '64k' }, {}, []],
  ['a declarative file', { DECLARATIVE_CONFIG: '/kong.yml' }, { config: '/kong.yml' }, []],
  [
    'plugins by name',
    { PLUGINS: 'key-auth,cors' },
    {},
    [/rate-limiting, request-transformer can be configured too/],
  ],
  ['headers in another order', { HEADERS: 'latency_tokens, Via' }, { headers: 'latency_tokens,Via' }, []],
  ['no vaults', { VAULTS: 'off' }, { vaults: 'off' }, []],
  [
    'a name Kong does not have',
    { TRUSTED_IPZ: 'secret' },
    {},
    [/^KONG_TRUSTED_IPZ: Kong 3.9 has no such setting; it has no effect$/],
  ],
  ['empty values', { TRUSTED_IPS: '', DATABASE: ' ', SSL_CIPHER_SUITE: '' }, {}, []],
  [
    'Lua',
    { NGINX_HTTP_LUA_SHARED_DICT: 'a 1m', NGINX_MAIN_PCRE_JIT: 'on', NGINX_STREAM_PROXY_TIMEOUT: '1s' },
    {},
    [],
  ],
])('%s', (_name, variables, expected, warnings) => check(read(variables), expected, warnings));

test.each<[string, Variables, RegExp]>([
  ['a database', { DATABASE: 'postgres' }, /^KONG_DATABASE: must be off/],
  ['no proxy', { PROXY_LISTEN: 'off' }, /^KONG_PROXY_LISTEN: a proxy without a port/],
  ['http2 in plain text', { PROXY_LISTEN: '0.0.0.0:80 http2' }, /http2 without ssl/],
  ['two plain ports', { PROXY_LISTEN: '0.0.0.0:80, 0.0.0.0:81' }, /one plain port here, not 80 and 81/],
  ['two addresses', { PROXY_LISTEN: '10.0.0.1:80, 10.0.0.2:443 ssl' }, /not on 10.0.0.1 and 10.0.0.2/],
  [
    'the PROXY protocol on one port',
    { PROXY_LISTEN: '0.0.0.0:80 proxy_protocol, 0.0.0.0:443 ssl' },
    /for all proxy ports or for none/,
  ],
  ['an unknown flag', { PROXY_LISTEN: '0.0.0.0:80 quic' }, /no flag 'quic'/],
  ['a port too high', { PROXY_LISTEN: '0.0.0.0:65536' }, /must be off or addresses like/],
  ['no port', { PROXY_LISTEN: '0.0.0.0' }, /must be off or addresses like/],
  ['IPv6 alone', { PROXY_LISTEN: '[::]:80 ipv6only=on' }, /ipv6only=on cannot be kept/],
  [
    'callers of the Admin API who may show a certificate',
    { NGINX_ADMIN_SSL_VERIFY_CLIENT: 'optional', NGINX_ADMIN_SSL_CLIENT_CERTIFICATE: 'a' },
    /must be on or off/,
  ],
  [
    'callers with certificates of nobody',
    { NGINX_ADMIN_SSL_VERIFY_CLIENT: 'on' },
    /whose certificates are believed/,
  ],
  ['an Admin API of HTTP/2 without TLS', { ADMIN_LISTEN: '127.0.0.1:8001 http2' }, /http2 without ssl/],
  [
    'two Admin APIs with TLS',
    { ADMIN_LISTEN: '127.0.0.1:8444 ssl, 127.0.0.1:9444 ssl' },
    /one Admin API with ssl port/,
  ],
  ['a status page with TLS', { STATUS_LISTEN: '0.0.0.0:8100 ssl' }, /plain HTTP alone/],
  ['streams', { STREAM_LISTEN: '0.0.0.0:9000' }, /not proxied here/],
  ['no network', { TRUSTED_IPS: '10.0.0.0/33' }, /not '10.0.0.0\/33'/],
  ['neither on nor off', { REAL_IP_RECURSIVE: 'onn' }, /must be on or off/],
  ['other suites', { SSL_CIPHER_SUITE: 'old' }, /no other suites are there/],
  ['old TLS alone', { SSL_PROTOCOLS: 'TLSv1.1' }, /neither is named/],
  ['one client certificate', { CLIENT_SSL: 'on' }, /no client certificate for all/],
  ['a level', { LOG_LEVEL: 'trace' }, /must be one of debug/],
  ['a level that every object has', { LOG_LEVEL: 'constructor' }, /must be one of debug/],
  ['a log in a file', { PROXY_ACCESS_LOG: '/var/log/a.log' }, /goes to standard output/],
  ['a format of nginx', { PROXY_ACCESS_LOG: '/dev/stdout mine' }, /no other format/],
  ['a flavour', { ROUTER_FLAVOR: 'x' }, /must be one of traditional_compatible/],
  ['a plugin of their own', { PLUGINS: 'bundled,mine' }, /none named 'mine'/],
  ['vaults', { VAULTS: 'bundled,hcv' }, /only the environment can be a vault/],
  [
    'a reference that is no secret',
    { PROXY_ACCESS_LOG: '{vault://env/secret}' },
    /certificate or a secret alone/,
  ],
  [
    'a reference to nothing',
    { SSL_CERT_KEY: '{vault://env/nothing}' },
    /nothing answers to {vault:..env.nothing}/,
  ],
  [
    'an injected directive',
    { NGINX_PROXY_ADD_HEADER: 'X-Token secret' },
    /^KONG_NGINX_PROXY_ADD_HEADER: there is no nginx/,
  ],
  ['a limit of addresses', { NGINX_ADMIN_ALLOW: '10.0.0.1' }, /there is no nginx/],
  ['a time', { NGINX_HTTP_KEEPALIVE_TIMEOUT: 'long' }, /must be a time/],
  ['a family of addresses', { RESOLVER_FAMILY: 'A,MX' }, /must be a list of A, AAAA and SRV, not 'MX'/],
  ['a choice of clients', { NEW_DNS_CLIENT: 'perhaps' }, /must be on or off/],
  ['hybrid mode', { ROLE: 'data_plane' }, /no hybrid mode/],
  ['WebAssembly', { WASM: 'on' }, /WebAssembly/],
  ['rights of Enterprise', { ENFORCE_RBAC: 'on' }, /--admin-token-file/],
])('refused: %s', (_name, variables, message) => {
  expect(() => read(variables)).toThrow(message);
  const [[name = '', value = '']] = [Object.entries(variables)[0] ?? []];
  const error = refusal(() => read({}, [], `${name.toLowerCase()} = ${value}`));
  expect(error.exitCode).toBe(exitBadInput);
  expect(error.message).toContain(`${name.toLowerCase()} in ${folder}`);
  expect(refusal(() => read(variables)).exitCode).toBe(exitUsage);
});

function refusal(action: () => unknown): CommandError {
  try {
    action();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

test('the command line before variables, variables before the file', () => {
  const file = 'log_level = debug\ntrusted_ips = 10.0.0.1\nproxy_listen = 0.0.0.0:81';
  const argv = ['--proxy-port', '82', '--log-level', 'error'];
  check(
    read({ TRUSTED_IPS: '10.0.0.2', LOG_LEVEL: 'warn' }, argv, file),
    { listen: '0.0.0.0', 'proxy-tls-port': 'off', 'trusted-ips': ['10.0.0.2'] },
    [],
    argv,
  );
});

test('a secret may be a reference to a variable, or to a field of one', () =>
  check(
    read({
      ADMIN_SSL_CERT: '{vault://env/kong-tls/cert}',
      ADMIN_SSL_CERT_KEY: '{vault://env/kong-tls/key}',
      ADMIN_LISTEN: '127.0.0.1:8444 ssl',
      TLS: '{"cert":"/a.crt","key":"/a.key"}',
      PG_PASSWORD: '{vault://env/nothing}',
    }),
    {
      'admin-port': 'off',
      'admin-tls-port': '8444',
      'admin-tls-listen': '127.0.0.1',
      'admin-certificate': ['/a.crt'],
      'admin-certificate-key': ['/a.key'],
    },
    [/KONG_TLS: Kong 3.9 has no such setting/],
  ));

test('an empty variable takes back what the file says', () =>
  check(read({ TRUSTED_IPS: '' }, [], 'trusted_ips = 10.0.0.1'), {}));

test('a name Kong does not have is refused in a file', () =>
  expect(() => read({}, [], 'trusted_ipz = x')).toThrow(
    /trusted_ipz in .*kong.conf: Kong 3.9 has no such setting$/,
  ));

test('a file that is not there', () =>
  expect(() =>
    readKongSettings(proxy, { options: { 'kong-conf': join(folder, 'none') }, positionals: [] }, {}),
  ).toThrow(/--kong-conf: .*cannot be read/));

test('a document as text, and a file before it', () => {
  const text = '_format_version: "3.0"';
  const source = 'KONG_DECLARATIVE_CONFIG_STRING';
  expect(read({ DECLARATIVE_CONFIG_STRING: text }).declarative).toEqual({ text, source });
  expect(read({ DECLARATIVE_CONFIG_STRING: text, DECLARATIVE_CONFIG: '/a.yml' }).declarative).toBeNull();
  expect(read({ DECLARATIVE_CONFIG_STRING: text }, ['--config', '/a.yml']).declarative).toBeNull();
});

test('with a controller the cluster says what is served', () => {
  for (const name of ['DECLARATIVE_CONFIG', 'DECLARATIVE_CONFIG_STRING'])
    expect(() => read({ [name]: 'a' }, [], null, controllerAndProxy)).toThrow(
      /the cluster says what is served/,
    );
  expect(read({ STATUS_LISTEN: 'off' }, [], null, controllerAndProxy).warnings[0]).toMatch(
    /the status page stays/,
  );
});

test.each<[string, Variables, object, readonly RegExp[]]>([
  [
    "names by Kong's older client",
    {
      DNS_RESOLVER: '10.0.0.10, [::1]:5353',
      DNS_ORDER: 'LAST, A , CNAME',
      DNS_VALID_TTL: '5',
      DNS_STALE_TTL: '60',
      DNS_NOT_FOUND_TTL: '10',
      DNS_ERROR_TTL: '0.5',
      DNS_HOSTSFILE: '/tmp/hosts',
      DNS_CACHE_SIZE: '5',
    },
    {
      'dns-resolver': ['10.0.0.10', '[::1]:5353'],
      'dns-order': 'LAST,A,CNAME',
      'dns-valid-ttl': '5',
      'dns-stale-ttl': '60',
      'dns-not-found-ttl': '10',
      'dns-error-ttl': '0.5',
      'dns-hostsfile': '/tmp/hosts',
    },
    [],
  ],
  [
    'by its newer one',
    {
      NEW_DNS_CLIENT: 'on',
      RESOLVER_ADDRESS: '10.0.0.10',
      RESOLVER_FAMILY: 'AAAA,A',
      RESOLVER_STALE_TTL: '9',
    },
    {
      'dns-resolver': ['10.0.0.10'],
      'dns-order': 'A,AAAA',
      'dns-srv-for-services': true,
      'dns-stale-ttl': '9',
    },
    [],
  ],
  [
    'whose order is another',
    { NEW_DNS_CLIENT: 'on' },
    { 'dns-order': 'SRV,A', 'dns-srv-for-services': true },
    [],
  ],
  [
    'the settings of the other one',
    { NEW_DNS_CLIENT: 'on', DNS_STALE_TTL: '9' },
    { 'dns-order': 'SRV,A', 'dns-srv-for-services': true },
    [/DNS_STALE_TTL: no effect: new_dns_client is on/],
  ],
  [
    'and the other way round',
    { RESOLVER_ADDRESS: '10.0.0.10', NEW_DNS_CLIENT: 'off' },
    {},
    [/RESOLVER_ADDRESS: no effect: new_dns_client is off/],
  ],
])('%s', (_name, variables, expected, warnings) => check(read(variables), expected, warnings));

test('the command line says how names are resolved before either client does', () => {
  const argv = ['--dns-order', 'A', '--dns-stale-ttl', '1'];
  const variables = { NEW_DNS_CLIENT: 'on', RESOLVER_FAMILY: 'AAAA', RESOLVER_STALE_TTL: '9' };
  check(read(variables, argv), { 'dns-srv-for-services': true }, [], argv);
});

test.each<[string, Variables, RegExp]>([
  [
    'a server',
    { DNS_RESOLVER: 'dns.example' },
    /KONG_DNS_RESOLVER must be addresses like .*not 'dns.example'/,
  ],
  ['a port', { DNS_RESOLVER: '10.0.0.1:0' }, /KONG_DNS_RESOLVER must be addresses/],
  ['a type', { DNS_ORDER: 'A,MX' }, /KONG_DNS_ORDER must be a list of .*not 'MX'/],
  ['no type', { DNS_ORDER: 'LAST,CNAME' }, /KONG_DNS_ORDER must have one of SRV, A and AAAA/],
  ['a time', { DNS_STALE_TTL: 'long' }, /KONG_DNS_STALE_TTL must be seconds from 0/],
  ['no time', { DNS_ERROR_TTL: '0' }, /KONG_DNS_ERROR_TTL must be seconds from 0.1/],
  ['a hosts file that is not there', { DNS_HOSTSFILE: '/nowhere/hosts' }, /KONG_DNS_HOSTSFILE: cannot read/],
])('of names, refused: %s', (_name, variables, message) => {
  expect(() => nameOptionsOf(read(variables).input)).toThrow(message);
});

test('an option that is wrong in itself is named as its setting', () => {
  const announced = { PROXY_LISTEN: '0.0.0.0:80 proxy_protocol' };
  expect(() => trustedOf(read(announced).input)).toThrow(/^KONG_PROXY_LISTEN needs --trusted-ips/);
});

test('values that may be secret stand in no message', () => {
  const secret = 'kept-to-itself';
  const secretNames = settings
    .filter(({ isSecret }) => isSecret === true)
    .map(({ name, isFamily }) => (isFamily === true ? `${name}x` : name));
  expect(secretNames.length).toBeGreaterThan(20);
  for (const name of [...secretNames, 'unknown', 'vaults', 'client_ssl', 'lua_ssl_trusted_certificate']) {
    let told: string;
    try {
      told = read({ [name.toUpperCase()]: secret }).warnings.join();
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).not.toContain(secret);
  }
});
