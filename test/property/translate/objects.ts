// Random objects of every kind that is translated, few names so that they often meet.
import fc from 'fast-check';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import type { KubeObject } from '../../../src/kube/object.ts';

type Fields = Readonly<Record<string, unknown>>;

const classed = { 'kubernetes.io/ingress.class': 'kong' };

export const metadata = (name: string): KubeObject['metadata'] => ({ name, namespace: 'default' });

function object(apiVersion: string, kind: string, name: string, more: Fields, meta: Fields = {}): KubeObject {
  return { apiVersion, kind, metadata: { ...metadata(name), ...meta }, ...more } as KubeObject;
}

const authority = await createCertificateAuthority();
const pairs = await Promise.all(
  ['x.example', 'y.example'].map((host) =>
    issueCertificate(authority, { commonName: host, dnsNames: [host] }),
  ),
);

export function ingress(
  name: string,
  host: string,
  path: string,
  service: string,
  port: number,
  annotations: Readonly<Record<string, string>> = {},
  tlsSecret: string | null = null,
): KubeObject {
  const backend = { service: { name: service, port: { number: port } } };
  const rules = [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }];
  const tls = tlsSecret === null ? [] : [{ hosts: [host || 'y.example'], secretName: tlsSecret }];
  const spec = { ingressClassName: 'kong', rules, tls };
  return object('networking.k8s.io/v1', 'Ingress', name, { spec }, { annotations });
}

export function service(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return object('v1', 'Service', name, { spec: { ports: [{ port: 80 }] } }, { annotations });
}

export function slice(owner: string, index: number, addresses: readonly string[]): KubeObject {
  const labels = { 'kubernetes.io/service-name': owner };
  const ports = [{ name: '', port: 8080, protocol: 'TCP' }];
  const endpoints = addresses.map((address) => ({ addresses: [address], conditions: { ready: true } }));
  const name = `${owner}-${index}`;
  return object('discovery.k8s.io/v1', 'EndpointSlice', name, { ports, endpoints }, { labels });
}

function plugin(name: string, kind: string, config: Fields): KubeObject {
  return object('configuration.konghq.com/v1', 'KongPlugin', name, { plugin: kind, config });
}

function globalPlugin(name: string, kind: string, config: Fields): KubeObject {
  const meta = { namespace: undefined, labels: { global: 'true' }, annotations: classed };
  const fields = { plugin: kind, config };
  return object('configuration.konghq.com/v1', 'KongClusterPlugin', name, fields, meta);
}

function consumer(
  name: string,
  username: string,
  credentials: readonly string[],
  plugins: string,
  consumerGroups: readonly string[],
): KubeObject {
  const meta = { annotations: { ...classed, 'konghq.com/plugins': plugins } };
  return object(
    'configuration.konghq.com/v1',
    'KongConsumer',
    name,
    { username, credentials, consumerGroups },
    meta,
  );
}

const name = fc.constantFrom('a', 'b', 'c');
const pluginList = fc.constantFrom('', 'a', 'b', 'a,c', 'nowhere');
const routeAnnotation = fc.constantFrom<Record<string, string>>(
  {},
  { 'konghq.com/rewrite': '/new' },
  { 'konghq.com/rewrite': '$' },
  { 'konghq.com/headers.x-a': 'one,~*(' },
  { 'konghq.com/headers.x-a': '~*(' },
  { 'konghq.com/methods': 'GET,P0ST' },
  { 'konghq.com/host-aliases': 'z.example' },
);

const ingresses = fc
  .record({
    name,
    host: fc.constantFrom('x.example', ''),
    path: fc.constantFrom('/', '/p', '/~/(', '//'),
    service: name,
    port: fc.constantFrom(80, 81),
    more: routeAnnotation,
    plugins: pluginList,
    tls: fc.constantFrom(null, 'tls-a', 'tls-b'),
  })
  .map((of) => {
    const annotations = { ...of.more, 'konghq.com/plugins': of.plugins };
    return ingress(of.name, of.host, of.path, of.service, of.port, annotations, of.tls);
  });

