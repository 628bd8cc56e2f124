// Settings of parts of Kong that are not here at all: databases, Lua, its shared memory, Enterprise.
import { ignored, type KongSetting, refused } from './setting.ts';

const noDatabase = 'there is no database; `database` has to be off';

const databaseSettings: readonly KongSetting[] = [
  ...ignored(noDatabase, [
    ['pg_host', 'string', '127.0.0.1'],
    ['pg_port', 'number', '5432'],
    ['pg_database', 'string', 'kong'],
    ['pg_schema', 'string', null],
    ['pg_timeout', 'number', '5000'],
    ['pg_user', 'string', 'kong'],
    ['pg_ssl', 'boolean', 'off'],
    ['pg_ssl_verify', 'boolean', 'off'],
    ['pg_max_concurrent_queries', 'number', '0'],
    ['pg_semaphore_timeout', 'number', '60000'],
    ['pg_keepalive_timeout', 'number', null],
    ['pg_pool_size', 'number', null],
    ['pg_backlog', 'number', null],
    ['_debug_pg_ttl_cleanup_interval', 'number', '300'],
    ['pg_ro_host', 'string', null],
    ['pg_ro_port', 'number', null],
    ['pg_ro_database', 'string', null],
    ['pg_ro_schema', 'string', null],
    ['pg_ro_timeout', 'number', null],
    ['pg_ro_user', 'string', null],
    ['pg_ro_ssl', 'boolean', null],
    ['pg_ro_ssl_verify', 'boolean', null],
    ['pg_ro_max_concurrent_queries', 'number', null],
    ['pg_ro_semaphore_timeout', 'number', null],
    ['pg_ro_keepalive_timeout', 'number', null],
    ['pg_ro_pool_size', 'number', null],
    ['pg_ro_backlog', 'number', null],
    ['db_update_frequency', 'number', '5'],
    ['db_update_propagation', 'number', '0'],
    ['db_cache_ttl', 'number', '0'],
    ['db_cache_neg_ttl', 'number', null],
    ['db_resurrect_ttl', 'number', '30'],
    ['db_cache_warmup_entities', 'list', 'services'],
  ]),
  ...ignored(
    noDatabase,
    [
      ['pg_password', 'string', null],
      ['pg_ro_password', 'string', null],
    ],
    { isSecret: true },
  ),
  ...ignored(
    noDatabase,
    [
      ['pg_', 'string', null],
      ['cassandra_', 'string', null],
    ],
    { isFamily: true, isSecret: true },
  ),
];

const processSettings: readonly KongSetting[] = [
  ...ignored('there is no working directory', [['prefix', 'string', '/usr/local/kong/']]),
  ...ignored('a node has another id after each start', [['node_id', 'string', null]], { toldUnless: [] }),
  ...ignored('memory follows what the process may use', [
    ['mem_cache_size', 'string', '128m'],
    ['lmdb_environment_path', 'string', 'dbless.lmdb'],
    ['lmdb_map_size', 'string', '2048m'],
    ['worker_events_max_payload', 'number', '65535'],
  ]),
  ...ignored('every worker takes a change as soon as its part of the tables is made', [
    ['worker_consistency', 'string', 'eventual'],
    ['router_consistency', 'string', null],
    ['worker_state_update_frequency', 'number', '5'],
    ['dedicated_config_processing', 'boolean', 'on'],
    ['privileged_worker', 'boolean', null],
  ]),
  ...ignored('no Lua runs here', [
    ['lua_socket_pool_size', 'number', '256'],
    ['lua_package_path', 'string', './?.lua;./?/init.lua;'],
    ['lua_package_cpath', 'string', null],
    ['lua_max_req_headers', 'number', '100'],
    ['lua_max_resp_headers', 'number', '100'],
    ['lua_max_uri_args', 'number', '100'],
    ['lua_max_post_args', 'number', '100'],
    ['untrusted_lua', 'string', 'sandbox'],
    ['untrusted_lua_sandbox_requires', 'list', null],
    ['untrusted_lua_sandbox_environment', 'list', null],
    ['openresty_path', 'string', null],
  ]),
  ...ignored('nothing is sent to control planes or to Kong over a proxy', [
    ['proxy_server_ssl_verify', 'boolean', 'on'],
  ]),
  ...ignored(
    'nothing is sent to control planes or to Kong over a proxy',
    [['proxy_server', 'string', null]],
    {
      isSecret: true,
    },
  ),
];

const enterprise = 'a part of Kong Enterprise that is not here';
const enterpriseSettings: readonly KongSetting[] = [
  ...refused(
    `${enterprise}: --admin-token-file keeps out who has no token, and those who have one may do everything`,
    [
      ['enforce_rbac', 'string', 'off'],
      ['admin_gui_auth', 'string', null],
    ],
    ['off', 'false'],
  ),
  ...refused(
    `${enterprise}: the cryptography is that of Node.js`,
    [['fips', 'boolean', 'off']],
    ['off', 'false'],
  ),
  ...refused(`${enterprise}: nothing would be recorded`, [['audit_log', 'boolean', 'off']], ['off', 'false']),
  ...refused(
    `${enterprise}: nothing would be encrypted`,
    [['keyring_enabled', 'boolean', 'off']],
    ['off', 'false'],
  ),
  ...ignored(
    enterprise,
    [
      ['admin_gui_', 'string', null],
      ['analytics_', 'string', null],
      ['audit_log_', 'string', null],
      ['keyring_', 'string', null],
      ['konnect_', 'string', null],
      ['license_', 'string', null],
      ['portal', 'string', null],
      ['rbac_', 'string', null],
      ['smtp_', 'string', null],
      ['vitals', 'string', null],
    ],
    { isFamily: true, isSecret: true },
  ),
];

export const absentSettings: readonly KongSetting[] = [
  ...databaseSettings,
  ...processSettings,
  ...enterpriseSettings,
];
