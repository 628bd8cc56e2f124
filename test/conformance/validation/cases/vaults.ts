// Wrong vaults, keys, key sets and consumer groups.
import { generateKeyPairSync } from 'node:crypto';
import type { Wrong } from './wrong.ts';

const pem = (key: { export(options: object): string | Buffer }, type: string): string =>
  String(key.export({ type, format: 'pem' }));
const [first, second] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const publicPem = pem(first!.publicKey, 'spki');
const privatePem = pem(first!.privateKey, 'pkcs8');
const jwk = (kid: string): string => JSON.stringify({ ...first!.publicKey.export({ format: 'jwk' }), kid });

const vault = (wrong: Readonly<Record<string, unknown>>) => ({ prefix: 'mine', name: 'env', ...wrong });

export const wrongVaults: readonly Wrong[] = [
  [{ name: 'env' }, 'prefix: required field missing'],
  [{ prefix: 'mine' }, 'name: required field missing'],
  [vault({ prefix: 'env' }), 'prefix: must not be one of: env'],
  [vault({ prefix: 'My' }), 'prefix: invalid value: My'],
  [vault({ prefix: 'a' }), 'prefix: invalid value: a'],
  [vault({ prefix: 'a-' }), 'prefix: invalid value: a-'],
  [vault({ prefix: '1a' }), 'prefix: invalid value: 1a'],
  [vault({ prefix: '' }), 'prefix: length must be at least 1'],
  [vault({ prefix: 7 }), 'prefix: expected a string'],
  [vault({ name: 'hcv' }), "name: vault 'hcv' is not installed"],
  [vault({ name: 'hcv', prefix: 'X', config: 7 }), "name: vault 'hcv' is not installed"],
  [vault({ config: 7 }), 'config: expected a record'],
  [vault({ config: { prefix: '1' } }), 'config.prefix: invalid value: 1'],
  [vault({ config: { prefix: 'a b' } }), 'config.prefix: invalid value: a b'],
  [vault({ config: { base64_decode: 'yes' } }), 'config.base64_decode: expected a boolean'],
  [vault({ config: { host: 'x' } }), 'config.host: unknown field'],
  [vault({ description: 7 }), 'description: expected a string'],
  [vault({ ttl: 1, tags: 'x' }), 'tags: expected a set', 'ttl: unknown field'],
];

const key = (wrong: Readonly<Record<string, unknown>>) => ({ kid: 'k', ...wrong });
const neither = "@entity: at least one of these fields must be non-empty: 'jwk', 'pem'";
const both = "@entity: only one or none of these fields must be set: 'jwk', 'pem'";

export const wrongJsonWebKeys: readonly Wrong[] = [
  [{ jwk: jwk('k') }, 'kid: required field missing'],
  [key({}), neither],
  [key({ jwk: jwk('k'), pem: { public_key: publicPem } }), both],
  [key({ jwk: '{' }), '@entity: could not json decode jwk string'],
  [key({ jwk: '7' }), '@entity: kid in jwk.kid must be equal to keys.kid'],
  [key({ jwk: jwk('other') }), '@entity: kid in jwk.kid must be equal to keys.kid'],
  [key({ jwk: '{"kid":"k","kty":"EC"}' }), '@entity: could not load JWK, likely not a valid key'],
  [key({ jwk: '{"kid":"k","kty":"oct"}' }), '@entity: could not load JWK, likely not a valid key'],
  [key({ jwk: 7 }), 'jwk: expected a string'],
  [
    key({ pem: {} }),
    "pem.@entity: at least one of these fields must be non-empty: 'private_key', 'public_key'",
  ],
  [key({ pem: 'x' }), 'pem: expected a record'],
  [key({ pem: { public_key: 'x' } }), 'pem: could not load public key'],
  [key({ pem: { public_key: publicPem, private_key: 'x' } }), 'pem: could not load private key'],
  [
    key({ pem: { public_key: pem(second!.publicKey, 'spki'), private_key: privatePem } }),
    'pem: public key does not match private key',
  ],
  [key({ pem: { public_key: publicPem, other: 'x' } }), 'pem.other: unknown field'],
  [key({ jwk: jwk('k'), name: '' }), 'name: length must be at least 1'],
  [
    key({ jwk: jwk('k'), set: 'nothing' }),
    "set: invalid reference 'set: nothing' (no such entry in 'key_sets')",
  ],
];

export const wrongKeySets: readonly Wrong[] = [
  [{ name: '' }, 'name: length must be at least 1'],
  [{ name: 7 }, 'name: expected a string'],
  [{ name: 'a', kid: 'x' }, 'kid: unknown field'],
  [{ id: 'x' }, 'id: expected a valid UUID'],
];

export const wrongConsumerGroups: readonly Wrong[] = [
  [{}, 'name: required field missing'],
  [{ name: '' }, 'name: length must be at least 1'],
  [{ name: 7 }, 'name: expected a string'],
  [{ name: 'a', consumers: [] }, 'consumers: unknown field'],
  [
    { name: 'a', tags: ['a,b'] },
    "tags.1: invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
];

export const wrongMemberships: readonly Wrong[] = [
  [{ consumer: 'owner' }, 'consumer_group: required field missing'],
  [{ consumer_group: 'gold' }, 'consumer: required field missing'],
  [
    { consumer: 'nobody', consumer_group: 'gold' },
    "consumer: invalid reference 'consumer: nobody' (no such entry in 'consumers')",
  ],
  [
    { consumer: 'owner', consumer_group: 'tin' },
    "consumer_group: invalid reference 'consumer_group: tin' (no such entry in 'consumer_groups')",
  ],
  [{ consumer: 'owner', consumer_group: 'gold', weight: 1 }, 'weight: unknown field'],
];

export const wrongGroupPlugins: readonly Wrong[] = [
  [
    { name: 'rate-limiting', config: { minute: 1 }, consumer_group: 'gold', consumer: 'owner' },
    'consumer_group: value must be null',
  ],
  [{ name: 'key-auth', consumer_group: 'gold' }, 'consumer_group: value must be null'],
  [
    { name: 'rate-limiting', config: { minute: 1 }, consumer_group: 'tin' },
    "consumer_group: invalid reference 'consumer_group: tin' (no such entry in 'consumer_groups')",
  ],
];

export const rightKeys = [
  { kid: 'a', jwk: jwk('a') },
  { kid: 'b', set: 'ring', name: 'pair', pem: { public_key: publicPem, private_key: privatePem } },
  { kid: 'c', pem: { public_key: publicPem } },
  { kid: 'e', jwk: '{vault://env/jwk}' },
  { kid: 'f', pem: { private_key: '{vault://env/private}' } },
];
