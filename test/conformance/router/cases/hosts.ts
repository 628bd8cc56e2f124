// Hosts: names, ports, wildcards on either side.
import { everyFlavor, type RouterCase, rankedFlavors, routerCase, traditionalOnly } from './case.ts';

export const hostCases: readonly RouterCase[] = [
  routerCase(
    'a name is the same in upper and lower case',
    everyFlavor,
    { shop: { hosts: ['Shop.Example'] } },
    {
      'GET http://shop.example/': 'shop',
      'GET http://SHOP.example/': 'shop',
      'GET http://shop.example.org/': null,
      'GET http://a.shop.example/': null,
      'GET http://shop/': null,
    },
  ),
  routerCase(
    'a request without a host goes where no host is asked for',
    everyFlavor,
    { shop: { hosts: ['shop.example'] }, rest: { paths: ['/'] } },
    {
      'GET /': 'rest',
      'GET http://shop.example/': 'shop',
      'GET http://other.example/': 'rest',
    },
  ),
  routerCase(
    'a host without a port is for any port',
    everyFlavor,
    { shop: { hosts: ['shop.example'] } },
    {
      'GET http://shop.example:80/': 'shop',
      'GET http://shop.example:8000/': 'shop',
      'GET https://shop.example:443/': 'shop',
      'GET http://shop.example:/': 'shop',
    },
  ),
  routerCase(
    'a host with a port is for that port',
    everyFlavor,
    { admin: { hosts: ['shop.example:8443'] }, shop: { hosts: ['other.example'] } },
    {
      'GET http://shop.example:8443/': 'admin',
      'GET https://shop.example:8443/': 'admin',
      'GET http://shop.example:8444/': null,
      'GET http://other.example:8443/': 'shop',
    },
  ),
  routerCase(
    'a port of the connection counts where the Host header has none',
    rankedFlavors,
    { web: { hosts: ['shop.example:80'] }, tls: { hosts: ['shop.example:443'] } },
    {
      'GET http://shop.example/': 'web',
      'GET https://shop.example/': 'tls',
      'GET http://shop.example:443/': 'tls',
      'GET https://shop.example:80/': 'web',
    },
  ),
  routerCase(
    'a wildcard with a port knows the usual ports',
    traditionalOnly,
    { web: { hosts: ['shop.*:80'] }, tls: { hosts: ['shop.*:443'] }, any: { hosts: ['shop.*'] } },
    {
      'GET http://shop.example/': 'web',
      'GET https://shop.example/': 'tls',
      'GET http://shop.example:443/': 'tls',
      'GET http://shop.example:8000/': 'any',
    },
  ),
  routerCase(
    'a plain host with a port wants it written',
    traditionalOnly,
    { web: { hosts: ['shop.example:80'] }, rest: { paths: ['/'] } },
    {
      'GET http://shop.example:80/': 'web',
      'GET http://shop.example/': 'rest',
    },
  ),
  routerCase(
    'a wildcard in front stands for one label or more',
    everyFlavor,
    { wild: { hosts: ['*.example'] } },
    {
      'GET http://shop.example/': 'wild',
      'GET http://a.b.shop.example/': 'wild',
      'GET http://example/': null,
      'GET http://shopexample/': null,
      'GET http://shop.example.org/': null,
      'GET http://shop.example:81/': 'wild',
    },
  ),
  routerCase(
    'a wildcard behind stands for one label or more',
    everyFlavor,
    { wild: { hosts: ['shop.*'] } },
    {
      'GET http://shop.example/': 'wild',
      'GET http://shop.example.org/': 'wild',
      'GET http://myshop.example/': null,
      'GET http://shops.example/': null,
      'GET http://shop.test:81/': 'wild',
    },
  ),
  routerCase(
    'wildcards with ports',
    everyFlavor,
    { one: { hosts: ['*.example:81'] }, two: { hosts: ['shop.*:82'] } },
    {
      'GET http://a.example:81/': 'one',
      'GET http://shop.example:82/': 'two',
      'GET http://shop.example:81/': 'one',
      'GET http://a.example:82/': null,
      'GET http://shop.example:83/': null,
    },
  ),
  routerCase(
    'plain before wildcard',
    everyFlavor,
    { plain: { hosts: ['shop.example'] }, front: { hosts: ['*.example'] }, behind: { hosts: ['shop.*'] } },
    {
      'GET http://shop.example/': 'plain',
      'GET http://cart.example/': 'front',
      'GET http://shop.test/': 'behind',
    },
  ),
  routerCase(
    'a wildcard among its hosts makes a route a wildcard one',
    everyFlavor,
    {
      mixed: { hosts: ['shop.example', '*.test'], paths: ['/a/long/path'] },
      plain: { hosts: ['shop.example'], paths: ['/a'] },
    },
    {
      'GET http://cart.test/a/long/path': 'mixed',
      'GET http://shop.example/a': 'plain',
      'GET http://shop.example/a/lon': 'plain',
    },
  ),
  routerCase(
    'a wildcard host with a better path loses to a plain one that matches',
    rankedFlavors,
    { wild: { hosts: ['*.example'], paths: ['/a/b'] }, plain: { hosts: ['shop.example'], paths: ['/a'] } },
    {
      'GET http://shop.example/a/b': 'plain',
      'GET http://shop.example/x': null,
      'GET http://cart.example/a/b': 'wild',
      'GET http://cart.example/a': null,
    },
  ),
  routerCase(
    'an address as a host',
    everyFlavor,
    { v4: { hosts: ['192.0.2.1'] } },
    {
      'GET http://192.0.2.1/': 'v4',
      'GET http://192.0.2.1:8000/': 'v4',
      'GET http://192.0.2.10/': null,
    },
  ),
  routerCase(
    'several hosts are alternatives',
    everyFlavor,
    { shop: { hosts: ['a.example', 'b.example', '*.c.example'] } },
    {
      'GET http://a.example/': 'shop',
      'GET http://b.example/': 'shop',
      'GET http://x.c.example/': 'shop',
      'GET http://c.example/': null,
    },
  ),
  routerCase(
    'the Host header of the client goes on where it is preserved',
    everyFlavor,
    { kept: { hosts: ['kept.example'], preserve_host: true }, changed: { hosts: ['changed.example'] } },
    {
      'GET http://kept.example/': { route: 'kept', upstreamHost: 'kept.example' },
      'GET http://Kept.Example:8000/': { route: 'kept', upstreamHost: 'Kept.Example:8000' },
      'GET http://changed.example:8000/': { route: 'changed', upstreamHost: 'backend.internal' },
    },
  ),
  routerCase(
    'the upstream sees a port that is not the usual one',
    everyFlavor,
    { shop: { paths: ['/'] } },
    {
      'GET http://shop.example/': { route: 'shop', upstreamHost: 'backend.internal:8080' },
    },
    { url: 'http://backend.internal:8080' },
  ),
  routerCase(
    '443 is usual for https',
    everyFlavor,
    { shop: { paths: ['/'] } },
    {
      'GET http://shop.example/': { route: 'shop', upstreamHost: 'backend.internal' },
    },
    { url: 'https://backend.internal' },
  ),
];
