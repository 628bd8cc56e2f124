// One request of the script, what is answered, and the config that most of the script is asked of.
import { idOfKey, idOfName } from '../../../../src/kong/ids.ts';
import { certificateId, first } from '../../validation/cases/certificates.ts';

/** [method and path, status, what the JSON body contains (null: no body), headers that are there]. */
export type Asked = readonly [
  request: string,
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
];

export const none = '11111111-1111-4111-8111-111111111111';
export const ids = {
  service: idOfName('services', 'shop'),
  route: idOfName('routes', 'cart'),
  upstream: idOfName('upstreams', 'pool'),
  consumer: idOfName('consumers', 'ann'),
  plugin: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a01',
  target: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a02',
  key: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a03',
  password: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a04',
  group: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a05',
  groupPlugin: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a06',
  jsonWebKey: 'a6c1a3cf-8a8a-4c0a-9b32-3f9d5d5f5a07',
  vault: idOfKey('vaults', ['mine']),
  keySet: idOfName('key_sets', 'ring'),
  consumerGroup: idOfName('consumer_groups', 'gold'),
  sni: idOfName('snis', 'shop.example'),
  certificate: certificateId,
};

export const document = {
  _format_version: '3.0',
  certificates: [
    { id: ids.certificate, cert: first.cert, key: first.key, snis: ['shop.example', 'a.example'] },
  ],
  upstreams: [
    {
      name: 'pool',
      tags: ['blue'],
      healthchecks: { passive: { unhealthy: { http_failures: 3 } } },
      targets: [{ id: ids.target, target: '10.0.0.1:80', tags: ['first'] }, { target: '10.0.0.2:80' }],
    },
    { name: 'bare', targets: [{ target: '10.0.0.3:80', weight: 0 }] },
  ],
  services: [
    {
      name: 'shop',
      protocol: 'https',
      host: 'pool',
      tags: ['blue', 'green'],
      client_certificate: ids.certificate,
      routes: [
        { name: 'cart', paths: ['/cart'], tags: ['blue'] },
        { name: 'till', paths: ['/till'], tags: ['green'] },
      ],
      plugins: [{ id: ids.plugin, name: 'rate-limiting', instance_name: 'slow', config: { minute: 5 } }],
    },
    { name: 'other', host: 'example.com' },
  ],
  routes: [{ name: 'alone', hosts: ['alone.example'] }],
  consumers: [
    {
      username: 'ann',
      custom_id: 'c-1',
      tags: ['blue'],
      keyauth_credentials: [{ id: ids.key, key: 'ann-key' }],
      basicauth_credentials: [{ id: ids.password, username: 'ann-login', password: 'p' }],
      acls: [{ id: ids.group, group: 'staff' }],
    },
    { username: 'bob' },
  ],
  consumer_groups: [{ name: 'gold', tags: ['blue'] }, { name: 'tin' }],
  consumer_group_consumers: [{ consumer: 'ann', consumer_group: 'gold' }],
  vaults: [{ prefix: 'mine', name: 'env', config: { prefix: 'MINE_' } }],
  key_sets: [{ name: 'ring' }],
  keys: [{ id: ids.jsonWebKey, name: 'seal', kid: 'one', set: 'ring', jwk: '{vault://mine/jwk}' }],
  plugins: [
    { name: 'cors', instance_name: 'open', route: 'till' },
    { id: ids.groupPlugin, name: 'rate-limiting', consumer_group: 'gold', config: { minute: 9 } },
  ],
};

/** Collections with the name in Kong's sentences, how many entities there are, one of them by id and by its other key. */
export interface Listed {
  readonly path: string;
  readonly type: string;
  readonly count: number;
  readonly id: string;
  readonly key: string | null;
  /** The field of `key`. */
  readonly keyField: string;
  readonly shows: Readonly<Record<string, unknown>>;
}

export const listed: readonly Listed[] = [
  {
    path: '/services',
    type: 'services',
    count: 2,
    id: ids.service,
    key: 'shop',
    keyField: 'name',
    shows: { host: 'pool', port: 80, client_certificate: { id: ids.certificate } },
  },
  {
    path: '/routes',
    type: 'routes',
    count: 3,
    id: ids.route,
    key: 'cart',
    keyField: 'name',
    shows: { service: { id: ids.service }, strip_path: true },
  },
  {
    path: '/upstreams',
    type: 'upstreams',
    count: 2,
    id: ids.upstream,
    key: 'pool',
    keyField: 'name',
    shows: { slots: 10_000, client_certificate: null },
  },
  {
    path: '/consumers',
    type: 'consumers',
    count: 2,
    id: ids.consumer,
    key: 'ann',
    keyField: 'username',
    shows: { custom_id: 'c-1' },
  },
  {
    path: '/plugins',
    type: 'plugins',
    count: 3,
    id: ids.plugin,
    key: 'slow',
    keyField: 'instance_name',
    shows: { name: 'rate-limiting', service: { id: ids.service }, route: null },
  },
  {
    path: '/vaults',
    type: 'vaults',
    count: 1,
    id: ids.vault,
    key: 'mine',
    keyField: 'prefix',
    shows: { name: 'env', description: null, config: { prefix: 'MINE_' } },
  },
  {
    path: '/keys',
    type: 'keys',
    count: 1,
    id: ids.jsonWebKey,
    key: 'seal',
    keyField: 'name',
    shows: { kid: 'one', set: { id: ids.keySet }, jwk: '{vault://mine/jwk}', pem: null },
  },
  {
    path: '/key-sets',
    type: 'key_sets',
    count: 1,
    id: ids.keySet,
    key: 'ring',
    keyField: 'name',
    shows: { name: 'ring' },
  },
  {
    path: '/certificates',
    type: 'certificates',
    count: 1,
    id: ids.certificate,
    key: null,
    keyField: '',
    shows: { snis: ['a.example', 'shop.example'], cert_alt: null },
  },
  {
    path: '/snis',
    type: 'snis',
    count: 2,
    id: ids.sni,
    key: 'shop.example',
    keyField: 'name',
    shows: { certificate: { id: ids.certificate } },
  },
  {
    path: '/key-auths',
    type: 'keyauth_credentials',
    count: 1,
    id: ids.key,
    key: 'ann-key',
    keyField: 'key',
    shows: { consumer: { id: ids.consumer } },
  },
  {
    path: '/basic-auths',
    type: 'basicauth_credentials',
    count: 1,
    id: ids.password,
    key: 'ann-login',
    keyField: 'username',
    shows: { consumer: { id: ids.consumer } },
  },
  {
    path: '/acls',
    type: 'acls',
    count: 1,
    id: ids.group,
    key: null,
    keyField: '',
    shows: { group: 'staff' },
  },
];

export const notFound = { message: 'Not found' };
export const notAllowed = { message: 'Method not allowed' };
export const unsupported = (message: string) => ({ code: 12, name: 'operation unsupported', message });
