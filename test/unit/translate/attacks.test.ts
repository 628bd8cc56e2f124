// What somebody can do who may write Ingresses, Services, Secrets and KongPlugins in one namespace: nothing to the
// controller, nothing to the objects of others, and nothing that shows a Secret to those who may not read it.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';
import { app, fill, plugin, service, translateYaml } from './rig.ts';

const victim = app('victim');

function object(
  kind: string,
  name: string,
  more: Record<string, unknown>,
  namespace = 'default',
): KubeObject {
  const groups: Readonly<Record<string, string>> = {
    Secret: 'v1',
    Service: 'v1',
    Ingress: 'networking.k8s.io/v1',
    KongUpstreamPolicy: 'configuration.konghq.com/v1beta1',
  };
  const metadata = { name, namespace, uid: '', creationTimestamp: '2020-01-01T00:00:00Z', labels: {} };
  const given = { ...(more['metadata'] as object | undefined) };
  return {
    apiVersion: groups[kind] ?? 'configuration.konghq.com/v1',
    kind,
    ...more,
    metadata: { ...metadata, ...given },
  } as unknown as KubeObject;
}

/** The victim's app, and whatever the attacker adds. */
function withVictim(yaml: string, ...objects: readonly KubeObject[]): Translation {
  const store = createStore();
  // The victim was there first.
  const later = "metadata: { creationTimestamp: '2024-01-01T00:00:00Z', name: mine,";
  fill(store, victim + yaml.replaceAll('metadata: { name: mine,', later));
  for (const one of objects) store.apply({ type: 'upsert', object: one });
  return translate(store.snapshot(), defaultOptions, null);
}

/** Which routes answer 503 or are not there, of the Ingresses by these names. */
function closed({ config }: Translation, ...names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const route = [...config.entities.routes.values()].find((one) => one.name?.split('.')[1] === name);
    return route === undefined || route.service === null;
  });
}

function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const used = app('mine', { annotations: { 'konghq.com/plugins': 'p' } });
const patches = (count: number, path: string) =>
  Array.from({ length: count }, () => ({ path, valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }));
const fromSecret = { configFrom: { secretKeyRef: { name: 's', key: 'k' } } };

