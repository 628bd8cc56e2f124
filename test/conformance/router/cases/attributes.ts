// Methods, headers, server names; how many attributes a route has; ties.
import {
  compatibleOnly,
  everyFlavor,
  expressionsOnly,
  type RouterCase,
  rankedFlavors,
  routerCase,
  traditionalOnly,
} from './case.ts';

export const attributeCases: readonly RouterCase[] = [
  routerCase(
    'methods',
    everyFlavor,
    {
      read: { methods: ['GET', 'HEAD'], paths: ['/'] },
      write: { methods: ['POST'], paths: ['/'] },
      own: { methods: ['PURGE'] },
    },
    {
      'GET http://h/': 'read',
      'HEAD http://h/': 'read',
      'POST http://h/': 'write',
      'PURGE http://h/x': 'own',
      'PUT http://h/': null,
      'get http://h/': null,
    },
  ),
  routerCase(
    'a header with any of its values, in any case',
    everyFlavor,
    { two: { headers: { 'X-Version': ['2', 'Two'] } } },
    {
      'GET http://h/\nX-Version: 2': 'two',
      'GET http://h/\nx-version: TWO': 'two',
      'GET http://h/\nX_Version: two': 'two',
      'GET http://h/\nX-Version: 1\nX-Version: 2': 'two',
      'GET http://h/\nX-Version: 3': null,
      'GET http://h/\nX-Version: 2, 3': null,
      'GET http://h/': null,
    },
  ),
  routerCase(
    'all of the headers',
    everyFlavor,
    { both: { headers: { 'x-a': ['1'], 'x-b': ['1'] } }, one: { headers: { 'x-a': ['1'] } } },
    {
      'GET http://h/\nx-a: 1\nx-b: 1': 'both',
      'GET http://h/\nx-a: 1\nx-b: 2': 'one',
      'GET http://h/\nx-b: 1': null,
    },
  ),
  routerCase(
    'a pattern of a header is found anywhere in the value, in lower case',
    everyFlavor,
    { mobile: { headers: { 'user-agent': ['~*iphone|android'] } } },
    {
      'GET http://h/\nUser-Agent: Mozilla (iPhone; x)': 'mobile',
      'GET http://h/\nUser-Agent: ANDROID': 'mobile',
      'GET http://h/\nUser-Agent: curl': null,
    },
  ),
  routerCase(
    'upper-case classes of a pattern keep their meaning',
    rankedFlavors,
    { some: { headers: { 'x-a': ['~*^\\S+$'] } }, number: { headers: { 'x-b': ['~*^V\\d$'] } } },
    {
      'GET http://h/\nx-a: abc': 'some',
      'GET http://h/\nx-a: a c': null,
      'GET http://h/\nx-b: v7': 'number',
      'GET http://h/\nx-b: V7': 'number',
      'GET http://h/\nx-b: vv': null,
    },
  ),
  routerCase(
    'several patterns, or one with values',
    rankedFlavors,
    { some: { headers: { 'x-a': ['1', '~*^v\\d$'] } } },
    {
      'GET http://h/\nx-a: 1': 'some',
      'GET http://h/\nx-a: V2': 'some',
      'GET http://h/\nx-a: 2': null,
    },
  ),
  routerCase(
    'a pattern counts only alone',
    traditionalOnly,
    { some: { headers: { 'x-a': ['1', '~*^v\\d$'] } } },
    {
      'GET http://h/\nx-a: 1': 'some',
      'GET http://h/\nx-a: V2': null,
    },
  ),
  routerCase(
    'server names are asked for on TLS alone',
    rankedFlavors,
    { secret: { snis: ['shop.example'], paths: ['/'] }, rest: { paths: ['/'] } },
    {
      'GET https://shop.example/': 'secret',
      'GET https://other.example/': 'rest',
      'GET https://other.example/\nsni: shop.example': 'secret',
      'GET https://shop.example/\nsni: other.example': 'rest',
      'GET http://shop.example/': 'secret',
    },
  ),
  // Kong begins with the category that the request seems to be about, and a plain request has no server name to seem so by.
  routerCase(
    'server names are asked for on TLS alone, and hide a route from plain requests that are about another',
    traditionalOnly,
    { secret: { snis: ['shop.example'], paths: ['/a'] }, rest: { paths: ['/a/b'] } },
    {
      'GET https://shop.example/a/b': 'secret',
      'GET https://other.example/a/b': 'rest',
      'GET http://shop.example/a/b': 'rest',
      'GET http://shop.example/a': null,
    },
  ),
  routerCase(
    'wildcards and the last dot of server names',
    rankedFlavors,
    { front: { snis: ['*.example'], paths: ['/'] }, dotted: { snis: ['shop.test.'], paths: ['/'] } },
    {
      'GET https://a.example/': 'front',
      'GET https://a.b.example/': 'front',
      'GET https://shop.test/': 'dotted',
      'GET https://example/': null,
    },
  ),
  routerCase(
    'more kinds of attributes first',
    everyFlavor,
    {
      one: { paths: ['/a/very/long/path'] },
      two: { hosts: ['h'], methods: ['GET'] },
      three: { hosts: ['h'], methods: ['GET'], paths: ['/b'] },
    },
    {
      'GET http://h/a/very/long/path': 'two',
      'GET http://h/b': 'three',
      'POST http://h/a/very/long/path': 'one',
      'POST http://h/b': null,
    },
  ),
  routerCase(
    'more headers before a longer path',
    everyFlavor,
    {
      headers: { headers: { 'x-a': ['1'], 'x-b': ['1'] }, paths: ['/'] },
      path: { headers: { 'x-a': ['1'] }, paths: ['/a/b/c'] },
    },
    {
      'GET http://h/a/b/c\nx-a: 1\nx-b: 1': 'headers',
      'GET http://h/a/b/c\nx-a: 1': 'path',
    },
  ),
  routerCase(
    'a plain host before more headers',
    rankedFlavors,
    {
      wild: { hosts: ['*.h'], headers: { 'x-a': ['1'], 'x-b': ['1'] } },
      plain: { hosts: ['a.h'], headers: { 'x-a': ['1'] } },
    },
    {
      'GET http://a.h/\nx-a: 1\nx-b: 1': 'plain',
      'GET http://b.h/\nx-a: 1\nx-b: 1': 'wild',
    },
  ),
  routerCase(
    'of the same number of kinds hosts come before paths',
    traditionalOnly,
    {
      host: { hosts: ['h'] },
      path: { paths: ['/a/b/c'] },
      method: { methods: ['GET'] },
      header: { headers: { 'x-a': ['1'] } },
    },
    {
      'GET http://h/a/b/c\nx-a: 1': 'host',
      'GET http://o/a/b/c\nx-a: 1': 'header',
      'GET http://o/a/b/c': 'path',
      'GET http://o/': 'method',
    },
  ),
  routerCase(
    'of the same number of kinds plain hosts come first, then headers, then the length of the path',
    rankedFlavors,
    {
      host: { hosts: ['h'] },
      path: { paths: ['/a/b/c'] },
      header: { headers: { 'x-a': ['1'] } },
      wild: { hosts: ['*.w'] },
    },
    {
      'GET http://h/a/b/c\nx-a: 1': 'host',
      'GET http://o/a/b/c\nx-a: 1': 'header',
      'GET http://o/a/b/c': 'path',
      'GET http://x.w/a/b/c': 'path',
      'GET http://x.w/': 'wild',
    },
  ),
  routerCase(
    'of equals the older one',
    traditionalOnly,
    { younger: { paths: ['/a'], created_at: 20 }, older: { paths: ['/b', '/a'], created_at: 10 } },
    {
      'GET http://h/a': 'older',
      'GET http://h/b': 'older',
    },
  ),
  routerCase(
    'of equals the one with the larger id',
    rankedFlavors,
    {
      first: { id: '00000000-0000-4000-8000-000000000001', paths: ['/a'] },
      second: { id: '00000000-0000-4000-8000-000000000002', paths: ['/a'] },
    },
    {
      'GET http://h/a': 'second',
    },
  ),
  routerCase(
    'protocols are no condition, so a route for https takes plain requests too (and answers that it is)',
    compatibleOnly,
    { tls: { protocols: ['https'], paths: ['/a'] }, plain: { protocols: ['http'], paths: ['/'] } },
    {
      'GET http://h/a': 'tls',
      'GET https://h/a': 'tls',
      'GET https://h/b': 'plain',
    },
  ),
  routerCase(
    'protocols are a condition, but for https alone',
    expressionsOnly,
    {
      tls: { protocols: ['https'], paths: ['/a'] },
      plain: { protocols: ['http'], paths: ['/'] },
      grpcs: { protocols: ['grpcs'], paths: ['/g'], strip_path: false },
    },
    {
      'GET http://h/a': 'tls',
      'GET https://h/a': 'tls',
      'GET http://h/b': 'plain',
      'GET https://h/b': null,
      'GET https://h/g': 'grpcs',
      'GET http://h/g': 'plain',
    },
  ),
];
