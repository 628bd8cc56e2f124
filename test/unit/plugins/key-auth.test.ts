// key-auth: who gets through, what the others are told, what the upstream is told.
import { describe, expect, test } from 'vitest';
import { keyAuthHandler } from '../../../src/proxy/plugins/key-auth/handler.ts';
import {
  anna,
  createExchange,
  createHost,
  guest,
  pluginOf,
  type RequestDescription,
} from './exchange-double.ts';

interface Expected {
  readonly status?: number;
  readonly message?: string;
  readonly challenge?: string;
  readonly consumer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly query?: string;
  readonly body?: string;
}

function check(
  config: Readonly<Record<string, unknown>>,
  request: RequestDescription,
  expected: Expected,
): void {
  const instance = keyAuthHandler.prepare(pluginOf('key-auth', config), createHost());
  const recorded = createExchange(request);
  instance.access!(recorded.context);
  expect(recorded.exit?.status).toBe(expected.status);
  if (expected.message !== undefined)
    expect(JSON.parse(String(recorded.exit!.body)).message).toBe(expected.message);
  if (expected.challenge !== undefined)
    expect(recorded.exit!.headers!['WWW-Authenticate']).toBe(expected.challenge);
  expect(recorded.context.consumer?.id).toBe(expected.consumer);
  if (expected.headers !== undefined)
    expect(Object.fromEntries(recorded.headers)).toMatchObject(expected.headers);
  for (const name of expected.absent ?? [])
    expect(Object.fromEntries(recorded.headers)[name]).toBeUndefined();
  if (expected.query !== undefined) expect(recorded.query).toBe(expected.query);
  if (expected.body !== undefined) expect(recorded.body).toBe(expected.body);
}

const none = { status: 401, message: 'No API key found in request', challenge: 'Key' };
const identity = {
  'x-consumer-id': anna.id,
  'x-consumer-username': 'anna',
  'x-consumer-custom-id': 'a-1',
  'x-credential-identifier': 'credential-1',
};

const cases: Readonly<
  Record<string, readonly [Readonly<Record<string, unknown>>, RequestDescription, Expected]>
