// Kong's controller reads `/schemas/plugins/{name}` and fills a plugin's settings with the defaults that it finds there before it
// sends them. What it makes of our schemas has to be what we make of the same plugin ourselves.
import { expect, test } from 'vitest';
import { checkPluginConfig } from '../../../src/kong/check.ts';
import { pluginSchemas } from '../../../src/kong/plugins/index.ts';
import { createRig } from '../../unit/admin/rig.ts';

type Json = Readonly<Record<string, unknown>>;

/** The way of its library: fields as lists of one name each, records one level down, `config` in the place of all before it. */
function fill(schema: Json, given: Json): Json {
  let filled: Record<string, unknown> = { ...given };
  for (const entry of schema['fields'] as readonly Json[]) {
    const [[name, field] = ['', {}]] = Object.entries(entry) as [string, Json][];
    if (name === 'config') {
      filled = { ...fill(field, given) };
      continue;
    }
    if (given[name] !== undefined) continue;
    if (field['type'] === 'record') filled[name] = fill(field, {});
    else filled[name] = field['default'] ?? null;
  }
  return filled;
}

/** The least that a plugin takes. */
const least: Readonly<Record<string, Json>> = { 'rate-limiting': { minute: 5 } };

test.each([...pluginSchemas.keys()])('%s', (name) => {
  const ask = createRig();
  const given = least[name] ?? {};
  const schema = JSON.parse(ask(`/schemas/plugins/${name}`, {}).text) as Json;
  const sent = fill(schema, given);
  const theirs = checkPluginConfig(name, sent);
  const ours = checkPluginConfig(name, given);
  if (!theirs.ok || !ours.ok) throw new Error(JSON.stringify([theirs, ours]));
  expect(theirs.value).toEqual(ours.value);
  // What Kong 3.9 does not know is kept only where it is not the default.
  const isOld = (field: string): boolean => pluginSchemas.get(name)!.fields[field]?.isNewer !== true;
  expect(Object.keys(sent).filter(isOld).sort()).toEqual(Object.keys(ours.value).sort());
});

test('the protocols that it takes where none are given', () => {
  const ask = createRig();
  for (const name of pluginSchemas.keys()) {
    const { fields } = JSON.parse(ask(`/schemas/plugins/${name}`, {}).text) as { fields: readonly Json[] };
    const protocols = fields.find((field) => Object.hasOwn(field, 'protocols'))?.['protocols'] as Json;
    expect(protocols['default']).toEqual(['grpc', 'grpcs', 'http', 'https']);
    expect(Object.keys(fields.at(-1)!)).toEqual(['config']);
  }
});