test.each<[title: string, spec: Record<string, unknown>, secret: string, problem: RegExp]>([
  [
    'settings nested as deep as the API server takes them',
    { config: nested(9_900) },
    '',
    /nested more than 100/,
  ],
  ['the same in a list', { config: { a: [nested(9_900)] } }, '', /nested more than 100/],
  ['keys of keys in a Secret', fromSecret, `${'? '.repeat(600)}a`, /a key must be plain text/],
  [
    'more keys than can be compared',
    fromSecret,
    Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'),
    /longer than 65536/,
  ],
  ['lists in lists in a Secret', fromSecret, '['.repeat(60_000), /lists and maps are nested too deeply/],
  ['an alias', fromSecret, 'a: &a [x]\nb: *a', /aliases/],
  ['half a document', fromSecret, 'minute: 5\nhour: [', /not YAML/],
  [
    'a patch as deep as a name can be',
    { configPatches: patches(2, '/a'.repeat(5_000)) },
    '1',
    /32 steps at most/,
  ],
  [
    'a patch of the prototype',
    { configPatches: patches(1, '/__proto__/polluted') },
    '1',
    /config\.__proto__/,
  ],
  [
    'a patch of the constructor',
    { configPatches: patches(1, '/constructor/prototype/polluted') },
    '1',
    /config\.constructor/,
  ],
  ['a prototype in a Secret', fromSecret, '{"__proto__": {"polluted": true}}', /config\.__proto__/],
  [
    'a regular expression that repeats a thousand times a thousand',
    { plugin: 'cors', config: { origins: ['(?:aaaaaaaa){1000}{1000}'] } },
    '',
    /refused/,
  ],
])('%s costs its own routes', (_title, spec, secret, problem) => {
  const translation = withVictim(
    used,
    object('Secret', 's', { data: { k: base64(secret) } }),
    object('KongPlugin', 'p', { plugin: 'rate-limiting', ...spec }),
  );
  expect(closed(translation, 'mine', 'victim')).toEqual(['mine']);
  expect(translation.problems.map(({ field, message }) => `${field}: ${message}`).join('\n')).toMatch(
    problem,
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('many patches of large settings are one copy, not one each', () => {
  const settings = { a: Array.from({ length: 50_000 }, (_, i) => `value ${i}`) };
  const translation = withVictim(
    used,
    object('Secret', 's', { data: { k: base64('1') } }),
    object('KongPlugin', 'p', {
      plugin: 'rate-limiting',
      config: settings,
      configPatches: patches(5_000, '/b'),
    }),
  );
  expect(closed(translation, 'mine', 'victim')).toEqual(['mine']);
});

test('a policy nested as deep as the API server takes it is refused as an object', () => {
  const annotations = { 'konghq.com/upstream-policy': 'deep' };
  const translation = withVictim(
    app('mine') + service('mine', annotations),
    object('KongUpstreamPolicy', 'deep', { spec: { healthchecks: nested(9_900) } }),
  );
  expect(closed(translation, 'victim')).toEqual([]);
  expect(translation.problems.map(({ message }) => message).join()).toMatch(/nested more than 100/);
});

const external = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: outside, namespace: default }
spec: { type: ExternalName, externalName: '${name}', ports: [{ port: 8001 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: outside, namespace: default }
spec:
  ingressClassName: kong
  rules:
    - host: outside.example
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: outside, port: { number: 8001 } } } }] }
---
`;

test.each<[name: string, isServed: boolean]>([
  ['far.example', true],
  ['8.8.8.8', true],
  ['1.example', true],
  ['localhost', false],
  ['LocalHost.', false],
  ['admin.localhost', false],
  ['localhost.localdomain', false],
  ['ip6-loopback', false],
  ['127.0.0.1', false],
  ['127.1', false],
  ['2130706433', false],
  ['0x7f.1', false],
  ['0.0.0.0', false],
  ['169.254.169.254', false],
])('ExternalName %s is served: %s', (name, isServed) => {
  const translation = withVictim(external(name));
  const { targets } = translation.config.entities;
  expect([...targets.values()].filter(({ target }) => target.endsWith(':8001'))).toHaveLength(
    isServed ? 1 : 0,
  );
  expect(translation.problems.some(({ reason }) => reason === 'ForbiddenExternalName')).toBe(!isServed);
  expect(closed(translation, 'victim')).toEqual([]);
});

const secretText = 'hunter-horse-battery-staple';
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const hosts = "tls: [{ hosts: ['victim.example'], secretName: s }]";
const refer = (path: string) => ({ configPatches: patches(1, path) });

test.each<[title: string, kind: string, spec: Record<string, unknown>, key: string, value: string]>([
  ['as settings', 'KongPlugin', fromSecret, 'k', secretText],
  ['as settings with a tag', 'KongPlugin', fromSecret, 'k', `!!${secretText} x`],
  ['as a list', 'KongPlugin', fromSecret, 'k', `[${secretText}`],
  [
    'as a header name',
    'KongPlugin',
    { plugin: 'key-auth', ...refer('/key_names') },
    'k',
    `["${secretText} "]`,
  ],
  [
    'as a template',
    'KongPlugin',
    { plugin: 'request-transformer', ...refer('/add/headers') },
    'k',
    `["a:$(${secretText})"]`,
  ],
  [
    'as a header',
    'KongPlugin',
    { plugin: 'request-transformer', ...refer('/add/headers') },
    'k',
    `["${secretText} !:b"]`,
  ],
  ['as a number', 'KongPlugin', refer('/minute'), 'k', secretText],
  ['as a choice', 'KongPlugin', refer('/limit_by'), 'k', secretText],
  [
    'as a path',
    'KongPlugin',
    { config: { limit_by: 'path', minute: 1 }, ...refer('/path') },
    'k',
    secretText,
  ],
  ['as an origin', 'KongPlugin', { plugin: 'cors', ...refer('/origins') }, 'k', `["(${secretText}"]`],
  ['as a certificate', 'Ingress', {}, 'tls.crt', secretText],
  ['as a private key', 'Ingress', {}, 'tls.key', `${pem}${secretText}`],
])('a Secret %s is in no problem', (_title, kind, spec, key, value) => {
  const data = { 'tls.crt': base64('none'), 'tls.key': base64(String(pem)), [key]: base64(value) };
  const yaml = kind === 'Ingress' ? app('tls').replace('  rules:', `  ${hosts}\n  rules:`) : used;
  const objects = [object('Secret', 's', { data })];
  if (kind === 'KongPlugin') objects.push(object('KongPlugin', 'p', { plugin: 'rate-limiting', ...spec }));
  const { problems } = withVictim(yaml, ...objects);
  expect(problems.length).toBeGreaterThan(0);
  const said = JSON.stringify(problems);
  for (const part of ['hunter', 'horse', 'battery', 'BEGIN', String(pem).slice(40, 60)])
    expect(said).not.toContain(part);
});

test('a key that two consumers claim is in no problem', () => {
  const consumer = (name: string): KubeObject =>
    object('KongConsumer', name, {
      username: name,
      credentials: ['s'],
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'kong' } },
    });
  const { problems } = withVictim(
    '',
    object('Secret', 's', {
      data: { key: base64(secretText) },
      metadata: { labels: { 'konghq.com/credential': 'key-auth' } },
    }),
    consumer('one'),
    consumer('two'),
  );
  expect(problems.map(({ reason }) => reason)).toEqual([expect.stringContaining('Credential')]);
  expect(JSON.stringify(problems)).not.toContain('horse');
});

test('names that could be cut in two places make entities of their own', () => {
  const ingress = (namespace: string, name: string, backend: string, host: string): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  ingressClassName: kong
  rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${backend}, port: { number: 80 } } } }] } }]
---
apiVersion: v1
kind: Service
metadata: { name: ${backend}, namespace: ${namespace} }
spec: { ports: [{ port: 80 }] }
---
`;
  const rows = [
    ['a-b', 'c', 'd', 'one.example'],
    ['a', 'b-c', 'd', 'two.example'],
    ['a', 'b', 'c-d', 'three.example'],
    ['a-b-c', 'd', 'd', 'four.example'],
    ['d', 'a', 'a', 'five.example'],
    ['a', 'd', 'a', 'six.example'],
  ] as const;
  const { config } = translateYaml(
    rows.map(([namespace, name, backend, host]) => ingress(namespace, name, backend, host)).join(''),
  );
  const { routes, services, upstreams } = config.entities;
  expect([routes.size, services.size, upstreams.size]).toEqual([6, 6, 6]);
  for (const [namespace, , backend, host] of rows) {
    const route = [...routes.values()].find((one) => one.hosts?.[0] === host)!;
    const tags = services.get(route.service!)!.tags ?? [];
    expect(tags).toEqual(expect.arrayContaining([`k8s-namespace:${namespace}`, `k8s-name:${backend}`]));
  }
});

