// The node itself: its state, health of targets, schemas, and everything that is not there.
import { expect } from 'vitest';
import { type Asked, ids, notAllowed, notFound } from './asked.ts';

const text = expect.any(String) as unknown;
const number = expect.any(Number) as unknown;
const fields = { fields: expect.any(Array) as unknown };
const memory = (size: string) => ({
  memory: {
    workers_lua_vms: [],
    lua_shared_dicts: { health: { capacity: expect.stringMatching(size) as unknown } },
  },
});
const types = [
  'services',
  'routes',
  'upstreams',
  'targets',
  'consumers',
  'plugins',
  'certificates',
  'snis',
  'ca_certificates',
  'keyauth_credentials',
  'basicauth_credentials',
  'acls',
  'vaults',
  'keys',
  'key_sets',
  'consumer_groups',
  'consumer_group_consumers',
];
const plugins = ['cors', 'key-auth', 'rate-limiting', 'request-transformer'];
const readOnly = ['/', '/status', '/status/ready', '/timers', '/plugins/enabled', '/tags'];

export const nodeRequests: readonly Asked[] = [
  [
    'GET /',
    200,
    {
      tagline: 'Welcome to kong',
      version: '3.9.1',
      edition: 'community',
      configuration: { database: 'off', router_flavor: 'traditional_compatible' },
    },
  ],
  [
    'GET /',
    200,
    { plugins: { enabled_in_cluster: ['cors', 'rate-limiting'] }, timers: { running: 0, pending: 0 } },
  ],
  [
    'GET /status',
    200,
    {
      configuration_hash: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      server: { total_requests: number, connections_active: number, connections_handled: number },
    },
  ],
  ['GET /status?unit=k', 200, memory('KiB$')],
  ['GET /status?unit=M', 200, memory('MiB$')],
  ['GET /status?unit=g&scale=4', 200, memory('^\\d\\.\\d{4} GiB$')],
  ['GET /status?unit=b', 200, memory('^\\d+$')],
  ['GET /status?unit=x', 400, { message: "invalid unit 'x' (expected 'k/K', 'm/M', or 'g/G')" }],
  ['GET /status?unit=m&scale=-1', 400, { message: 'scale must be equal or greater than 0' }],
  ['GET /status/ready', 200, { message: 'ready' }],
  ['GET /status/dns', 501, { message: 'not implemented with the legacy DNS client' }],
  ['GET /timers', 200, { worker: { id: 0, count: 1 }, stats: { sys: { running: 0, pending: 0 } } }],
  ['HEAD /metrics', 200, null],
  ['POST /metrics', 405, notAllowed],
  ...readOnly.flatMap((path): Asked[] => [
    [`HEAD ${path}`, 200, null],
    [`OPTIONS ${path}`, 204, null, { allow: 'GET, HEAD, OPTIONS' }],
    [`POST ${path}`, 405, notAllowed],
    [`DELETE ${path}`, 405, notAllowed],
  ]),
  ...[
    '/nothing',
    '/workspaces',
    '/consumer_groups/gold/consumers/ann/x',
    '/services/shop/routes/cart/x',
    '/config/x',
    '/status/x',
    '/clustering/status',
    '/%zz',
    '/timers/x',
  ].map((path): Asked => [`GET ${path}`, 404, notFound]),
  ...types.map((type): Asked => [`GET /schemas/${type}`, 200, fields]),
  ...plugins.flatMap((name): Asked[] => [
    [`GET /schemas/plugins/${name}`, 200, fields],
    [`GET /plugins/schema/${name}`, 200, fields],
  ]),
  ['GET /schemas/nothing', 404, { message: "No entity named 'nothing'" }],
  ['GET /schemas/__proto__', 404, { message: "No entity named '__proto__'" }],
  ['GET /schemas/vaults/env', 200, { fields: [{ config: { type: 'record' } }] }],
  ['GET /schemas/vaults/nothing', 404, { message: "No vault named 'nothing'" }],
  ['POST /schemas/vaults/env', 405, notAllowed],
  [
    'GET /endpoints',
    200,
    {
      data: expect.arrayContaining([
        '/routes/{routes}/plugins/{plugins}',
        '/upstreams/{upstreams}/targets/all',
      ]) as unknown,
    },
  ],
  ['POST /endpoints', 405, notAllowed],
  ['GET /schemas/plugins/nothing', 404, { message: "No plugin named 'nothing'" }],
  ['GET /plugins/schema/nothing', 404, { message: "No plugin named 'nothing'" }],
  ['POST /schemas/services', 405, notAllowed],
  ['GET /schemas/services/validate', 405, notAllowed],
  ['POST /schemas/nothing/validate {}', 404, { message: "No entity named 'nothing'" }],
  ['POST /schemas/services/validate {"host":"a"}', 200, { message: 'schema validation successful' }],
  ['POST /schemas/routes/validate {"paths":["/"]}', 200, { message: 'schema validation successful' }],
  ['POST /schemas/plugins/validate {"name":"key-auth"}', 200, { message: 'schema validation successful' }],
  ['POST /schemas/consumers/validate {"username":"a"}', 200, { message: 'schema validation successful' }],
  ['POST /schemas/services/validate {', 400, { message: 'Cannot parse JSON body' }],
  // Of the whole first, then field by field, two levels deep; below that as Lua shows a table.
  ...(
    [
      [
        'routes',
        { paths: ['/', '/a//b', 'c'] },
        2,
        'paths.2: must not have empty segments; paths.3: should start with: / (fixed path) or ~/ (regex path)',
      ],
      [
        'services',
        { host: 'a', tls_verify: true, port: -1 },
        3,
        "failed conditional validation given value of field 'protocol'; port: value should be between 0 and 65535; tls_verify: value must be null",
      ],
      [
        'upstreams',
        { name: 'u', healthchecks: { active: { timeout: -1, headers: ['x'] } } },
        1,
        'healthchecks.active: {\n  headers = "expected a string",\n  timeout = "value should be between 0 and 65535"\n}',
      ],
      [
        'keys',
        { kid: 'k', pem: {} },
        1,
        "pem.@entity: {\n  \"at least one of these fields must be non-empty: 'private_key', 'public_key'\"\n}",
      ],
    ] as const
  ).map(
    ([type, entity, count, told]): Asked => [
      `POST /schemas/${type}/validate ${JSON.stringify(entity)}`,
      400,
      { code: 2, message: `${count === 1 ? 'schema violation' : `${count} schema violations`} (${told})` },
    ],
  ),
  [
    'POST /schemas/services/validate {}',
    400,
    {
      code: 2,
      name: 'schema violation',
      message: 'schema violation (host: required field missing)',
      fields: { host: 'required field missing' },
    },
  ],
  [
    'POST /schemas/services/validate {"port":-1}',
    400,
    {
      code: 2,
      message:
        '2 schema violations (host: required field missing; port: value should be between 0 and 65535)',
      fields: { host: 'required field missing', port: 'value should be between 0 and 65535' },
    },
  ],
  [
    'POST /schemas/plugins/validate {"name":"nothing"}',
    400,
    { fields: { name: "plugin 'nothing' not enabled; add it to the 'plugins' configuration property" } },
  ],
  [
    'POST /schemas/plugins/validate {"name":"rate-limiting","config":{"minute":"x"}}',
    400,
    {
      message: 'schema violation (config.minute: expected a number)',
      fields: { config: { minute: 'expected a number' } },
    },
  ],
  [
    'POST /schemas/consumers/validate {}',
    400,
    {
      message: "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')",
      fields: { '@entity': ["at least one of these fields must be non-empty: 'custom_id', 'username'"] },
    },
  ],
  [
    'GET /upstreams/pool/health',
    200,
    { data: expect.objectContaining({ length: 2 }) as unknown, next: null, node_id: text },
  ],
  [
    'GET /upstreams/pool/health',
    200,
    {
      data: expect.arrayContaining([
        expect.objectContaining({ target: '10.0.0.1:80', health: 'HEALTHY' }),
      ]) as unknown,
    },
  ],
  ['GET /upstreams/bare/health', 200, { data: [expect.objectContaining({ health: 'HEALTHCHECKS_OFF' })] }],
  [
    `GET /upstreams/${ids.upstream}/health?balancer_health=1`,
    200,
    {
      data: {
        id: ids.upstream,
        health: 'HEALTHY',
        balancer_health: 'HEALTHY',
        details: {
          healthy: true,
          weight: { total: 200, available: 200, unavailable: 0 },
          hosts: expect.arrayContaining([
            expect.objectContaining({
              host: '10.0.0.1',
              port: 80,
              nodeWeight: 100,
              addresses: [{ ip: '10.0.0.1', port: 80, weight: 100, healthy: true }],
            }),
          ]) as unknown,
        },
      },
      next: null,
    },
  ],
  ['GET /upstreams/bare/health?balancer_health=1', 200, { data: { balancer_health: 'UNHEALTHY' } }],
  ['HEAD /upstreams/pool/health', 200, null],
  ['OPTIONS /upstreams/pool/health', 204, null, { allow: 'GET, HEAD, OPTIONS' }],
  ['PUT /upstreams/pool/health', 405, notAllowed],
  ['GET /upstreams/none/health', 404, notFound],
  ['PUT /upstreams/pool/targets/10.0.0.1:80/unhealthy', 204, null],
  [
    'GET /upstreams/pool/health',
    200,
    {
      data: expect.arrayContaining([
        expect.objectContaining({ target: '10.0.0.1:80', health: 'UNHEALTHY' }),
      ]) as unknown,
    },
  ],
  [
    'GET /upstreams/pool/health?balancer_health=1',
    200,
    { data: { details: { weight: { total: 200, available: 100, unavailable: 100 } } } },
  ],
  [`PUT /upstreams/pool/targets/${ids.target}/healthy`, 204, null],
  [
    'GET /upstreams/pool/health',
    200,
    {
      data: expect.arrayContaining([
        expect.objectContaining({ target: '10.0.0.1:80', health: 'HEALTHY' }),
      ]) as unknown,
    },
  ],
  ['PUT /upstreams/pool/targets/10.0.0.1:80/10.0.0.1:80/unhealthy', 204, null],
  ['PUT /upstreams/pool/targets/10.0.0.1:80/10.0.0.1:80/healthy', 204, null],
  ['POST /upstreams/pool/targets/10.0.0.1:80/healthy', 405, notAllowed],
  ['GET /upstreams/pool/targets/10.0.0.1:80/healthy', 405, notAllowed],
  ['OPTIONS /upstreams/pool/targets/10.0.0.1:80/healthy', 204, null, { allow: 'OPTIONS, PUT' }],
  ['PUT /upstreams/pool/targets/10.9.9.9:80/healthy', 404, notFound],
  ['PUT /upstreams/none/targets/10.0.0.1:80/healthy', 404, notFound],
  ['PUT /upstreams/bare/targets/10.0.0.3:80/healthy', 400, { message: text }],
];
