// Scopes of plugins, failing closed, certificates by server name.

import { expect, test } from 'vitest';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Plugin } from '../../../src/kong/entity.ts';
import type { Compiled, CompiledRoute, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { instanceOf } from '../../../src/proxy/compile/instance-of.ts';
import { CompiledTables, emptyParts } from '../../../src/proxy/compile/tables.ts';
import type { PluginHandler } from '../../../src/proxy/plugins/plugin.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';
import { issueRsaCertificate } from '../io/rsa-certificate.ts';

const shared = {
  health: new Int32Array(8),
  shares: new Int32Array(64),
  counters: new Int32Array(4),
  statistics: new Float64Array(4),
  routes: [],
};

/** Instances that show which entity they came from; a limit of 13 a minute cannot be prepared. */
const handler = (name: string, priority: number): PluginHandler => ({
  name,
  priority,
  prepare(plugin: Plugin) {
    if (plugin.config['minute'] === 13) throw new Error('13 is not possible');
    return { from: plugin.instance_name } as object;
  },
});

function compile(document: Record<string, unknown>, names = ['key-auth', 'rate-limiting']): Compiled {
  const decoded = decodeDeclarative({ _format_version: '3.0', ...document });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const config: GatewayConfig = decoded.value;
  const compiler = createCompiler({
    env: { clock: { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) } },
    endpoints: { acquire: (host, port) => ({ key: `${host}:${port}`, host, port }), release() {} },
    shared,
    handlers: new Map(names.map((name, i) => [name, handler(name, 1000 - i)])),
  });
  const job = compiler.begin(diffConfigs(emptyConfig, config));
  while (!job.step(1_000_000));
  return job.result;
}

function routeOf(compiled: Compiled): CompiledRoute {
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  compiled.match(bareInput, '/', into);
  return into.route!;
}

const scopes: Readonly<Record<string, Record<string, string>>> = {
  rsc: { route: 'r', service: 's', consumer: 'c' },
  rc: { route: 'r', consumer: 'c' },
  sc: { service: 's', consumer: 'c' },
  rs: { route: 'r', service: 's' },
  c: { consumer: 'c' },
  r: { route: 'r' },
  s: { service: 's' },
  g: {},
};

test.each([
  [['g', 's', 'r', 'c', 'rs', 'sc', 'rc', 'rsc'], 'rs', 'rsc'],
  [['g', 's', 'r', 'c', 'rs', 'sc', 'rc'], 'rs', 'rc'],
  [['g', 's', 'r', 'c', 'rs', 'sc'], 'rs', 'sc'],
  [['g', 's', 'r', 'c', 'rs'], 'rs', 'rs'],
  [['g', 's', 'r', 'c'], 'r', 'c'],
  [['g', 's', 'r'], 'r', 'r'],
  [['g', 's'], 's', 's'],
  [['g'], 'g', 'g'],
  [['c'], null, 'c'],
])('of %j the plugin of %s wins, for the consumer that of %s', (given, base, forConsumer) => {
  const compiled = compile({
    services: [{ name: 's', host: 'h', routes: [{ name: 'r', paths: ['/'] }] }],
    consumers: [{ username: 'c' }],
    plugins: given.map((scope) => ({
      name: 'rate-limiting',
      instance_name: scope,
      config: { minute: 1 },
      ...scopes[scope],
    })),
  });
  const slot = routeOf(compiled).plugins[0]!;
  const consumer = compiled.consumerByUsername('c')!;
  const nameOf = (instance: unknown): unknown => (instance as { from: string } | null)?.from ?? null;
  expect(nameOf(slot.base)).toBe(base);
  expect(nameOf(instanceOf(slot, consumer))).toBe(forConsumer);
});

/** Kong's documented order, the closest first; 'a' and 'z' are groups that the consumer is in, 'o' is not. */
const order = ['rsc', 'rsa', 'rc', 'sc', 'ra', 'sa', 'rs', 'c', 'a', 'r', 's', 'g'];

