// Bundles: nothing secret leaves a cluster, what is read is what was written, and a bundle becomes a scenario that says what
// is not as it was.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanObject, replaceWith } from '../../../../src/cli/bundle/clean.ts';
import { clientsOf } from '../../../../src/cli/bundle/clients.ts';
import { type Bundle, bundleFormat, packBundle, unpackBundle } from '../../../../src/cli/bundle/format.ts';
import { ratesOf } from '../../../../src/cli/bundle/rates.ts';
import { worldOf } from '../../../../src/cli/bundle/world.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest }) as KubeObject;

const empty: Bundle = {
  format: bundleFormat,
  version: 1,
  collectedAt: '2026-01-01T00:00:00Z',
  versions: { tidegate: '0', node: '0', kubernetes: '0' },
  objects: [],
  events: [],
  gateways: [],
  observedSeconds: 10,
  rates: [],
  logs: [],
  missing: [],
};

const replace = replaceWith(Buffer.from('key of this test'));

describe('nothing secret leaves', () => {
  /** Objects that hold a value where values may be secret. */
  const holders: Readonly<Record<string, (value: string) => KubeObject>> = {
    'the data of a Secret': (value) =>
      object('v1', 'Secret', 's', { type: 'Opaque', data: { key: Buffer.from(value).toString('base64') } }),
    'what kubectl remembers of it': (value) => ({
      ...object('v1', 'Secret', 's'),
      metadata: {
        name: 's',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":"${value}"}` },
      },
    }),
    'managed fields': (value) => ({
      ...object('v1', 'Service', 's'),
      metadata: { name: 's', managedFields: [{ manager: value }] } as KubeObject['metadata'],
    }),
    'a plugin’s password': (value) =>
      object('configuration.konghq.com/v1', 'KongPlugin', 'p', {
        plugin: 'rate-limiting',
        config: { redis: { password: value }, client_secret: value },
      }),
    'what a plugin adds to requests': (value) =>
      object('configuration.konghq.com/v1', 'KongPlugin', 'p', {
        plugin: 'request-transformer',
        config: {
          add: {
            headers: [`Authorization:Bearer ${value}`, `X-Api-Key:${value}`],
            querystring: [`token:${value}`],
          },
          replace: { body: [`password:${value}`] },
        },
      }),
    'a header that a route asks for': (value) => ({
      ...object('networking.k8s.io/v1', 'Ingress', 'i'),
      metadata: { name: 'i', annotations: { 'konghq.com/headers.x-auth-token': value } },
    }),
    'annotations of a Secret': (value) => ({
      ...object('v1', 'Secret', 's'),
      metadata: { name: 's', annotations: { 'vault.example/content': value } },
    }),
    'annotations of pods': (value) =>
      object('apps/v1', 'Deployment', 'd', {
        spec: { template: { metadata: { annotations: { 'vault.example/content': value } } } },
      }),
    'a header of a probe': (value) =>
      object('apps/v1', 'Deployment', 'd', {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'c',
                  readinessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'Authorization', value }] } },
                },
              ],
            },
          },
        },
      }),
    'the environment of a container': (value) =>
      object('apps/v1', 'Deployment', 'd', {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'c', env: [{ name: 'TOKEN', value }], args: [value], command: [value] }],
            },
          },
        },
      }),
  };
  test.each(Object.entries(holders))('%s', (_name, holder) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), (value) => {
        const text = JSON.stringify(cleanObject(holder(value), replace));
        expect(text).not.toContain(value);
        expect(text).not.toContain(Buffer.from(value).toString('base64'));
      }),
    );
  });

  test('equal values stay equal, others stay apart, and no other bundle has the same', () => {
    expect(replace('a')).toBe(replace('a'));
    expect(replace('a')).not.toBe(replace('b'));
    expect(replaceWith(Buffer.from('another'))('a')).not.toBe(replace('a'));
  });

  test('what no secret is called stays', () => {
    const config = { add: { headers: ['X-Shop:a', 'X-Time:10:30'] }, key_names: ['apikey'] };
    const plugin = object('configuration.konghq.com/v1', 'KongPlugin', 'p', {
      plugin: 'request-transformer',
      config,
    });
    expect(cleanObject(plugin, replace)).toMatchObject({ config });
  });

  test('what makes routes stays', () => {
    const ingress = object('networking.k8s.io/v1', 'Ingress', 'i', {
      spec: { tls: [{ secretName: 's' }] },
      status: {},
    });
    expect(cleanObject(ingress, replace)).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i', namespace: 'default' },
      spec: { tls: [{ secretName: 's' }] },
    });
  });
});

describe('the file', () => {
  test('is read as it was written', () => {
    expect(unpackBundle(packBundle(empty), 'b')).toEqual(empty);
  });
  const wrong: readonly (readonly [string, Buffer, string])[] = [
    ['text', Buffer.from('hello'), 'it is no bundle'],
    ['another document', gzipSync('{"a":1}'), 'it is no bundle; tidegate collect writes them'],
    ['null', gzipSync('null'), 'it is no bundle'],
    ['a later version', packBundle({ ...empty, version: 2 as 1 }), 'a bundle of version 2'],
    ['no objects', packBundle({ ...empty, objects: null as never }), 'objects is no list'],
    [
      'an odd object',
      packBundle({ ...empty, objects: [{ kind: 'A' } as never] }),
      'objects[0] is no Kubernetes object',
    ],
  ];
  test.each(wrong)('%s is refused', (_name, bytes, why) => {
    expect(() => unpackBundle(bytes, 'b.gz')).toThrow(why);
    expect(() => unpackBundle(bytes, 'b.gz')).toThrow(expect.objectContaining({ exitCode: 65 }));
  });
});

