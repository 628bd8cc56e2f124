// What is hashed: the bytes that nginx and OpenResty give Kong for each source, the fallback, and the cookie that is issued.
import { describe, expect, test } from 'vitest';
import type { BalancedTarget } from '../../../src/proxy/balance/balancer.ts';
import { hashInputOf } from '../../../src/proxy/balance/hash-input.ts';
import { forceHealth, healthWords } from '../../../src/proxy/balance/health.ts';
import { StickySessions, stickyId } from '../../../src/proxy/balance/sticky-sessions.ts';
import { type Asked, addressOf, freshId, peersOf, requestOf, upstreamOf, use } from './rig.ts';

type Settings = Readonly<Record<string, unknown>>;

const cookie = { hash_on: 'cookie', hash_on_cookie: 'id' };
const argument = { hash_on: 'query_arg', hash_on_query_arg: 'q' };
const header = { hash_on: 'header', hash_on_header: 'X-Hash' };

const inputs: readonly (readonly [Settings, Asked, string])[] = [
  [{ algorithm: 'consistent-hashing' }, {}, ''],
  [{ hash_on: 'ip' }, { ip: '192.0.2.7' }, '192.0.2.7'],
  [{ hash_on: 'consumer' }, { consumer: 'c-1', credential: 'k-1' }, 'c-1'],
  [{ hash_on: 'consumer' }, { credential: 'k-1' }, 'k-1'],
  [{ hash_on: 'consumer' }, {}, ''],
  [{ hash_on: 'consumer', hash_fallback: 'ip' }, { ip: '192.0.2.7' }, '192.0.2.7'],
  [header, { headers: { 'x-hash': ['a'] } }, 'a'],
  [header, { headers: { 'x-hash': ['b', 'a'] } }, 'b, a'],
  [header, { headers: { 'x-hash': [''] } }, ''],
  [{ ...header, hash_fallback: 'ip' }, { headers: { 'x-hash': [''] } }, ''],
  [{ ...header, hash_fallback: 'ip' }, {}, '10.9.9.9'],
  [
    { ...header, hash_fallback: 'header', hash_fallback_header: 'X-Other' },
    { headers: { 'x-other': ['o'] } },
    'o',
  ],
  [{ ...header, hash_fallback: 'cookie', hash_on_cookie: 'id' }, { headers: { cookie: ['id=7'] } }, '7'],
  [{ ...header, hash_fallback: 'path' }, { path: '/p' }, '/p'],
  [cookie, { headers: { cookie: ['id=7'] } }, '7'],
  [cookie, { headers: { cookie: ['a=1; ID = 7 ; id=8'] } }, '7 '],
  [cookie, { headers: { cookie: ['xid=1; id2=2,id=3'] } }, '3'],
  [cookie, { headers: { cookie: ['a=1', 'id=4'] } }, '4'],
  [cookie, { headers: { cookie: ['id="q"; x'] } }, '"q"'],
  [cookie, { headers: { cookie: ['id='] } }, ''],
  [cookie, { headers: { cookie: ['id'] } }, freshId],
  [cookie, {}, freshId],
  [{ hash_on: 'path' }, { path: '/a/b' }, '/a/b'],
  [{ hash_on: 'path' }, { path: '/a//b/./c/../d' }, '/a/b/d'],
  [{ hash_on: 'path' }, { path: '/a%2Fb/%2e%2E/c%20d%3f%' }, '/a/c d?%'],
  [{ hash_on: 'path' }, { path: '/a/b/..' }, '/a/'],
  [{ hash_on: 'path' }, { path: '/a/.' }, '/a/'],
  [{ hash_on: 'path' }, { path: '/..//' }, '/'],
  [{ hash_on: 'path' }, { path: '/.a/b.' }, '/.a/b.'],
  [{ hash_on: 'path' }, { path: '/caf%C3%A9' }, '/caf\u00c3\u00a9'],
  [argument, { query: 'q=1' }, '1'],
  [argument, { query: 'p=0&q=b+c%2f&q=a' }, 'a,b c/'],
  [argument, { query: 'q' }, 'true'],
  [argument, { query: 'q&q=' }, ',true'],
  [argument, { query: '%71=x=y' }, 'x=y'],
  [argument, { query: '' }, ''],
  [argument, { query: `${'x&'.repeat(100)}q=1` }, ''],
  [{ ...argument, hash_fallback: 'ip' }, { query: 'r=1' }, '10.9.9.9'],
  [{ ...argument, hash_fallback: 'query_arg', hash_fallback_query_arg: 'r' }, { query: 'r=1' }, '1'],
  [{ hash_on: 'uri_capture', hash_on_uri_capture: 'user' }, { captures: { user: 'u' } }, 'u'],
  [{ hash_on: 'uri_capture', hash_on_uri_capture: '1' }, { captures: { '1': 'one' } }, 'one'],
  [{ hash_on: 'uri_capture', hash_on_uri_capture: 'user' }, {}, ''],
  [
    {
      hash_on: 'uri_capture',
      hash_on_uri_capture: 'user',
      hash_fallback: 'uri_capture',
      hash_fallback_uri_capture: 'team',
    },
    { captures: { team: 't' } },
    't',
  ],
];