test.each([
  ...order.map((_, from) => [order.slice(from), order[from]!] as const),
  [['z', 'a'], 'a'],
  [['rz', 'a'], 'rz'],
  [['o', 'g'], 'g'],
  [['rso', 's'], 's'],
  [['rz', 'ra', 'so', 'c'], 'ra'],
] as const)('of %j, in any order, the plugin of %s runs for a consumer of two groups', (given, winner) => {
  const scopeOf = (scope: string): Record<string, string> => ({
    ...(scope.includes('r') ? { route: 'r' } : {}),
    ...(scope.includes('s') ? { service: 's' } : {}),
    ...(scope.includes('c') ? { consumer: 'c' } : {}),
    ...(/[azo]/.test(scope) ? { consumer_group: /[azo]/.exec(scope)![0] } : {}),
  });
  for (const scopesGiven of [given, [...given].reverse()]) {
    const compiled = compile({
      services: [{ name: 's', host: 'h', routes: [{ name: 'r', paths: ['/'] }] }],
      consumers: [{ username: 'c' }, { username: 'other' }],
      consumer_groups: [{ name: 'z' }, { name: 'a' }, { name: 'o' }],
      consumer_group_consumers: [
        { consumer: 'c', consumer_group: 'z' },
        { consumer: 'c', consumer_group: 'a' },
        { consumer: 'other', consumer_group: 'o' },
      ],
      plugins: scopesGiven.map((scope) => ({
        name: 'rate-limiting',
        instance_name: scope,
        config: { minute: 1 },
        ...scopeOf(scope),
      })),
    });
    const chosen = instanceOf(routeOf(compiled).plugins[0]!, compiled.consumerByUsername('c'));
    expect((chosen as unknown as { from: string }).from).toBe(winner);
  }
});

const service = (plugins: unknown[], more = {}): Record<string, unknown> => ({
  services: [{ name: 's', host: 'h', ...more, routes: [{ name: 'r', paths: ['/'], plugins }] }],
});

test.each([
  [
    'a plugin that cannot be prepared',
    service([{ name: 'rate-limiting', config: { minute: 13 } }]),
    /13 is not/,
  ],
  ['a plugin without a handler', service([{ name: 'cors' }]), /'cors' is not part of this proxy/],
  ['a protocol that is not spoken', service([], { protocol: 'grpc' }), /'grpc' is not supported/],
  ['nothing wrong', service([{ name: 'key-auth' }]), /^$/],
])('closed: %s', (_name, document, reason) => {
  expect(routeOf(compile(document)).unavailableReason).toMatch(reason);
});

test.each([
  [['https'], true],
  [['http', 'https'], true],
  [['grpcs', 'tcp'], true],
  [['tcp', 'tls', 'udp'], false],
])('a plugin for %j guards plain http: %s', (protocols, runs) => {
  const config = { add: { headers: ['a:b'] } };
  const compiled = compile(service([{ name: 'request-transformer', protocols, config }]), [
    'request-transformer',
  ]);
  expect(routeOf(compiled).plugins.map(({ name }) => name)).toEqual(runs ? ['request-transformer'] : []);
});

test('run order is by priority', () => {
  const plugins = [{ name: 'rate-limiting', config: { minute: 1 } }, { name: 'key-auth' }];
  expect(routeOf(compile(service(plugins))).plugins.map(({ name }) => name)).toEqual([
    'key-auth',
    'rate-limiting',
  ]);
});

test('certificates: exact, leftmost wildcard, rightmost wildcard, default', () => {
  const edit = emptyParts.certificates.edit();
  for (const name of ['a.example', '*.example', 'a.*', '*']) edit.set(name, { id: name, cert: '', key: '' });
  const tables = new CompiledTables({ ...emptyParts, certificates: edit.finish() });
  const names = ['A.example', 'b.example', 'a.test', 'x.y.example', 'other.test', ''];
  expect(names.map((name) => tables.selectCertificate(name)?.id)).toEqual([
    'a.example',
    '*.example',
    'a.*',
    '*',
    '*',
    '*',
  ]);
});

test('a certificate comes with its other kind, which the entity may have', async () => {
  const authority = await createCertificateAuthority();
  const [ecdsa, second] = [
    await issueCertificate(authority, { commonName: 'a' }),
    await issueCertificate(authority, { commonName: 'a' }),
  ];
  const rsa = await issueRsaCertificate(authority, 'a');
  const snis = [{ name: 'a.example' }];
  const both = compile({ certificates: [{ ...ecdsa, cert_alt: rsa.cert, key_alt: rsa.key, snis }] });
  expect(both.selectCertificate('a.example')).toMatchObject({ ...ecdsa, alternative: rsa });
  const one = compile({ certificates: [{ ...ecdsa, snis }] });
  expect(one.selectCertificate('a.example')).toMatchObject({ ...ecdsa, alternative: null });
  expect(one.selectCertificate('a.example')!.id).not.toBe(both.selectCertificate('a.example')!.id);
  expect(() => compile({ certificates: [{ ...ecdsa, cert_alt: second.cert, key_alt: second.key }] })).toThrow(
    /same type/,
  );
});
