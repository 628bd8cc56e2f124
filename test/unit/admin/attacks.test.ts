// Attacks on the Admin API: callers who reach it through somebody else, names that every object inherits, bodies that cost
// more than they weigh, and what its answers give away.
import { expect, test } from 'vitest';
import { createRig } from './rig.ts';

test.each<[title: string, headers: Readonly<Record<string, string>>, isLoopback: boolean, status: number]>([
  ['curl', { host: '127.0.0.1:8001' }, true, 200],
  ['curl by name', { host: 'localhost:8001' }, true, 200],
  ['curl over IPv6', { host: '[::1]:8001' }, true, 200],
  ['our controller in the same process', {}, true, 200],
  ['a route whose target is the Admin API', { host: 'localhost:8001', 'x-kong-request-id': 'a' }, true, 403],
  [
    'a route, of a gateway that keeps its ids',
    { host: 'localhost:8001', via: '1.0 a, 1.1 kong/3.9.1' },
    true,
    403,
  ],
  ['another proxy', { host: 'localhost:8001', via: '1.1 squid' }, true, 200],
  ['a web page', { host: '127.0.0.1:8001', origin: 'https://evil.example' }, true, 403],
  ['a web page without an origin of its own', { host: '127.0.0.1:8001', origin: 'null' }, true, 403],
  ['a web page whose name now points here', { host: 'evil.example:8001' }, true, 403],
  ['a name that only begins well', { host: 'localhost.evil.example' }, true, 403],
  ['a controller by the name of a Service', { host: 'kong-admin.kong.svc:8001' }, false, 200],
  ['a route to it there', { host: 'kong-admin.kong.svc:8001', 'x-kong-request-id': 'a' }, false, 403],
])('%s', (_title, headers, isLoopback, status) => {
  const ask = createRig(isLoopback);
  for (const path of ['/', '/config', '/key-auths', '/metrics'])
    expect(ask(path, { headers }).status).toBe(status);
  const posted = ask('/config', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"_format_version":"3.0"}',
  });
  expect(posted.status).toBe(status === 200 ? 201 : status);
  expect(Object.keys(posted.headers)).not.toContain('access-control-allow-origin');
});

test.each([
  '/__proto__',
  '/constructor',
  '/toString/x',
  '/hasOwnProperty/a/b',
  '/services/__proto__',
  '/services/constructor/plugins',
  '/services/a/__proto__',
  '/upstreams/__proto__/health',
  '/%5f%5fproto%5f%5f',
  '/%',
])('%s is nothing', (path) => {
  const ask = createRig();
  for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE'])
    expect(ask(path, { method, body: '{}' }).status).toBe(404);
});

test('a method that every object inherits is no method', () => {
  const ask = createRig();
  for (const method of ['constructor', '__proto__', 'toString'])
    for (const path of ['/config', '/services']) expect(ask(path, { method }).status).toBe(405);
});

const json = { 'content-type': 'application/json' };
const yaml = { 'content-type': 'application/yaml' };
const alias = 'bcdefgh'
  .split('')
  .map(
    (name, i) => `${name}: &${name} [${'*abcdefgh'[0]}${'abcdefgh'[i]}${`, *${'abcdefgh'[i]}`.repeat(8)}]`,
  );
test.each<[title: string, headers: Readonly<Record<string, string>>, body: string, message: RegExp]>([
  ['aliases that multiply', yaml, `a: &a [x]\n${alias.join('\n')}\n`, /aliases that grow/],
  ['keys of keys', yaml, `${'? '.repeat(500)}a`, /a key must be plain text/],
  ['lists in lists', yaml, '['.repeat(50_000), /lists and maps are nested too deeply/],
  ['lists in lists, closed', yaml, `${'[a, '.repeat(500)}${']'.repeat(500)}`, /nested more than 100 levels/],
  ['a map as a key', yaml, '{ { a: 1 }: 2 }', /a key must be plain text/],
  [
    'a key twice',
    yaml,
    '_format_version: "3.0"\n_format_version: "1.1"\n',
    /line 2, column 1: a key stands twice/,
  ],
  [
    'fifty thousand keys, one of them twice',
    yaml,
    Array.from({ length: 50_000 }, (_, i) => `k${i % 49_999}: 1`).join('\n'),
    /a key stands twice/,
  ],
  ['half a document', yaml, 'services:\n- name: a\n  host: [', /not YAML/],
  [
    'maps in maps as JSON',
    json,
    `{"_format_version":"3.0","services":[${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]}`,
    /required field missing/,
  ],
  ['a prototype', json, '{"_format_version":"3.0","__proto__":{"services":[]}}', /__proto__/],
  [
    'a prototype in an entity',
    json,
    '{"_format_version":"3.0","services":[{"host":"h","__proto__":{"name":"x"}}]}',
    /__proto__/,
  ],
])('%s', (_title, headers, body, message) => {
  const ask = createRig();
  const answer = ask('/config', { method: 'POST', headers, body });
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(message);
  expect(JSON.parse(ask('/config').text)).toMatchObject({ config: expect.stringContaining('3.0') });
});

test('what is refused is not told with its secrets', () => {
  const ask = createRig();
  const secret = 'correct-horse-battery';
  const consumers = ['a', 'b'].map((username) => ({ username, keyauth_credentials: [{ key: secret }] }));
  const answer = ask('/config', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ _format_version: '3.0', consumers }),
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('uniqueness violation');
  expect(answer.text).not.toContain(secret);
  const broken = ask('/config', {
    method: 'POST',
    headers: yaml,
    body: `services: [\n  password: ${secret}\n- x`,
  });
  expect(broken.status).toBe(400);
  expect(broken.text).not.toContain(secret);
});