describe('rates', () => {
  const line = (route: string, code: string, count: number) =>
    `tidegate_route_responses_total{service="s",route="${route}",code="${code}"} ${count}`;
  test('are differences over time, over codes and gateways', () => {
    const first = [
      `${line('a', '2xx', 5)}\n${line('a', '5xx', 1)}`,
      `${line('a', '2xx', 26)}\n${line('a', '5xx', 2)}`,
    ];
    const second = [line('a', '2xx', 100), line('a', '2xx', 118)];
    expect(ratesOf([first, second] as never, 10)).toEqual([{ route: 'a', perSecond: 4 }]);
  });
  test('a gateway that starts anew counts from nothing; quiet routes and requests without a route are none', () => {
    const look = [
      `${line('a', '2xx', 50)}\n${line('b', '2xx', 3)}`,
      `${line('a', '2xx', 20)}\n${line('b', '2xx', 3)}\n${line('', '4xx', 9)}`,
    ];
    expect(ratesOf([look] as never, 10)).toEqual([{ route: 'a', perSecond: 2 }]);
  });
});

const service = object('v1', 'Service', 'shop', {
  spec: {
    clusterIP: '10.0.0.1',
    selector: { app: 'shop' },
    ports: [{ port: 80, targetPort: 3000, nodePort: 31000 }],
  },
});
const ingress = object('networking.k8s.io/v1', 'Ingress', 'shop', {
  spec: {
    tls: [{ hosts: ['www.shop.example'], secretName: 'tls' }],
    rules: ['shop.example', 'www.shop.example', '*.shop.example'].map((host) => ({
      host,
      http: {
        paths: ['/', '/cart', '/~^/x'].map((path) => ({
          path,
          backend: { service: { name: 'shop', port: { number: 80 } } },
        })),
      },
    })),
  },
});
const route = (host: string) => `default.shop.shop.${host}.80`;

describe('the world', () => {
  test('has pods where a Service had endpoints of nobody in the bundle', () => {
    const slice = {
      ...object('discovery.k8s.io/v1', 'EndpointSlice', 'shop-1', {
        endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }, {}],
      }),
      metadata: {
        name: 'shop-1',
        namespace: 'default',
        labels: {
          'kubernetes.io/service-name': 'shop',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
      },
    };
    const { objects, changed } = worldOf([service, slice, ingress]);
    expect(objects.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'Ingress']);
    expect(objects[0]).toMatchObject({ spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } } } });
    expect(objects[1]).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 3000 }] } });
    expect(JSON.stringify(objects[1])).not.toMatch(/clusterIP|nodePort/);
    expect(changed).toEqual(['pods of default/shop are made from endpoints']);
  });

  test('keeps equal certificates equal, by key pairs of the simulator', () => {
    const secret = (name: string, crt: string) =>
      object('v1', 'Secret', name, { type: 'kubernetes.io/tls', data: { 'tls.crt': crt } });
    const { objects } = worldOf([secret('a', 'x'), secret('b', 'y'), secret('c', 'x')]);
    const pairs = objects.map(({ metadata }) => (metadata as KubeObject['metadata']).annotations);
    expect(pairs.map((all) => all!['tidegate.dev/key-pair'])).toEqual(['first', 'second', 'first']);
  });

  test('is no larger than a simulator carries, and says so', () => {
    const big = object('apps/v1', 'Deployment', 'shop', {
      spec: { replicas: 500, template: { metadata: { labels: { app: 'shop' } } } },
    });
    const { objects, changed } = worldOf([service, big]);
    expect(objects[0]).toMatchObject({ spec: { replicas: 20 } });
    expect(changed).toEqual(['default/shop have at most 20 replicas']);
  });
});

describe('clients', () => {
  test('ask as often as was asked, for paths that can be said', () => {
    const rates = [
      { route: route('shop.example'), perSecond: 250 },
      { route: route('www.shop.example'), perSecond: 0.44 },
      { route: 'of nobody', perSecond: 3 },
    ];
    const { clients, remarks } = clientsOf({ ...empty, objects: [ingress], rates });
    expect(clients).toEqual({
      'visitors-a': { send: ['GET http://shop.example/', 'GET http://shop.example/cart'], rate: '100/s' },
      'visitors-b': {
        send: ['GET https://www.shop.example/', 'GET https://www.shop.example/cart'],
        rate: '0.4/s',
      },
    });
    expect(remarks).toEqual([
      'requests of 1 routes are left out: no path is known that matches them',
      '1 rates are cut down to 100/s',
    ]);
  });
  test('are assumed where nothing was seen', () => {
    const { clients, remarks } = clientsOf({ ...empty, objects: [ingress] });
    expect(Object.values(clients).map(({ send }) => send[0])).toEqual([
      'GET http://shop.example/',
      'GET https://www.shop.example/',
      'GET http://any.shop.example/',
    ]);
    expect(remarks).toEqual(['no requests were seen in 10 s; these rates are assumed']);
  });
});
