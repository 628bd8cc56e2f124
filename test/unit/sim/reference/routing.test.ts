// The reference of expected routing as tables: what Kubernetes' Ingress documentation and its conformance suite say.
import { describe, expect, it } from 'vitest';
import { certificateFor, expectedCertificates } from '../../../../sim/reference/certificates.ts';
import { expectedEndpoints } from '../../../../sim/reference/endpoints.ts';
import { type AskedRequest, expectedRouting } from '../../../../sim/reference/routing.ts';
import { keyPairs } from '../../../../sim/world/key-pairs.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';

interface ToldIngress {
  readonly name?: string;
  readonly created?: number;
  readonly className?: string;
  readonly host?: string;
  /** 'Prefix /foo' to the name of a service. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

const metadata = (name: string, created = 0, more: object = {}): object => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  creationTimestamp: `2026-01-01T00:00:0${created}Z`,
  ...more,
});

function ingress(given: ToldIngress): unknown {
  const {
    name = 'web',
    created = 0,
    className = 'kong',
    host = 'a.example',
    paths = {},
    annotations = {},
  } = given;
  const rules = Object.entries(paths).map(([written, service]) => {
    const [pathType, path] = written.split(' ');
    return { path, pathType, backend: { service: { name: service, port: { number: 80 } } } };
  });
  return {
    metadata: metadata(name, created, { annotations }),
    spec: { ingressClassName: className, rules: [{ host, http: { paths: rules } }], ...given.spec },
  };
}

const services = ['one', 'two', 'three'].map((name) => ({
  metadata: metadata(name),
  spec: { ports: [{ port: 80 }] },
}));
const plugin = (name: string, kind: string): unknown => ({
  metadata: metadata(name),
  plugin: kind,
  config: {},
});
const secret = (name: string, data: Readonly<Record<string, string>>, labels: object = {}): unknown => ({
  metadata: metadata(name, 0, { labels }),
  data: Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
});

function objectsOf(
  kinds: Readonly<Record<string, readonly unknown[]>>,
): ReadonlyMap<string, readonly KubeObject[]> {
  return new Map(Object.entries({ services, ...kinds })) as never;
}

const ingresses = (...told: readonly ToldIngress[]): Readonly<Record<string, readonly unknown[]>> => ({
  'ingresses.networking.k8s.io': told.map(ingress),
});

/** 'GET a.example/foo' to the service's name, a status, or 'unknown'. */
function check(
  kinds: Readonly<Record<string, readonly unknown[]>>,
  asked: string,
  expected: string,
  more: Partial<AskedRequest> = {},
): void {
  const [method, target] = asked.split(' ');
  const slash = target!.indexOf('/');
  const request = {
    scheme: 'http',
    host: target!.slice(0, slash),
    path: target!.slice(slash),
    headers: {},
  } as const;
  const resolution = expectedRouting(objectsOf(kinds)).resolve({ ...request, method: method!, ...more });
  const found =
    resolution === null
      ? 'unknown'
      : resolution.status === 0
        ? resolution.backend!.service
        : `${resolution.status}`;
  expect(found).toBe(expected);
}

const suite = ingresses(
  { name: 'exact', host: 'exact.example', paths: { 'Exact /foo': 'one' } },
  {
    name: 'prefix',
    host: 'prefix.example',
    paths: { 'Prefix /foo': 'one', 'Prefix /aaa/bbb': 'two', 'Prefix /aaa': 'three' },
  },
  { name: 'mixed', host: 'mixed.example', paths: { 'Prefix /foo': 'one', 'Exact /foo': 'two' } },
  { name: 'slash', host: 'slash.example', paths: { 'Prefix /aaa/bbb/': 'one', 'Exact /foo/': 'two' } },
  { name: 'wild', host: '*.wild.example', paths: { 'Prefix /': 'one' } },
);

describe('paths and hosts of the conformance suite', () => {
  const table = {
    'exact.example/foo': 'one',
    'exact.example/foo/': '404',
    'exact.example/FOO': '404',
    'exact.example/bar': '404',
    'prefix.example/foo': 'one',
    'prefix.example/foo/': 'one',
    'prefix.example/FOO': '404',
    'prefix.example/aaa/bbb': 'two',
    'prefix.example/aaa/bbb/ccc': 'two',
    'prefix.example/aaa/ccc': 'three',
    'prefix.example/aaaccc': '404',
    'mixed.example/foo': 'two',
    'slash.example/aaa/bbb': 'one',
    'slash.example/aaa/bbb/': 'one',
    'slash.example/foo': '404',
    'bar.wild.example/': 'one',
    'wild.example/': '404',
    'baz.bar.wild.example/': 'unknown',
    'bar.example/': '404',
    'exact.example/%66oo': 'unknown',
  };
  for (const [asked, expected] of Object.entries(table))
    it(`${asked} leads to ${expected}`, () => check(suite, `GET ${asked}`, expected));
});

const young = { name: 'young', created: 5, paths: { 'Prefix /': 'two' } };
const old = { name: 'old', created: 1, paths: { 'Prefix /': 'one' } };
const fallback = { defaultBackend: { service: { name: 'three', port: { number: 80 } } }, rules: [] };

describe('whose path it is', () => {
  const table: readonly (readonly [string, readonly ToldIngress[], string, string])[] = [
    ['the older one keeps it', [young, old], 'a.example/', 'one'],
    [
      'in the same second the name decides',
      [
        { ...young, created: 1 },
        { ...old, name: 'zebra' },
      ],
      'a.example/',
      'two',
    ],
    [
      'a longer path is another one',
      [old, { ...young, paths: { 'Prefix /cart': 'two' } }],
      'a.example/cart',
      'two',
    ],
    ['another class is not ours', [{ ...old, className: 'nginx' }, young], 'a.example/', 'two'],
    ['no class is not ours', [{ ...old, className: '' }, young], 'a.example/', 'two'],
    ['a default backend takes the rest', [young, { name: 'rest', spec: fallback }], 'b.example/', 'three'],
    ['but no path that a rule has', [young, { name: 'rest', spec: fallback }], 'a.example/', 'two'],
    [
      'what begins with it',
      [{ ...old, paths: { 'ImplementationSpecific /ca': 'one' } }],
      'a.example/cart',
      'one',
    ],
    [
      'a regular expression',
      [{ ...old, paths: { 'ImplementationSpecific /~/c.*': 'one' } }],
      'a.example/cart',
      'one',
    ],
    ['one that is none', [{ ...old, paths: { 'ImplementationSpecific /~(': 'one' } }], 'a.example/', '404'],
    [
      'what is not written here',
      [{ ...old, annotations: { 'konghq.com/headers.x': 'y' } }],
      'a.example/',
      'unknown',
    ],
  ];
  for (const [name, told, asked, expected] of table)
    it(name, () => check(ingresses(...told), `GET ${asked}`, expected));
});

const metadataOfOurs = { annotations: { 'kubernetes.io/ingress.class': 'kong' } };

const withPlugin = (names: string): Readonly<Record<string, readonly unknown[]>> => ({
  ...ingresses({ ...old, annotations: { 'konghq.com/plugins': names } }),
  'kongplugins.configuration.konghq.com': [plugin('keys', 'key-auth'), plugin('odd', 'unheard-of')],
  'kongconsumers.configuration.konghq.com': [
    {
      metadata: metadata('me', 0, metadataOfOurs),
      credentials: ['my-key'],
    },
  ],
  secrets: [secret('my-key', { key: 'open-sesame' }, { 'konghq.com/credential': 'key-auth' })],
});

describe('what stands before a service', () => {
  it('lets a key through', () =>
    check(withPlugin('keys'), 'GET a.example/', 'one', { headers: { apikey: 'open-sesame' } }));
  it('refuses the key of a consumer whose name an older one has', () => {
    const consumers = withPlugin('keys')['kongconsumers.configuration.konghq.com'] as readonly object[];
    const named = [
      { metadata: metadata('before', 0, metadataOfOurs), username: 'me' },
      { ...consumers[0], metadata: metadata('me', 1, metadataOfOurs), username: 'me' },
    ];
    const told = { ...withPlugin('keys'), 'kongconsumers.configuration.konghq.com': named };
    check(told, 'GET a.example/', '401', { headers: { apikey: 'open-sesame' } });
  });
  it('finds the key in the query', () =>
    check(withPlugin('keys'), 'GET a.example/?apikey=open-sesame', 'one'));
  it('refuses another key', () =>
    check(withPlugin('keys'), 'GET a.example/', '401', { headers: { apikey: 'no' } }));
  it('refuses no key', () => check(withPlugin('keys'), 'GET a.example/', '401'));
  it('closes without the plugin', () => check(withPlugin('nowhere'), 'GET a.example/', '503'));
  it('closes with a plugin that nobody knows', () => check(withPlugin('odd'), 'GET a.example/', '503'));
  const secured = ingresses({ ...old, annotations: { 'ingress.kubernetes.io/force-ssl-redirect': 'true' } });
  it('leads to https', () => check(secured, 'GET a.example/', '302'));
  it('is through on https', () => check(secured, 'GET a.example/', 'one', { scheme: 'https' }));
});

describe('endpoints', () => {
  const endpoint = (address: string, conditions: object): object => ({ addresses: [address], conditions });
  const slice = (...endpoints: readonly object[]): unknown => ({
    metadata: metadata('one-1', 0, { labels: { 'kubernetes.io/service-name': 'one' } }),
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints,
  });
  const backend = {
    namespace: 'default',
    service: 'one',
    written: '80',
    outside: null,
    port: { name: '', protocol: 'TCP' },
  };
  const ready = { ready: true, serving: true, terminating: false };
  const ends = { ready: false, serving: true, terminating: true };
  const silent = { ready: false, serving: false, terminating: true };
  const table: readonly (readonly [string, readonly unknown[], string])[] = [
    [
      'of all slices, once',
      [slice(endpoint('1', ready)), slice(endpoint('1', ready), endpoint('2', ready))],
      '1 2',
    ],
    ['ready ones before those that end', [slice(endpoint('1', ends), endpoint('2', ready))], '2'],
    ['those that end when nothing else is left', [slice(endpoint('1', ends), endpoint('2', silent))], '1'],
    ['unset means ready', [slice(endpoint('1', {}), endpoint('2', { ready: null }))], '1 2'],
    ['none', [slice(endpoint('1', { ready: false }))], ''],
  ];
  for (const [name, slices, expected] of table)
    it(name, () => {
      const found = expectedEndpoints(objectsOf({ 'endpointslices.discovery.k8s.io': slices }), backend);
      expect(found.map(({ address }) => address).join(' ')).toBe(expected);
    });
});

describe('certificates', () => {
  const pair = (name: 'first' | 'second'): Readonly<Record<string, string>> => ({
    'tls.crt': keyPairs[name].cert,
    'tls.key': keyPairs[name].key,
  });
  const tls = (secretName: string): object => ({ tls: [{ hosts: ['a.example'], secretName }] });
  const secrets = [
    secret('good', pair('first')),
    secret('other', pair('second')),
    secret('bad', { 'tls.crt': 'no' }),
  ];
  const table: readonly (readonly [string, readonly ToldIngress[], string])[] = [
    [
      'the older Ingress has it',
      [
        { ...young, spec: tls('other') },
        { ...old, spec: tls('good') },
      ],
      'default/good',
    ],
    [
      'unless its pair is broken',
      [
        { ...young, spec: tls('other') },
        { ...old, spec: tls('bad') },
      ],
      'default/other',
    ],
    ['without a pair the default one', [{ ...old, spec: tls('nowhere') }], 'default'],
  ];
  for (const [name, told, expected] of table)
    it(name, () => {
      const shown = expectedCertificates(objectsOf({ ...ingresses(...told), secrets }));
      expect(certificateFor(shown, 'A.example')?.secret ?? 'default').toBe(expected);
    });
});
