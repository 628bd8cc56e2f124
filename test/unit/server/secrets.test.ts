// References to vaults: how they are read, what stands in their place on the way to the workers, and what is told of it.
import { expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Certificate, Plugin } from '../../../src/kong/entity.ts';
import { parseReference } from '../../../src/kong/vault-reference.ts';
import type { Log } from '../../../src/ports/log.ts';
import { createSecrets } from '../../../src/proxy/server/secrets.ts';
import { first, second } from '../../conformance/validation/cases/certificates.ts';

test.each<[reference: string, vault: string | null, resource?: string, key?: string | null, rest?: string]>([
  ['{vault://env/my-secret}', 'env', 'my-secret', null],
  ['{vault://my-vault/a/b}', 'my-vault', 'a', 'b'],
  ['{vault://v/a/b/c}', 'v', 'a/b', 'c'],
  ['{vault://v/a/}', 'v', 'a', null],
  ['{vault://v/a%2Fb}', 'v', 'a/b', null],
  ['{vault://env/cert/key?prefix=SSL_#1}', 'env', 'cert', 'key', 'prefix=SSL_#1'],
  ['{vault://env/a#2}', 'env', 'a', null, '#2'],
  ['{vault://env}', null],
  ['{vault://env/}', null],
  ['{vault:///a}', null],
  ['{vault://env/a#x}', null],
  ['{vault://env/%}', null],
  ['{vault://env/a', null],
  ['vault://env/a', null],
  [' {vault://env/a}', null],
])('%s', (text, vault, resource, key, rest = '') => {
  const read = parseReference(text);
  if (vault === null) {
    expect(read).toBe(null);
    return;
  }
  const { settings, version, ...named } = read!;
  expect(named).toEqual({ vault, resource, key });
  expect(`${new URLSearchParams([...settings])}${version === null ? '' : `#${version}`}`).toBe(rest);
});

interface Told {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const variables: Readonly<Record<string, string>> = {
  SHOP_CERT: first.cert,
  SHOP_KEY: first.key,
  OTHER_KEY: second.key,
  BOTH: JSON.stringify({ cert: first.cert, key: first.key }),
  SSL_CERT: first.cert,
  SSL_KEY: first.key,
  ENCODED_CERT: Buffer.from(first.cert).toString('base64'),
  ENCODED_KEY: Buffer.from(first.key).toString('base64'),
  SHOP_CERT_PREVIOUS: first.cert,
  SHOP_KEY_PREVIOUS: first.key,
};

function configOf(document: Readonly<Record<string, unknown>>): GatewayConfig {
  const config = decodeDeclarative({ _format_version: '3.0', ...document });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

function rig(prefix = '') {
  const told: Told[] = [];
  const note = (message: string, fields = {}): void => void told.push({ message, fields });
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  return { told, secrets: createSecrets({ prefix, lookUp: (name) => variables[name] ?? null }, log) };
}

test.each<
  [title: string, cert: string, key: string, vaults: readonly object[], prefix: string, isShown: boolean]
>([
  ['variables', '{vault://env/shop-cert}', '{vault://env/shop-key}', [], '', true],
  ['one of them as text', first.cert, '{vault://env/shop-key}', [], '', true],
  ['fields of an object', '{vault://env/both/cert}', '{vault://env/both/key}', [], '', true],
  [
    'a prefix of the reference',
    '{vault://env/cert?prefix=SSL_}',
    '{vault://env/key?prefix=SSL_}',
    [],
    '',
    true,
  ],
  ['a prefix of the setting', '{vault://env/cert}', '{vault://env/key}', [], 'ssl-', true],
  [
    'a Vault of their own',
    '{vault://mine/cert}',
    '{vault://mine/key}',
    [{ prefix: 'mine', name: 'env', config: { prefix: 'SSL_' } }],
    'other_',
    true,
  ],
  [
    'a Vault in base64',
    '{vault://mine/cert}',
    '{vault://mine/key}',
    [{ prefix: 'mine', name: 'env', config: { prefix: 'ENCODED_', base64_decode: true } }],
    '',
    true,
  ],
  ['the version before', '{vault://env/shop-cert#2}', '{vault://env/shop-key#2}', [], '', true],
  ['a variable that is not there', '{vault://env/shop-cert}', '{vault://env/nothing}', [], '', false],
  ['a Vault that is not there', '{vault://mine/cert}', '{vault://env/shop-key}', [], '', false],
  ["another certificate's key", '{vault://env/shop-cert}', '{vault://env/other-key}', [], '', false],
  ['no certificate', '{vault://env/shop-key}', '{vault://env/shop-key}', [], '', false],
  ['a field that is not there', '{vault://env/both/cert}', '{vault://env/both/other}', [], '', false],
])('a certificate out of %s', (_title, cert, key, vaults, prefix, isShown) => {
  const { secrets, told } = rig(prefix);
  const config = configOf({ vaults, certificates: [{ cert, key, snis: ['a.example'] }] });
  const delta = diffConfigs(emptyConfig, config);
  const sent = secrets.resolve(config, delta);
  expect([sent.from, sent.to, sent.upsert.length]).toEqual([delta.from, delta.to, delta.upsert.length]);
  const { entity } = sent.upsert.find(({ type }) => type === 'certificates')!;
  const shown = entity as Certificate;
  expect([shown.cert, shown.key]).toEqual(isShown ? [first.cert, first.key] : [cert, key]);
  expect(told).toHaveLength(isShown ? 0 : 1);
  expect(JSON.stringify(told)).not.toMatch(/PRIVATE KEY|BEGIN/);
  const [kept] = [...config.entities.certificates.values()];
  expect([kept!.cert, kept!.key]).toEqual([cert, key]);
  expect(secrets.certificate(config, kept!)?.key ?? null).toBe(isShown ? first.key : null);
});

test('a change that has nothing to do with vaults stays as it is', () => {
  const { secrets } = rig();
  const config = configOf({
    services: [{ name: 'a', host: 'b' }],
    certificates: [{ cert: first.cert, key: first.key }],
  });
  const delta = diffConfigs(emptyConfig, config);
  expect(secrets.resolve(config, delta)).toBe(delta);
});

test('a Vault that changes brings along what refers to one', () => {
  const { secrets } = rig();
  const document = (prefix: string) => ({
    vaults: [{ prefix: 'mine', name: 'env', config: { prefix } }],
    certificates: [
      { id: '11111111-1111-4111-8111-111111111111', cert: '{vault://mine/cert}', key: '{vault://mine/key}' },
    ],
    plugins: [{ name: 'rate-limiting', config: { minute: 1, redis: { password: '{vault://mine/cert}' } } }],
  });
  const [before, after] = [configOf(document('NONE_')), configOf(document('SSL_'))];
  const sent = secrets.resolve(after, diffConfigs(before, after));
  expect(sent.upsert.map(({ type }) => type)).toEqual(['vaults', 'certificates', 'plugins']);
  expect((sent.upsert[1]!.entity as Certificate).key).toBe(first.key);
  expect((sent.upsert[2]!.entity as Plugin).config['redis']).toMatchObject({ password: first.cert });
  const gone = secrets.resolve(configOf({ ...document('SSL_'), vaults: [] }), {
    ...diffConfigs(after, configOf({ ...document('SSL_'), vaults: [] })),
  });
  expect((gone.upsert[0]!.entity as Certificate).key).toBe('{vault://mine/key}');
});
