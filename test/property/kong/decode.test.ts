// Reading documents never throws, and what is written is read back as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkEntity, checkPluginConfig } from '../../../src/kong/check.ts';
import { declarativeErrorBody } from '../../../src/kong/declarative-error.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { decodeDelta, encodeDelta } from '../../../src/kong/decode-delta.ts';
import { applyDelta, diffConfigs } from '../../../src/kong/delta.ts';
import { encodeDeclarative } from '../../../src/kong/encode.ts';
import { entityTypes } from '../../../src/kong/entity.ts';
import { pluginSchemas } from '../../../src/kong/plugins/index.ts';

/** Anything, in places where the reader looks. */
const anything = fc.anything({ withNullPrototype: true, withBigInt: true, maxDepth: 3 });
const keys = fc.constantFrom(
  'id',
  'name',
  'host',
  'url',
  'paths',
  'hosts',
  'headers',
  'protocols',
  'service',
  'route',
  'consumer',
  'config',
  'tags',
  'target',
  'upstream',
  'key',
  'cert',
  'healthchecks',
  'snis',
  'plugins',
  'routes',
  'targets',
  '__proto__',
);
/** Lists of the wrong things too: what nobody can turn into a text was once found out by chance. */
const oddText: unknown = Object.create(null);
const entity = fc.dictionary(
  keys,
  fc.oneof(anything, fc.constantFrom('key-auth', 'rate-limiting', 'a', {}, [], [oddText], oddText)),
);
const document = fc.dictionary(
  fc.constantFrom(...entityTypes, '_format_version', '_transform', 'vaults', 'x', '__proto__'),
  fc.oneof(anything, fc.array(entity), fc.constantFrom('3.0', '1.1')),
);

test('never throws, and says what is wrong in the form of an answer', () => {
  fc.assert(
    fc.property(fc.oneof(anything, document), (value) => {
      const result = decodeDeclarative(value);
      if (result.ok) return;
      expect(result.error.length).toBeGreaterThan(0);
      expect(declarativeErrorBody(result.error, true)['code']).toBe(14);
      expect(declarativeErrorBody(result.error, false)['code']).toBe(14);
    }),
    { numRuns: 600 },
  );
});

test('single entities, settings and changes never throw', () => {
  const names = fc.constantFrom(...pluginSchemas.keys(), 'other');
  fc.assert(
    fc.property(fc.constantFrom(...entityTypes), names, fc.oneof(anything, entity), (type, name, value) => {
      checkEntity(type, value);
      checkPluginConfig(name, value);
      decodeDelta(value);
      decodeDelta({
        from: '0'.repeat(32),
        to: '1'.repeat(32),
        upsert: [{ type, entity: value }],
        remove: [value],
      });
    }),
    { numRuns: 600 },
  );
});

const word = fc.constantFrom('a', 'b', 'c', 'd');
const validDocument = fc
  .record({
    services: fc.uniqueArray(word, { maxLength: 4 }),
    weights: fc.array(fc.integer({ min: 0, max: 65535 }), { maxLength: 4 }),
    minute: fc.integer({ min: 1, max: 100 }),
    consumers: fc.uniqueArray(word, { maxLength: 4 }),
  })
  .map(({ services, weights, minute, consumers }) => ({
    _format_version: '3.0',
    services: services.map((name) => ({
      name,
      host: 'up',
      routes: [
        { name: `r-${name}`, paths: [`/${name}`], plugins: [{ name: 'rate-limiting', config: { minute } }] },
      ],
    })),
    upstreams: [{ name: 'up', targets: weights.map((weight, i) => ({ target: `10.0.0.${i}`, weight })) }],
    consumers: consumers.map((username) => ({
      username,
      keyauth_credentials: [{ key: `key-${username}` }],
      basicauth_credentials: [{ username, password: 'secret' }],
      acls: [{ group: 'g' }],
      consumer_group_consumers: [{ consumer_group: 'gold' }],
    })),
    consumer_groups: [
      { name: 'gold', plugins: [{ name: 'rate-limiting', config: { minute } }] },
      { name: 'tin', consumer_group_consumers: consumers.map((consumer) => ({ consumer })) },
    ],
    vaults: services.map((name) => ({ name: 'env', prefix: `v-${name}`, config: { prefix: `${name}_` } })),
    key_sets: [{ name: 'ring', keys: [{ kid: 'one', jwk: '{vault://env/key}' }] }],
    keys: services.map((name) => ({ kid: name, pem: { public_key: '{vault://env/key}' } })),
  }));

test('what is written is read back; a change leads from one config to the other, through bytes too', () => {
  fc.assert(
    fc.property(validDocument, validDocument, (a, b) => {
      const before = decodeDeclarative(a);
      const after = decodeDeclarative(b);
      if (!before.ok || !after.ok) throw new Error('the documents are valid');
      const again = decodeDeclarative(JSON.parse(JSON.stringify(encodeDeclarative(after.value))));
      expect(again.ok && again.value.id).toBe(after.value.id);
      const bytes = encodeDelta(diffConfigs(before.value, after.value));
      const delta = decodeDelta(JSON.parse(new TextDecoder().decode(bytes)));
      if (!delta.ok) throw new Error(delta.error);
      expect(applyDelta(before.value, delta.value).id).toBe(after.value.id);
    }),
    { numRuns: 100 },
  );
});
