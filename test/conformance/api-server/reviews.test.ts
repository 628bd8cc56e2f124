// Reviews: who one is, what one may do, whose token something is.
import { expect, test } from 'vitest';
import { userOf } from '../../../sim/cluster/api/user.ts';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createKeyedRandom, createManualClock } from '../../unit/controllers/manual-clock.ts';
import { ask } from './ask.ts';
import { createFixture } from './fixture.ts';

const authorization = '/apis/authorization.k8s.io/v1';
const authentication = '/apis/authentication.k8s.io/v1';

test.each([
  [`${authorization}/selfsubjectaccessreviews`, { allowed: true }],
  [`${authorization}/subjectaccessreviews`, { allowed: true }],
  [`${authorization}/namespaces/default/localsubjectaccessreviews`, { allowed: true }],
  [`${authorization}/selfsubjectrulesreviews`, { incomplete: false, resourceRules: [{ verbs: ['*'] }] }],
  [`${authentication}/selfsubjectreviews`, { userInfo: { username: 'tidegate' } }],
  [`${authentication}/tokenreviews`, { authenticated: false }],
])('%s is answered', (path, status) => {
  const answer = createFixture().ask('POST', path, { body: { spec: { namespace: 'default' } } });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ spec: { namespace: 'default' }, status });
});

test('a review can only be created, and of an object', () => {
  const fixture = createFixture();
  expect(fixture.ask('GET', `${authorization}/selfsubjectaccessreviews`).status).toBe(405);
  expect(fixture.ask('POST', `${authorization}/selfsubjectaccessreviews`, { body: [] }).status).toBe(400);
  expect(fixture.ask('POST', `${authorization}/nothing`, { body: {} }).status).toBe(404);
});

test('a token is known or not, and needed for every question', () => {
  const clock = createManualClock();
  const api = createApiServer({ clock, random: createKeyedRandom(1), log: silentLog, token: 'secret' });
  expect(
    ask(api, 'POST', `${authentication}/tokenreviews`, { body: { spec: { token: 'secret' } } }).status,
  ).toBe(401);
});

test.each([
  [{}, 'tidegate', ['system:masters', 'system:authenticated']],
  [{ 'impersonate-user': 'bob' }, 'bob', ['system:authenticated']],
  [{ 'impersonate-user': 'bob', 'impersonate-group': 'a, b' }, 'bob', ['a', 'b', 'system:authenticated']],
  [{ 'impersonate-user': 'x'.repeat(1_000) }, 'x'.repeat(256), ['system:authenticated']],
])('who asks with %j', (headers, username, groups) => {
  expect(userOf(headers as Readonly<Record<string, string>>)).toEqual({ username, groups });
});

test.each(['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'])(
  'pods/%s is refused by name, and what nobody has is not found',
  (subresource) => {
    const fixture = createFixture();
    const answer = fixture.ask('POST', `/api/v1/namespaces/default/pods/one/${subresource}`, { body: {} });
    expect(answer.status).toBe(501);
    expect(answer.body['message']).toContain(`pods/${subresource} is not supported by this cluster: `);
    expect(fixture.ask('POST', '/api/v1/namespaces/default/pods/one/nothing', { body: {} }).status).toBe(404);
  },
);
