// Paths: prefixes, regular expressions, and the normal form in which both are compared.
import { everyFlavor, type RouterCase, rankedFlavors, routerCase, traditionalOnly } from './case.ts';

const whole = (route: string, upstreamPath: string) => ({ route, upstreamPath });

export const pathCases: readonly RouterCase[] = [
  routerCase(
    'a prefix ends anywhere',
    everyFlavor,
    { shop: { paths: ['/shop'] } },
    {
      'GET http://a/shop': 'shop',
      'GET http://a/shop/': 'shop',
      'GET http://a/shopping': 'shop',
      'GET http://a/shop/cart/1': 'shop',
      'GET http://a/sho': null,
      'GET http://a/Shop': null,
      'GET http://a/x/shop': null,
      'GET http://a/shop?x=1': 'shop',
      'GET http://a/?/shop': null,
    },
  ),
  routerCase(
    'a prefix with a slash wants it',
    everyFlavor,
    { shop: { paths: ['/shop/'] } },
    {
      'GET http://a/shop/': 'shop',
      'GET http://a/shop/x': 'shop',
      'GET http://a/shop': null,
    },
  ),
  routerCase(
    'the longer prefix is tried first',
    everyFlavor,
    {
      one: { paths: ['/a'] },
      two: { paths: ['/a/b'] },
      three: { paths: ['/a/b/c'] },
      root: { paths: ['/'] },
    },
    {
      'GET http://h/': 'root',
      'GET http://h/a': 'one',
      'GET http://h/a/bc': 'two',
      'GET http://h/a/b/': 'two',
      'GET http://h/a/b/c/d': 'three',
      'GET http://h/b/a': 'root',
    },
  ),
  routerCase(
    'several prefixes of one route each rank by their own length',
    everyFlavor,
    { many: { paths: ['/a', '/x/y/z'] }, long: { paths: ['/a/b'] }, middle: { paths: ['/x/y'] } },
    {
      'GET http://h/a/b': 'long',
      'GET http://h/a/c': 'many',
      'GET http://h/x/y/z': 'many',
      'GET http://h/x/y/q': 'middle',
    },
  ),
  routerCase(
    'dots and slashes are resolved before',
    everyFlavor,
    { deep: { paths: ['/a/b'], strip_path: false }, root: { paths: ['/'], strip_path: false } },
    {
      'GET http://h/a/./b': whole('deep', '/a/b'),
      'GET http://h/a/x/../b': whole('deep', '/a/b'),
      'GET http://h//a//b': whole('deep', '/a/b'),
      'GET http://h/a/b/..': whole('root', '/a/'),
      'GET http://h/a/b/.': whole('deep', '/a/b/'),
      'GET http://h/../../a/b': whole('deep', '/a/b'),
      'GET http://h/a/b/../../../..': whole('root', '/'),
      'GET http://h/a/.b': whole('root', '/a/.b'),
      'GET http://h/a/b...': whole('deep', '/a/b...'),
    },
  ),
  routerCase(
    'escapes are undone but for bytes that mean something',
    everyFlavor,
    {
      deep: { paths: ['/a/b'], strip_path: false },
      escaped: { paths: ['/a%2Fb'], strip_path: false },
      root: { paths: ['/'], strip_path: false },
    },
    {
      'GET http://h/%61/%62': whole('deep', '/a/b'),
      'GET http://h/a%2Fb': whole('escaped', '/a%2Fb'),
      'GET http://h/a%2fb': whole('escaped', '/a%2Fb'),
      'GET http://h/%2e%2e/a/b': whole('deep', '/a/b'),
      'GET http://h/a/%2e/b': whole('deep', '/a/b'),
      'GET http://h/a%20b': whole('root', '/a%20b'),
      'GET http://h/a%3fb': whole('root', '/a%3Fb'),
      'GET http://h/%7Eme': whole('root', '/~me'),
      'GET http://h/a%': whole('root', '/a%'),
      'GET http://h/a%zz': whole('root', '/a%zz'),
      'GET http://h/a%00b': whole('root', '/a%00b'),
      'GET http://h/%25': whole('root', '/%25'),
    },
  ),
  routerCase(
    'letters outside ASCII are their bytes',
    everyFlavor,
    { u: { paths: ['/ü'], strip_path: false }, root: { paths: ['/'], strip_path: false } },
    {
      'GET http://h/ü': whole('u', '/%C3%BC'),
      'GET http://h/%C3%BC/x': whole('u', '/%C3%BC/x'),
      'GET http://h/%c3%bc': whole('u', '/%C3%BC'),
      'GET http://h/%C3': whole('root', '/%C3'),
      'GET http://h/%FC': whole('root', '/%FC'),
      'GET http://h/u': whole('root', '/u'),
    },
  ),
  routerCase(
    'a regular expression is bound to the beginning alone',
    everyFlavor,
    { item: { paths: ['~/item/\\d+'] } },
    {
      'GET http://h/item/1': 'item',
      'GET http://h/item/12/x': 'item',
      'GET http://h/item/1x': 'item',
      'GET http://h/item/x1': null,
      'GET http://h/x/item/1': null,
      'GET http://h/item/': null,
    },
  ),
  routerCase(
    'with a dollar it is bound to the end',
    everyFlavor,
    { item: { paths: ['~/item/\\d+$'] }, plain: { paths: ['~/plain$'] } },
    {
      'GET http://h/item/12': 'item',
      'GET http://h/item/12/': null,
      'GET http://h/plain': 'plain',
      'GET http://h/plain/': null,
      'GET http://h/plainly': null,
    },
  ),
  routerCase(
    'of alternatives only the first is bound to the beginning',
    rankedFlavors,
    { either: { paths: ['~/a|/b'] } },
    {
      'GET http://h/a': 'either',
      'GET http://h/b': 'either',
      'GET http://h/x/b': 'either',
      'GET http://h/x/a': null,
    },
  ),
  routerCase(
    'all alternatives are bound to the beginning',
    traditionalOnly,
    { either: { paths: ['~/a|/b'] } },
    {
      'GET http://h/a': 'either',
      'GET http://h/b': 'either',
      'GET http://h/x/b': null,
    },
  ),
  routerCase(
    'flags',
    everyFlavor,
    { any: { paths: ['~/(?i)Shop'] } },
    {
      'GET http://h/shop': 'any',
      'GET http://h/SHOP/x': 'any',
      'GET http://h/chop': null,
    },
  ),
  routerCase(
    'a regular expression before any prefix',
    everyFlavor,
    { regex: { paths: ['~/a/.'] }, long: { paths: ['/a/bcdefgh'] } },
    {
      'GET http://h/a/bcdefgh': 'regex',
      'GET http://h/a/x': 'regex',
      'GET http://h/a/': null,
    },
  ),
  routerCase(
    'regex_priority orders regular expressions',
    everyFlavor,
    { low: { paths: ['~/a/[a-z]+'], regex_priority: 1 }, high: { paths: ['~/a/b'], regex_priority: 2 } },
    {
      'GET http://h/a/b': 'high',
      'GET http://h/a/c': 'low',
    },
  ),
  routerCase(
    'regex_priority is nothing to prefixes',
    everyFlavor,
    { short: { paths: ['/a'], regex_priority: 9 }, long: { paths: ['/a/b'] } },
    {
      'GET http://h/a/b': 'long',
      'GET http://h/a/c': 'short',
    },
  ),
  routerCase(
    'a route with both is reached by both',
    everyFlavor,
    {
      both: { paths: ['~/x/\\d', '/prefix'] },
      longer: { paths: ['/x/1/2/3'] },
      prefixed: { paths: ['/prefix/a'] },
    },
    {
      'GET http://h/x/1/2/3': 'both',
      'GET http://h/prefix/b': 'both',
      'GET http://h/prefix/a': 'prefixed',
    },
  ),
  routerCase(
    'captures by number and name; what took no part is not there',
    rankedFlavors,
    { item: { paths: ['~/(users/)?(?<id>\\d+)/(?<rest>[a-z]*)'] } },
    {
      'GET http://h/users/7/profile': {
        route: 'item',
        captures: { 0: '/users/7/profile', 1: 'users/', 2: '7', 3: 'profile', id: '7', rest: 'profile' },
      },
      'GET http://h/7/': { route: 'item', captures: { 0: '/7/', 2: '7', 3: '', id: '7', rest: '' } },
    },
  ),
  routerCase(
    'captures are of the normal form',
    rankedFlavors,
    { item: { paths: ['~/(?<name>[^/]+)/x'] } },
    {
      'GET http://h/%6aohn%20doe/x': {
        route: 'item',
        captures: { 0: '/john doe/x', 1: 'john doe', name: 'john doe' },
      },
      'GET http://h/%C3%BC/x': { route: 'item', captures: { 0: '/ü/x', 1: 'ü', name: 'ü' } },
    },
  ),
  routerCase(
    'without groups there are no captures',
    everyFlavor,
    { item: { paths: ['~/item'] }, plain: { paths: ['/plain'] } },
    {
      'GET http://h/item/1': { route: 'item', captures: null },
      'GET http://h/plain/1': { route: 'plain', captures: null },
    },
  ),
  routerCase(
    'what a regular expression matched is stripped',
    everyFlavor,
    { item: { paths: ['~/item/\\d+'] }, u: { paths: ['~/ü+'] } },
    {
      'GET http://h/item/12/x': whole('item', '/x'),
      'GET http://h/item/12': whole('item', '/'),
      'GET http://h/item/12x': whole('item', '/x'),
      'GET http://h/%C3%BC%C3%BC/x': whole('u', '/x'),
    },
  ),
  routerCase(
    'OPTIONS for the whole host is about its root',
    everyFlavor,
    { root: { paths: ['/'] } },
    {
      'OPTIONS http://h/': 'root',
      'OPTIONS http://h/*': 'root',
    },
  ),
];