const serviceAnnotation = fc.constantFrom<Record<string, string>>(
  {},
  { 'konghq.com/upstream-policy': 'a' },
  { 'konghq.com/protocol': 'https', 'konghq.com/client-cert': 'tls-a' },
  {
    'konghq.com/protocol': 'https',
    'konghq.com/tls-verify': 'true',
    'konghq.com/ca-certificates-secrets': 'ca,tls-b',
  },
);
const services = fc
  .tuple(name, pluginList, serviceAnnotation)
  .map(([of, plugins, more]) => service(of, { ...more, 'konghq.com/plugins': plugins }));

const policies = fc
  .tuple(name, fc.constantFrom('round-robin', 'latency'), fc.constantFrom(5, 100))
  .map(([of, algorithm, slots]) =>
    object('configuration.konghq.com/v1beta1', 'KongUpstreamPolicy', of, { spec: { algorithm, slots } }),
  );

const slices = fc
  .tuple(name, fc.nat(1), fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1')))
  .map((parts) => slice(...parts));

const settings = fc.constantFrom<readonly [string, Fields]>(
  ['key-auth', {}],
  ['key-auth', { colour: 'red' }],
  ['rate-limiting', { minute: 5 }],
  ['request-transformer', { add: { headers: ['x:y'] } }],
  ['frobnicate', {}],
);
const plugins = fc.tuple(name, settings).map(([of, [kind, config]]) => plugin(of, kind, config));
const globals = fc.tuple(name, settings).map(([of, [kind, config]]) => globalPlugin(of, kind, config));
const consumers = fc
  .tuple(
    name,
    name,
    fc.uniqueArray(fc.constantFrom('key-a', 'key-b', 'tls-a')),
    pluginList,
    fc.uniqueArray(name),
  )
  .map((parts) => consumer(...parts));

const groups = fc.tuple(name, pluginList).map(([of, list]) => {
  const meta = { annotations: { ...classed, 'konghq.com/plugins': list } };
  return object('configuration.konghq.com/v1beta1', 'KongConsumerGroup', of, {}, meta);
});
const vaults = fc
  .tuple(name, fc.constantFrom('shop', 'env', 'blog'), fc.constantFrom('env', 'aws'))
  .map(([of, prefix, backend]) => {
    const meta = { namespace: undefined, annotations: classed };
    const spec = { prefix, backend };
    return object('configuration.konghq.com/v1alpha1', 'KongVault', of, { spec }, meta);
  });

const secrets = fc.oneof(
  fc
    .constantFrom('ca', 'tls-b')
    .map((of) => object('v1', 'Secret', of, { stringData: { 'ca.crt': authority.cert } })),
  fc.tuple(fc.constantFrom('key-a', 'key-b'), fc.constantFrom('one', 'two', '')).map(([of, key]) => {
    const labels = { 'konghq.com/credential': 'key-auth' };
    return object('v1', 'Secret', of, { stringData: { key } }, { labels });
  }),
  fc.tuple(fc.constantFrom('tls-a', 'tls-b'), fc.nat(1), fc.nat(1)).map(([of, cert, key]) => {
    const stringData = { 'tls.crt': pairs[cert]!.cert, 'tls.key': pairs[key]!.key };
    return object('v1', 'Secret', of, { stringData });
  }),
);

export const anyObject: fc.Arbitrary<KubeObject> = fc.oneof(
  { arbitrary: ingresses, weight: 4 },
  { arbitrary: services, weight: 2 },
  { arbitrary: slices, weight: 2 },
  { arbitrary: plugins, weight: 2 },
  { arbitrary: globals, weight: 1 },
  { arbitrary: policies, weight: 1 },
  { arbitrary: consumers, weight: 2 },
  { arbitrary: groups, weight: 2 },
  { arbitrary: vaults, weight: 1 },
  { arbitrary: secrets, weight: 2 },
);

const keyOf = (value: KubeObject): string => `${value.kind}/${value.metadata.name}`;

export const anyObjects: fc.Arbitrary<KubeObject[]> = fc.uniqueArray(anyObject, {
  selector: keyOf,
  maxLength: 20,
});
