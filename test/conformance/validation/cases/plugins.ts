// Wrong plugins: what every plugin has, then the settings of each.
import { conditional, type Wrong } from './wrong.ts';

const keyAuth = (wrong: Readonly<Record<string, unknown>>) => ({ name: 'key-auth', ...wrong });
const of = (name: string) => (config: unknown) => ({ name, config });
const [keys, limits, cors, transform] = [
  of('key-auth'),
  of('rate-limiting'),
  of('cors'),
  of('request-transformer'),
];
const notEnabled = (name: string) =>
  `name: plugin '${name}' not enabled; add it to the 'plugins' configuration property`;
const badHeader = (name: string) =>
  `bad header name '${name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
const httpOnly = 'expected one of: grpc, grpcs, http, https';
const noLimit =
  "@entity: at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'";

export const wrongPlugins: readonly Wrong[] = [
  [{}, 'name: required field missing'],
  [{ config: { nope: 1 }, nope: 1 }, 'name: required field missing'],
  [{ name: 'i-dont-exist' }, notEnabled('i-dont-exist')],
  [{ name: 'i-dont-exist', nope: 1, enabled: 'x' }, notEnabled('i-dont-exist')],
  [{ name: 'openid-connect', config: {} }, notEnabled('openid-connect')],
  [
    keyAuth({ instance_name: 'a b' }),
    "instance_name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  [keyAuth({ instance_name: 7 }), 'instance_name: expected a string'],
  [keyAuth({ enabled: 'x' }), 'enabled: expected a boolean'],
  [keyAuth({ protocols: 'http' }), 'protocols: expected a set'],
  [keyAuth({ protocols: ['ftp'] }), `protocols.1: ${httpOnly}`],
  [keyAuth({ protocols: ['http', 'tcp'] }), `protocols.2: ${httpOnly}`],
  [keyAuth({ protocols: [7] }), 'protocols.1: expected a string'],
  [keyAuth({ config: 'x' }), 'config: expected a record'],
  [keyAuth({ config: { nope: 1 } }), 'config.nope: unknown field'],
  [keyAuth({ settings: {} }), 'settings: unknown field'],
  [keyAuth({ tags: [''] }), 'tags.1: length must be at least 1'],
  [keyAuth({ id: 'x' }), 'id: expected a valid UUID'],
  [keys({ key_names: 'x' }), 'config.key_names: expected an array'],
  [keys({ key_names: ['a b'] }), `config.key_names.1: ${badHeader('a b')}`],
  [keys({ key_names: ['a', ''] }), 'config.key_names.2: length must be at least 1'],
  [keys({ key_names: [7] }), 'config.key_names.1: expected a string'],
  [keys({ key_in_header: 'x' }), 'config.key_in_header: expected a boolean'],
  [keys({ key_in_query: 1 }), 'config.key_in_query: expected a boolean'],
  [keys({ key_in_body: {} }), 'config.key_in_body: expected a boolean'],
  [keys({ hide_credentials: 'x' }), 'config.hide_credentials: expected a boolean'],
  [keys({ run_on_preflight: 'x' }), 'config.run_on_preflight: expected a boolean'],
  [keys({ realm: 7 }), 'config.realm: expected a string'],
  [keys({ anonymous: 7 }), 'config.anonymous: expected a string'],
  [limits({}), noLimit],
  [limits({ policy: 'local' }), noLimit],
  [limits({ minute: 'x' }), 'config.minute: expected a number'],
  [limits({ minute: 0 }), 'config.minute: value must be greater than 0'],
  [limits({ hour: -1 }), 'config.hour: value must be greater than 0'],
  [
    limits({ second: 5, minute: 1 }),
    'config: The limit for minute(1.0) cannot be lower than the limit for second(5.0)',
  ],
  [
    limits({ minute: 9.5, year: 2 }),
    'config: The limit for year(2.0) cannot be lower than the limit for minute(9.5)',
  ],
  [
    limits({ minute: 1, limit_by: 'x' }),
    'config.limit_by: expected one of: consumer, credential, ip, service, header, path',
  ],
  [limits({ minute: 1, header_name: 'a b' }), `config.header_name: ${badHeader('a b')}`],
  [
    limits({ minute: 1, limit_by: 'header' }),
    'config.header_name: required field missing',
    conditional('config.limit_by'),
  ],
  [
    limits({ minute: 1, limit_by: 'path' }),
    'config.path: required field missing',
    conditional('config.limit_by'),
  ],
  [limits({ minute: 1, path: 'x' }), 'config.path: should start with: /'],
  [limits({ minute: 1, policy: 'cluster' }), 'config.policy: expected one of: local, redis'],
  [limits({ minute: 1, fault_tolerant: 'x' }), 'config.fault_tolerant: expected a boolean'],
  [limits({ minute: 1, hide_client_headers: 'x' }), 'config.hide_client_headers: expected a boolean'],
  [limits({ minute: 1, error_message: '' }), 'config.error_message: length must be at least 1'],
  [limits({ minute: 1, error_message: 7 }), 'config.error_message: expected a string'],
  [limits({ minute: 1, sync_rate: 'x' }), 'config.sync_rate: expected a number'],
  [limits({ minute: 1, redis: 7 }), 'config.redis: expected a record'],
  [limits({ minute: 1, redis: { port: 70_000 } }), 'config.redis.port: value should be between 0 and 65535'],
  [limits({ minute: 1, redis: { host: 'a b' } }), 'config.redis.host: invalid value: a b'],
  [limits({ minute: 1, redis: { nope: 1 } }), 'config.redis.nope: unknown field'],
  [limits({ minutes: 1, minute: 1 }), 'config.minutes: unknown field'],
  [cors({ origins: 'x' }), 'config.origins: expected an array'],
  [cors({ origins: [7] }), 'config.origins.1: expected a string'],
  [cors({ origins: ['*', '('] }), "config.origins.2: '(' is not a valid regex"],
  [
    cors({ methods: ['FOO'] }),
    'config.methods.1: expected one of: GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS, TRACE, CONNECT',
  ],
  [cors({ methods: 'GET' }), 'config.methods: expected an array'],
  [cors({ headers: 'x' }), 'config.headers: expected an array'],
  [cors({ exposed_headers: [7] }), 'config.exposed_headers.1: expected a string'],
  [cors({ max_age: 'x' }), 'config.max_age: expected a number'],
  [cors({ credentials: 'x' }), 'config.credentials: expected a boolean'],
  [cors({ private_network: 'x' }), 'config.private_network: expected a boolean'],
  [cors({ preflight_continue: 'x' }), 'config.preflight_continue: expected a boolean'],
  [cors({ origin: '*' }), 'config.origin: unknown field'],
  [transform({ http_method: 'get' }), 'config.http_method: invalid value: get'],
  [transform({ http_method: 7 }), 'config.http_method: expected a string'],
  [transform({ add: 'x' }), 'config.add: expected a record'],
  [transform({ add: { nope: [] } }), 'config.add.nope: unknown field'],
  [transform({ add: { headers: ['x'] } }), 'config.add.headers.1: invalid value: x'],
  [transform({ add: { headers: 'x:y' } }), 'config.add.headers: expected an array'],
  [transform({ add: { headers: ['a b:c'] } }), "config.add.headers.1: 'a b' is not a valid header"],
  [transform({ append: { headers: ['ok:1', 'x'] } }), 'config.append.headers.2: invalid value: x'],
  [transform({ replace: { uri: 7 } }), 'config.replace.uri: expected a string'],
  [transform({ remove: { headers: ['a b'] } }), "config.remove.headers.1: 'a b' is not a valid header"],
  [transform({ remove: { querystring: [''] } }), 'config.remove.querystring.1: length must be at least 1'],
  [transform({ rename: { headers: ['a b:c'] } }), "config.rename.headers.1: 'a b' is not a valid header"],
  [transform({ rename: { headers: ['x'] } }), 'config.rename.headers.1: invalid value: x'],
  [transform({ nope: {} }), 'config.nope: unknown field'],
];