test.each(inputs)('%j of %j', (settings, asked, expected) => {
  expect(hashInputOf(upstreamOf(settings)).read(requestOf(asked))).toBe(expected);
});

describe('the cookie', () => {
  const target: BalancedTarget = peersOf([['10.0.0.1:80', 1]])[0]!;

  test.each([
    [{ hash_on_cookie_path: '/' }, {}, `id=${freshId}; Path=/; SameSite=Lax; HttpOnly`],
    [{ hash_on_cookie_path: '/shop' }, {}, `id=${freshId}; Path=/shop; SameSite=Lax; HttpOnly`],
    [{}, { headers: { cookie: ['id=7'] } }, null],
  ])('with %j, asked with %j', (settings, asked, expected) => {
    const input = hashInputOf(upstreamOf({ ...cookie, ...settings }));
    const request = requestOf(asked);
    request.affinityKey = input.read(request);
    expect(input.affinity!.cookieFor(request, target)).toBe(expected);
  });

  test('none where nothing is hashed by one', () => {
    expect(hashInputOf(upstreamOf({ hash_on: 'ip' })).affinity).toBeNull();
  });
});

describe('sticky sessions', () => {
  const words = new Int32Array(healthWords(3));
  const targets = peersOf(
    [1, 2, 3].map((last) => [`10.0.0.${last}:80`, 100] as const),
    words,
  );
  const upstreamId = 'u-1';
  const made = new StickySessions(words, { name: 'at', path: '/', upstreamId });
  use(made, targets);
  const withCookie = (value: string) => requestOf({ headers: { cookie: [`at=${value}`] } });
  const cookieOf = (value: string) => `at=${value}; Path=/; SameSite=Lax; HttpOnly`;

  test('a client without it is given one, for the target that answers', () => {
    const request = requestOf();
    const target = made.pick(null, request)!;
    expect(made.affinity.cookieFor(request, target)).toBe(cookieOf(stickyId(upstreamId, target)));
  });

  test('with it the client comes back, and is told nothing new', () => {
    for (const target of targets) {
      const request = withCookie(stickyId(upstreamId, target));
      expect(made.pick(null, request)).toBe(target);
      expect(made.affinity.cookieFor(request, target)).toBeNull();
    }
  });

  test.each(['', 'nonsense', '__proto__'])('%j names nobody: any target, and a cookie', (value) => {
    const request = withCookie(value);
    const target = made.pick(null, request)!;
    expect(made.affinity.cookieFor(request, target)).toBe(cookieOf(stickyId(upstreamId, target)));
  });

  test('a target that failed or is out is left, and the cookie follows', () => {
    const [home] = targets;
    const request = withCookie(stickyId(upstreamId, home!));
    const other = made.pick([home!], request)!;
    expect(addressOf(other)).not.toBe(addressOf(home!));
    expect(made.affinity.cookieFor(request, other)).toBe(cookieOf(stickyId(upstreamId, other)));
    forceHealth(words, home!.slot, false);
    expect(made.pick(null, withCookie(stickyId(upstreamId, home!)))).not.toBe(home);
    forceHealth(words, home!.slot, true);
  });

  test('what it says depends on the upstream, and shows no address', () => {
    expect(stickyId('u-1', targets[0]!)).not.toBe(stickyId('u-2', targets[0]!));
    expect(stickyId('u-1', targets[0]!)).toMatch(/^[0-9a-f]{16}$/);
  });
});
