// What is wrong with a document, in Kong's words and form; ids; the registry of plugins.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { declarativeErrorBody } from '../../../src/kong/declarative-error.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { idOfName } from '../../../src/kong/ids.ts';
import { pluginSchemas } from '../../../src/kong/plugins/index.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';

/** Errors as 'type name field: message' (sorted by appearance). */
function check(document: Record<string, unknown>): string[] {
  const result = decodeDeclarative({ _format_version: '3.0', ...document });
  if (result.ok) return [];
  return result.error.map(({ entityType, entityName, field, message }) =>
    [entityType, entityName, `${field}:`, message].filter((part) => part !== null).join(' '),
  );
}

const route = (fields: Record<string, unknown>): Record<string, unknown> => ({
  routes: [{ name: 'r', ...fields }],
});
const plugin = (name: string, config: unknown): Record<string, unknown> => ({ plugins: [{ name, config }] });

const table: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ services: [{ name: 's' }] }, 'services s host: required field missing'],
  [{ services: [{ name: 's', host: 'a:80' }] }, 'services s host: must not have a port'],
  [{ services: [{ host: 'a', port: 70000 }] }, 'services port: value should be between 0 and 65535'],
  [
    { services: [{ host: 'a', protocol: 'ftp' }] },
    'services protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
  ],
  [{ services: [{ host: 'a', x: 1 }] }, 'services x: unknown field'],
  [route({ paths: ['a'] }), 'routes r paths[1]: should start with: / (fixed path) or ~/ (regex path)'],
  [route({ paths: ['/a//b'] }), 'routes r paths[1]: must not have empty segments'],
  [route({ paths: ['/a/../b'] }), "routes r paths[1]: non-normalized path, consider use '/b' instead"],
  [
    route({}),
    "routes r @entity: must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
  ],
  [
    route({ hosts: ['a.*.b'] }),
    'routes r hosts[1]: invalid wildcard: must be placed at leftmost or rightmost label',
  ],
  [
    route({ paths: ['/'], service: 'none' }),
    "routes r service: invalid reference 'service: none' (no such entry in 'services')",
  ],
  [route({ methods: ['get'] }), 'routes r methods[1]: invalid value: get'],
  [
    plugin('nope', {}),
    "plugins name: plugin 'nope' not enabled; add it to the 'plugins' configuration property",
  ],
  [plugin('rate-limiting', { minute: 'x' }), 'plugins config.minute: expected a number'],
  [
    plugin('rate-limiting', {}),
    "plugins @entity: at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'",
  ],
  [
    plugin('rate-limiting', { minute: 1, policy: 'redis' }),
    "plugins config.policy: policy 'redis' is not supported by this proxy: use policy 'local'",
  ],
  [
    plugin('rate-limiting', { minute: 5, hour: 1 }),
    'plugins config: The limit for hour(1.0) cannot be lower than the limit for minute(5.0)',
  ],
  [plugin('cors', { origins: ['('] }), "plugins config.origins[1]: '(' is not a valid regex"],
  [
    plugin('request-transformer', { add: { headers: ['x'] } }),
    'plugins config.add.headers[1]: invalid value: x',
  ],
  [
    { upstreams: [{ name: '10.0.0.1' }] },
    "upstreams 10.0.0.1 name: Invalid name ('10.0.0.1'); no ip addresses allowed",
  ],
  [
    { upstreams: [{ name: 'u', algorithm: 'random' }] },
    'upstreams u algorithm: expected one of: consistent-hashing, least-connections, round-robin, latency, sticky-sessions',
  ],
  [
    { upstreams: [{ name: 'u', algorithm: 'sticky-sessions' }] },
    'upstreams u sticky_sessions_cookie: required field missing',
  ],
  [
    { upstreams: [{ name: 'u', hash_on: 'cookie', hash_on_cookie: 'a;b' }] },
    'upstreams u hash_on_cookie: contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\"/?={}[] are not allowed.',
  ],
  [
    { consumers: [{}] },
    "consumers @entity: at least one of these fields must be non-empty: 'custom_id', 'username'",
  ],
  [
    { certificates: [{ cert: 'x', key: 'y' }] },
    'certificates cert: invalid certificate: not a PEM X.509 certificate',
  ],
  [{ nope: [] }, 'nope: unknown field'],
  [{ _format_version: '9' }, '_format_version: expected one of: 1.1, 2.1, 3.0'],
];

test.each(table)('%j', (document, expected) => {
  expect(check(document)[0]).toBe(expected);
});

test('uniqueness', () => {
  const services = [
    { name: 's', host: 'a' },
    { name: 's', host: 'b' },
  ];
  expect(check({ services }).join()).toContain(
    "uniqueness violation: 'services' entity with name set to 's' already declared",
  );
});

test('the answer to a refused document', () => {
  const result = decodeDeclarative({
    _format_version: '3.0',
    services: [
      { name: 'good', host: 'a' },
      { name: 's', tags: ['k8s-name:x'], routes: [{ name: 'r', paths: ['a'] }] },
    ],
  });
  if (result.ok) throw new Error('the document is not valid');
  expect(declarativeErrorBody(result.error, false)['fields']).toEqual({
    services: [
      null,
      {
        host: 'required field missing',
        routes: [{ paths: ['should start with: / (fixed path) or ~/ (regex path)'] }],
      },
    ],
  });
  const flat = declarativeErrorBody(result.error, true);
  expect(flat['fields']).toEqual({});
  expect(flat['flattened_errors']).toMatchObject([
    {
      entity_type: 'service',
      entity_name: 's',
      entity_tags: ['k8s-name:x'],
      errors: [{ type: 'field', field: 'host', message: 'required field missing' }],
    },
    { entity_type: 'route', entity_name: 'r' },
  ]);
});

test.each([
  ['services', 'my-service', '0855b320-0dd2-547d-891d-601e9b38647f'],
  ['services', 'foo-namespace.foo-svc.80', 'fe1e2edc-5479-52fe-b0f4-b90d8d5f83ba'],
  ['routes', 'foo-namespace.foo.foo-svc.example.com.80', '3eee2c18-8fcc-5661-8f84-5c89adfa404f'],
])('the id of %s %s', (type, name, id) => {
  expect(idOfName(type, name)).toBe(id);
});

test('every plugin has a schema in its own file, and a handler', () => {
  const folder = new URL('../../../src/kong/plugins/', import.meta.url);
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const plugins = files.filter((file) => file !== 'index' && file !== 'protocols').sort();
  expect([...pluginSchemas.keys()].sort()).toEqual(plugins);
  expect([...pluginHandlers.keys()].sort()).toEqual(plugins);
});