> = {
  'no key': [{}, {}, none],
  'an empty key': [{}, { headers: [['apikey', '']] }, none],
  'an unknown key': [{}, { headers: [['apikey', 'wrong']] }, { status: 401, message: 'Unauthorized' }],
  'a realm in the challenge': [{ realm: 'shop' }, {}, { ...none, challenge: 'Key realm="shop"' }],
  'a key in a header of any case': [
    {},
    { headers: [['ApiKey', 'secret']] },
    { consumer: anna.id, headers: { ...identity, apikey: 'secret' } },
  ],
  'a hidden key in a header': [
    { hide_credentials: true },
    { headers: [['apikey', 'secret']] },
    { consumer: anna.id, absent: ['apikey'] },
  ],
  'two headers': [
    {},
    {
      headers: [
        ['apikey', 'secret'],
        ['ApiKey', 'secret'],
      ],
    },
    { status: 401, message: 'Duplicate API key found' },
  ],
  'a key in the query': [
    {},
    { query: 'a=1&apikey=secret' },
    { consumer: anna.id, query: 'a=1&apikey=secret' },
  ],
  'a hidden key in the query leaves the rest as it was': [
    { hide_credentials: true },
    { query: 'a=%7e&apikey=secret&b' },
    { consumer: anna.id, query: 'a=%7e&b' },
  ],
  'a hidden key in a header is hidden in the query too': [
    { hide_credentials: true },
    { query: 'a=1&apikey=secret', headers: [['apikey', 'secret']] },
    { consumer: anna.id, absent: ['apikey'], query: 'a=1' },
  ],
  'a hidden key that is unknown goes no further as anonymous': [
    { hide_credentials: true, anonymous: 'guest' },
    { query: 'apikey=wrong', headers: [['apikey', 'wrong']] },
    { consumer: guest.id, absent: ['apikey'], query: '' },
  ],
  'the key twice in the query': [
    {},
    { query: 'apikey=secret&apikey=secret' },
    { status: 401, message: 'Duplicate API key found' },
  ],
  'a query key that is switched off': [{ key_in_query: false }, { query: 'apikey=secret' }, none],
  'a second name': [
    { key_names: ['apikey', 'x-key'] },
    { headers: [['X-Key', 'secret']] },
    { consumer: anna.id },
  ],
  'a key in a form': [
    { key_in_body: true, hide_credentials: true },
    {
      method: 'POST',
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['content-length', '17'],
      ],
      body: 'a=1&apikey=secret',
    },
    { consumer: anna.id, body: 'a=1' },
  ],
  'a key in JSON': [
    { key_in_body: true },
    {
      method: 'POST',
      headers: [
        ['content-type', 'application/json; charset=utf-8'],
        ['transfer-encoding', 'chunked'],
      ],
      body: '{"apikey":"secret"}',
    },
    { consumer: anna.id, body: '{"apikey":"secret"}' },
  ],
  'a body that is not JSON': [
    { key_in_body: true },
    {
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ['content-length', '1'],
      ],
      body: '{',
    },
    none,
  ],
  'a preflight that needs no key': [{ run_on_preflight: false }, { method: 'OPTIONS' }, {}],
  'a preflight that needs one': [{}, { method: 'OPTIONS' }, none],
  'a preflight that needs no key is nobody all the same': [
    { run_on_preflight: false },
    {
      method: 'OPTIONS',
      headers: [
        ['X-Consumer-ID', 'root'],
        ['x_consumer_username', 'root'],
        ['X-A', 'b'],
      ],
    },
    { headers: { 'x-a': 'b' }, absent: ['x-consumer-id', 'x_consumer_username'] },
  ],
  'spoofed identity with underscores is removed': [
    {},
    {
      headers: [
        ['apikey', 'secret'],
        ['X_Consumer_ID', 'root'],
        ['X-Credential_Identifier', 'x'],
        ['X_ANONYMOUS-CONSUMER', 'true'],
      ],
    },
    {
      consumer: anna.id,
      headers: identity,
      absent: ['x_consumer_id', 'x-credential_identifier', 'x_anonymous-consumer'],
    },
  ],
  'spoofed identity is replaced': [
    {},
    {
      headers: [
        ['apikey', 'secret'],
        ['X-Consumer-ID', 'root'],
        ['X-Anonymous-Consumer', 'true'],
      ],
    },
    { consumer: anna.id, headers: identity, absent: ['x-anonymous-consumer'] },
  ],
  'anonymous by name': [
    { anonymous: 'guest' },
    {
      headers: [
        ['X-Consumer-Custom-ID', 'spoofed'],
        ['X-Credential-Identifier', 'spoofed'],
      ],
    },
    {
      consumer: guest.id,
      headers: { 'x-consumer-id': guest.id, 'x-consumer-username': 'guest', 'x-anonymous-consumer': 'true' },
      absent: ['x-consumer-custom-id', 'x-credential-identifier'],
    },
  ],
  'anonymous that does not exist': [
    { anonymous: 'nobody' },
    {},
    { status: 500, message: "anonymous consumer nobody is configured but doesn't exist" },
  ],
};

describe('key-auth', () => {
  for (const [name, [config, request, expected]] of Object.entries(cases))
    test(name, () => check(config, request, expected));

  test('a credential that another plugin found is enough when anonymous is set', () => {
    const instance = keyAuthHandler.prepare(pluginOf('key-auth', { anonymous: 'guest' }), createHost());
    const recorded = createExchange({});
    recorded.context.credentialId = 'other';
    instance.access!(recorded.context);
    expect(recorded.exit).toBeNull();
    expect(recorded.context.consumer).toBeNull();
  });
});
