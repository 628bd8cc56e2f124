// Where routes and services come from, how they are read, and what they may use.
import { isRouterFlavor, routerFlavorDefault, routerFlavors } from '../../kong/router-flavor.ts';
import { pluginOrder } from '../../proxy/plugins/order.ts';
import { listOf, type Outcome, refuse } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting, refused } from './setting.ts';

const onlyController = 'the cluster says what is served; tidegate proxy takes declarative documents';

function applyDatabase(given: GivenSetting): void {
  if (given.value !== 'off')
    refuse(given, 'must be off: declarative documents, the Admin API or a cluster say what is served');
}

function applyDeclarativeFile(given: GivenSetting, outcome: Outcome): void {
  if (outcome.hasController) refuse(given, onlyController);
  outcome.set(given, 'config', given.value);
}

function applyDeclarativeText(given: GivenSetting, outcome: Outcome): void {
  if (outcome.hasController) refuse(given, onlyController);
  outcome.declarative = { text: given.value, source: given.source };
}

function applyRouterFlavor(given: GivenSetting, outcome: Outcome): void {
  if (!isRouterFlavor(given.value)) refuse(given, `must be one of ${routerFlavors.join(', ')}`);
  outcome.set(given, 'router-flavor', given.value);
}

function applyVaults(given: GivenSetting, outcome: Outcome): void {
  const kinds = listOf(given);
  if (kinds.some((kind) => !['bundled', 'env', 'off'].includes(kind)))
    refuse(given, 'only the environment can be a vault here: bundled, env or off');
  if (kinds[0] === 'off') outcome.set(given, 'vaults', 'off');
}

/** What comes with Kong 3.9 and may stand in its list; those of ours are among them. */
const bundledPlugins: ReadonlySet<string> = new Set(
  `acl acme ai-prompt-decorator ai-prompt-guard ai-prompt-template ai-proxy ai-request-transformer
  ai-response-transformer aws-lambda azure-functions basic-auth bot-detection correlation-id cors datadog file-log
  grpc-gateway grpc-web hmac-auth http-log ip-restriction jwt key-auth ldap-auth loggly oauth2 opentelemetry
  post-function pre-function prometheus proxy-cache rate-limiting redirect request-size-limiting request-termination
  request-transformer response-ratelimiting response-transformer session standard-webhooks statsd syslog tcp-log
  udp-log zipkin`.split(/\s+/),
);

function applyPlugins(given: GivenSetting, outcome: Outcome): void {
  const names = listOf(given);
  if (names[0] === 'bundled' && names.length === 1) return;
  const own = names.find((name) => name !== 'off' && name !== 'bundled' && !bundledPlugins.has(name));
  if (own !== undefined)
    refuse(given, `plugins of your own cannot run here, and Kong brings none named '${own}'`);
  if (names.includes('bundled')) return;
  const more = pluginOrder.filter((name) => !names.includes(name));
  if (more.length > 0)
    outcome.warn(given, `${more.join(', ')} can be configured too; nothing is switched off by this list`);
}

export const contentSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'database',
    type: 'string',
    default: 'postgres',
    option: null,
    docs: '`off` alone, which is also what is meant without it',
    apply: applyDatabase,
  },
  {
    kind: 'implemented',
    name: 'declarative_config',
    type: 'string',
    default: null,
    option: '--config',
    docs: 'declarative file to start with; refused by `run`, where the cluster says what is served',
    apply: applyDeclarativeFile,
  },
  {
    kind: 'implemented',
    name: 'declarative_config_string',
    type: 'string',
    default: null,
    option: '--config',
    docs: 'the same as text; a file is taken where both are given',
    isSecret: true,
    apply: applyDeclarativeText,
  },
  {
    kind: 'implemented',
    name: 'router_flavor',
    type: 'string',
    default: routerFlavorDefault,
    option: '--router-flavor',
    docs: `how routes are read: ${routerFlavors.map((name) => `\`${name}\``).join(', ')}`,
    apply: applyRouterFlavor,
  },
  {
    kind: 'implemented',
    name: 'plugins',
    type: 'list',
    default: 'bundled',
    option: null,
    docs: 'checked: names of your own are refused, and a list that leaves out plugins that are there is told, since it switches nothing off',
    apply: applyPlugins,
  },
  {
    kind: 'implemented',
    name: 'vaults',
    type: 'list',
    default: 'bundled',
    option: '--vaults',
    docs: '`bundled` and `env` are the environment of the gateway, `off` is none; other kinds are refused',
    apply: applyVaults,
  },
  {
    kind: 'implemented',
    name: 'vault_env_prefix',
    type: 'string',
    default: null,
    option: '--vault-env-prefix',
    docs: 'what names of variables begin with where neither a reference nor its Vault says it',
    apply: (given, outcome) => outcome.set(given, 'vault-env-prefix', given.value),
  },
  ...refused(
    'only the environment can be a vault',
    [['vault_env_base64_decode', 'boolean', 'off']],
    ['off', 'false'],
  ),
  ...ignored('that kind of vault is not there', [['vault_', 'string', null]], {
    isFamily: true,
    isSecret: true,
  }),
  ...refused('plugin servers are not there; the plugins are those of the list', [
    ['pluginserver_names', 'list', null],
  ]),
  ...ignored(
    'counts with `pluginserver_names` alone, which is refused',
    [['pluginserver_', 'string', null]],
    {
      isFamily: true,
    },
  ),
  ...refused('there are no filters in WebAssembly', [['wasm', 'boolean', 'off']], ['off', 'false']),
  ...ignored('counts with `wasm` alone, which is refused', [
    ['wasm_filters_path', 'string', null],
    ['wasm_dynamic_module', 'string', null],
    ['wasm_filters', 'list', 'bundled,user'],
  ]),
  ...refused('every gateway is configured by itself, there is no hybrid mode', [
    ['role', 'string', 'traditional'],
  ]),
  ...ignored('there is no hybrid mode', [
    ['cluster_listen', 'list', '0.0.0.0:8005'],
    ['cluster_control_plane', 'string', '127.0.0.1:8005'],
    ['cluster_cert', 'string', null],
    ['cluster_mtls', 'string', 'shared'],
    ['cluster_ca_cert', 'string', null],
    ['cluster_server_name', 'string', null],
    ['cluster_data_plane_purge_delay', 'number', '1209600'],
    ['cluster_ocsp', 'string', 'off'],
    ['cluster_max_payload', 'number', '16777216'],
    ['cluster_use_proxy', 'boolean', 'off'],
    ['cluster_dp_labels', 'list', null],
    ['cluster_rpc', 'boolean', 'off'],
    ['cluster_rpc_sync', 'boolean', 'off'],
    ['cluster_incremental_sync', 'boolean', 'off'],
    ['cluster_cjson', 'boolean', 'off'],
  ]),
  ...ignored('there is no hybrid mode', [['cluster_cert_key', 'string', null]], { isSecret: true }),
  ...ignored('there is no hybrid mode', [['cluster_', 'string', null]], { isFamily: true, isSecret: true }),
  ...ignored('any controller of Kong may configure the gateway', [['kic', 'boolean', 'off']]),
];