test.each<[title: string, yaml: string]>([
  ['a plugin of another namespace', app('mine', { annotations: { 'konghq.com/plugins': 'other:p' } })],
  ['a plugin with a path for a name', app('mine', { annotations: { 'konghq.com/plugins': '../other/p' } })],
  [
    'the Secret of another namespace',
    used +
      plugin('p', 'rate-limiting', 'configFrom: { secretKeyRef: { name: s, key: k, namespace: other } }'),
  ],
  [
    'the same by its path',
    used + plugin('p', 'rate-limiting', 'configFrom: { secretKeyRef: { name: ../other/s, key: k } }'),
  ],
])('%s is out of reach', (_title, yaml) => {
  const translation = withVictim(
    yaml,
    object('Secret', 's', { data: { k: base64('minute: 5') } }, 'other'),
    object('KongPlugin', 'p', { plugin: 'rate-limiting', config: { minute: 5 } }, 'other'),
  );
  expect(closed(translation, 'mine', 'victim')).toEqual(['mine']);
  expect(translation.config.entities.plugins.size).toBe(0);
});

test.each<[annotation: string, value: string]>([
  ['headers.__proto__', 'x'],
  ['headers.constructor', 'x'],
  ['headers.X-A', '~*(?:(?:aaaaaaaa){1000}){9}'],
  ['regex-prefix', '__proto__'],
  ['host-header', 'a\r\nX-Evil: 1'],
  ['path', '/a HTTP/1.1\r\nX-Evil: 1'],
  ['rewrite', '/a\r\nX-Evil: $1'],
  ['tags', 'a,k8s-name:victim,\u0000'],
  ['host-aliases', 'victim.example,*,*.*'],
  ['methods', 'GET\r\n,__proto__'],
])('%s: %j never widens a match and injects nothing', (name, value) => {
  const annotations = { [`konghq.com/${name}`]: value };
  const { config, problems } = withVictim(app('mine', { annotations }) + service('mine', annotations));
  const routes = [...config.entities.routes.values()];
  const mine = routes.find((route) => route.name?.split('.')[1] === 'mine');
  if (name.startsWith('headers.') && mine !== undefined)
    expect(Object.keys(mine.headers ?? {})).toEqual([name.slice('headers.'.length)]);
  expect(mine?.hosts?.[0] ?? 'mine.example').toBe('mine.example');
  for (const entity of [...config.entities.services.values(), ...config.entities.upstreams.values()])
    expect(JSON.stringify(entity)).not.toContain('Evil');
  expect(problems.every(({ object: { name: whose } }) => whose === 'mine')).toBe(true);
  const owner = routes.find((route) => route.name?.split('.')[1] === 'victim')!;
  expect(owner.service).not.toBeNull();
});
