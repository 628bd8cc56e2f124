// The expression language: fields, operators, transformations, precedence, what is left of a path.
import { expressionsOnly, type RouterCase, routerCase } from './case.ts';

const by = (expression: string, more: Record<string, unknown> = {}) => ({ expression, ...more });
const one = (title: string, expression: string, asks: Parameters<typeof routerCase>[3]): RouterCase =>
  routerCase(title, expressionsOnly, { x: by(expression) }, asks);

export const expressionCases: readonly RouterCase[] = [
  one('== on strings', 'http.path == "/a"', {
    'GET http://h/a': 'x',
    'GET http://h/a/': null,
    'GET http://h/A': null,
    'GET http://h/%61': 'x',
  }),
  one('!= on strings', 'http.method != "GET"', { 'POST http://h/': 'x', 'GET http://h/': null }),
  one('^= is a prefix', 'http.path ^= "/a"', { 'GET http://h/ab': 'x', 'GET http://h/b': null }),
  one('=^ is a suffix', 'http.path =^ ".png"', { 'GET http://h/x.png': 'x', 'GET http://h/x.png/': null }),
  one('contains', 'http.path contains "/x/"', { 'GET http://h/a/x/b': 'x', 'GET http://h/a/x': null }),
  one('~ searches', 'http.path ~ "\\\\d{2}"', { 'GET http://h/a12b': 'x', 'GET http://h/a1b2': null }),
  one('raw strings have no escapes', 'http.path ~ r#"^/\\d+$"#', {
    'GET http://h/12': 'x',
    'GET http://h/12/': null,
  }),
  one('escapes of strings', 'http.headers.x_a == "a\\"b\\\\c\\td"', {
    'GET http://h/\nx-a: a"b\\c\td': 'x',
    'GET http://h/\nx-a: a"b\\c d': null,
  }),
  one('letters outside ASCII', 'http.path == "/ü" || lower(http.headers.x_a) == "ü"', {
    'GET http://h/ü': 'x',
    'GET http://h/%c3%bc': 'x',
    'GET http://h/\nx-a: Ü': 'x',
    'GET http://h/u': null,
  }),
  one('|| binds tighter than &&', 'http.method == "GET" && http.path == "/a" || http.path == "/b"', {
    'GET http://h/a': 'x',
    'GET http://h/b': 'x',
    'POST http://h/b': null,
  }),
  one(
    '|| binds tighter on the left as well',
    'http.path == "/b" || http.path == "/a" && http.method == "GET"',
    { 'GET http://h/b': 'x', 'POST http://h/b': null },
  ),
  one('parentheses', '(http.method == "GET" && http.path == "/a") || http.path == "/b"', {
    'GET http://h/a': 'x',
    'POST http://h/b': 'x',
    'POST http://h/a': null,
  }),
  one('! before parentheses', '!(http.path ^= "/a" || http.method == "POST")', {
    'GET http://h/b': 'x',
    'GET http://h/a': null,
    'POST http://h/b': null,
  }),
  one('! twice', '!(!(http.path ^= "/a"))', { 'GET http://h/a': 'x', 'GET http://h/b': null }),
  one('what is absent holds for nothing', 'http.headers.x_a != "1"', {
    'GET http://h/': null,
    'GET http://h/\nx-a: 1': null,
    'GET http://h/\nx-a: 2': 'x',
  }),
  one('but not for its opposite', '!(http.headers.x_a == "1")', {
    'GET http://h/': 'x',
    'GET http://h/\nx-a: 1': null,
  }),
  one('all values have to hold', 'http.headers.x_a == "1"', {
    'GET http://h/\nx-a: 1\nx-a: 1': 'x',
    'GET http://h/\nx-a: 1\nx-a: 2': null,
    'GET http://h/\nx-a: 2': null,
  }),
  one('any() wants one', 'any(http.headers.x_a) == "1"', {
    'GET http://h/\nx-a: 2\nx-a: 1': 'x',
    'GET http://h/\nx-a: 2': null,
    'GET http://h/': null,
  }),
  one('any() of !=', 'any(http.headers.x_a) != "1"', {
    'GET http://h/\nx-a: 1\nx-a: 2': 'x',
    'GET http://h/\nx-a: 1': null,
  }),
  one('lower()', 'lower(http.path) == "/shop"', {
    'GET http://h/SHOP': 'x',
    'GET http://h/shop': 'x',
    'GET http://h/shops': null,
  }),
  one('lower() does not lower what it is compared with', 'lower(http.path) == "/Shop"', {
    'GET http://h/shop': null,
    'GET http://h/Shop': null,
  }),
  one(
    'both transformations, either way round',
    'any(lower(http.headers.x_a)) == "a" && lower(any(http.headers.x_b)) == "b"',
    { 'GET http://h/\nx-a: 1\nx-a: A\nx-b: B': 'x', 'GET http://h/\nx-a: A': null },
  ),
  one('names of headers have underscores', 'http.headers.x_my_header == "1"', {
    'GET http://h/\nX-My-Header: 1': 'x',
    'GET http://h/\nX-My_Header: 1': 'x',
  }),
  one('hosts are the same in either case', 'http.host == "Shop.Example"', {
    'GET http://shop.example/': 'x',
    'GET http://SHOP.EXAMPLE:81/': 'x',
    'GET http://shop/': null,
  }),
  one('a host may be searched', 'http.host ~ "^[a-c]\\\\.example$"', {
    'GET http://b.example/': 'x',
    'GET http://d.example/': null,
  }),
  one('beginning and end of a host', 'http.host ^= "sh" && http.host =^ "le"', {
    'GET http://shop.example/': 'x',
    'GET http://shop.test/': null,
  }),
  one('the port of the host', 'net.dst.port == 8000', { 'GET http://h:8000/': 'x', 'GET http://h/': null }),
  one('net.port is its old name', 'net.port >= 8000 && net.port < 9000', {
    'GET http://h:8000/': 'x',
    'GET http://h:8999/': 'x',
    'GET http://h:9000/': null,
    'GET http://h/': null,
  }),
  one('whole numbers in other bases', 'net.dst.port == 0x1F40 || net.dst.port == 0100', {
    'GET http://h:8000/': 'x',
    'GET http://h:64/': 'x',
    'GET http://h:100/': null,
  }),
  one('negative numbers', 'http.path.segments.len > -1', { 'GET http://h/': 'x' }),
  one('addresses', 'net.src.ip == 10.1.2.3 || net.src.ip == 2001:db8::1', {
    'GET http://h/\nclient: 10.1.2.3': 'x',
    'GET http://h/\nclient: 2001:db8::1': 'x',
    'GET http://h/\nclient: 10.1.2.4': null,
    'GET http://h/': null,
  }),
  one('networks', 'net.src.ip in 10.0.0.0/8', {
    'GET http://h/\nclient: 10.9.9.9': 'x',
    'GET http://h/\nclient: 11.0.0.0': null,
    'GET http://h/\nclient: 2001:db8::1': null,
  }),
  one('not in', 'net.src.ip not in 10.0.0.0/8', {
    'GET http://h/\nclient: 10.9.9.9': null,
    'GET http://h/\nclient: 11.0.0.0': 'x',
    'GET http://h/\nclient: 2001:db8::1': 'x',
    'GET http://h/': null,
  }),
  one('networks of the other family hold nothing', 'net.src.ip in ::/0', {
    'GET http://h/\nclient: 2001:db8::1': 'x',
    'GET http://h/\nclient: 10.0.0.1': null,
  }),
  one('the protocol', 'net.protocol == "https" && http.path ^= "/"', {
    'GET https://h/': 'x',
    'GET http://h/': null,
  }),
  one('the server name', 'tls.sni == "shop.example"', {
    'GET https://shop.example/': 'x',
    'GET https://h/\nsni: shop.example': 'x',
    'GET http://shop.example/': null,
  }),
  one('arguments of the query', 'http.queries.a == "1"', {
    'GET http://h/?a=1': 'x',
    'GET http://h/?b=2&a=1': 'x',
    'GET http://h/?a=1&a=2': null,
    'GET http://h/?A=1': null,
    'GET http://h/': null,
  }),
  one('arguments without a value', 'http.queries.a == ""', {
    'GET http://h/?a': 'x',
    'GET http://h/?a=': 'x',
    'GET http://h/?a=1': null,
    'GET http://h/?': null,
  }),
  one('arguments are decoded', 'http.queries.q == "a b&ü"', {
    'GET http://h/?q=a+b%26%C3%BC': 'x',
    'GET http://h/?%71=a%20b%26ü': 'x',
    'GET http://h/?q=a%2Bb': null,
  }),
  one('any argument', 'any(http.queries.a) ^= "x"', {
    'GET http://h/?a=1&a=xy': 'x',
    'GET http://h/?a=1': null,
  }),
  one('segments of the path', 'http.path.segments.0 == "a" && http.path.segments.1 == "b"', {
    'GET http://h/a/b/c': 'x',
    'GET http://h/a': null,
    'GET http://h//a/./b': 'x',
  }),
  one('ranges of segments', 'http.path.segments.1_2 == "b/c"', {
    'GET http://h/a/b/c/d': 'x',
    'GET http://h/a/b': null,
    'GET http://h/a/b/c/': 'x',
  }),
  one('the number of segments', 'http.path.segments.len == 2', {
    'GET http://h/a/b': 'x',
    'GET http://h/a/b/': 'x',
    'GET http://h/a': null,
    'GET http://h/a/b/c': null,
  }),
  one('the root has none', 'http.path.segments.len == 0', { 'GET http://h/': 'x', 'GET http://h/a': null }),
  routerCase(
    'higher priority first, then the larger id',
    expressionsOnly,
    {
      low: by('http.path ^= "/a"', { priority: 1 }),
      high: by('http.path ^= "/a/b"', { priority: 70368744177663 }),
      tie1: by('http.path ^= "/t"', { id: '00000000-0000-4000-8000-000000000001' }),
      tie2: by('http.path ^= "/t"', { id: '00000000-0000-4000-8000-000000000002' }),
    },
    { 'GET http://h/a/b': 'high', 'GET http://h/a/c': 'low', 'GET http://h/t': 'tie2' },
  ),
  routerCase(
    'an expression before every route of attributes',
    expressionsOnly,
    {
      attributes: { hosts: ['h'], methods: ['GET'], paths: ['/a/b/c'], headers: { 'x-a': ['1'] } },
      expression: by('http.path ^= "/a"'),
    },
    { 'GET http://h/a/b/c\nx-a: 1': 'expression', 'GET http://h/b': null },
  ),
  routerCase(
    'protocols of an expression route',
    expressionsOnly,
    {
      plain: by('http.path ^= "/p"', { protocols: ['http'] }),
      redirected: by('http.path ^= "/r"', { protocols: ['https'] }),
      grpc: by('http.path ^= "/g"', { protocols: ['grpc'], strip_path: false }),
    },
    {
      'GET http://h/p': 'plain',
      'GET https://h/p': null,
      'GET http://h/r': 'redirected',
      'GET https://h/r': 'redirected',
      'GET http://h/g': 'grpc',
      'GET https://h/g': null,
    },
  ),
  routerCase(
    'what the last predicate on the path matched is stripped',
    expressionsOnly,
    {
      prefix: by('http.path ^= "/a"'),
      equal: by('http.path == "/b/c"', { priority: 1 }),
      regex: by('http.path ~ "^/c/\\\\d+"'),
      suffix: by('http.path =^ "/dd"'),
      none: by('http.path contains "q"', { priority: 2 }),
      last: by('http.path ^= "/e" && http.path ~ "^/e/f"'),
    },
    {
      'GET http://h/a/x': { route: 'prefix', upstreamPath: '/x' },
      'GET http://h/b/c': { route: 'equal', upstreamPath: '/' },
      'GET http://h/c/12/x': { route: 'regex', upstreamPath: '/x' },
      'GET http://h/xyz/dd': { route: 'suffix', upstreamPath: '/z/dd' },
      'GET http://h/x/q': { route: 'none', upstreamPath: '/x/q' },
      'GET http://h/e/f/g': { route: 'last', upstreamPath: '/g' },
    },
  ),
  routerCase(
    'captures of all that matched',
    expressionsOnly,
    {
      x: by('http.path ~ "^/(?P<id>\\\\d+)" && any(http.headers.x_a) ~ "^(?P<kind>[a-z])(.*)"'),
    },
    {
      'GET http://h/12/x\nx-a: bc': {
        route: 'x',
        captures: { 0: 'bc', 1: 'b', 2: 'c', id: '12', kind: 'b' },
      },
      'GET http://h/12/x': null,
    },
  ),
];
