// The published JSON Schema takes every scenario of the repository, and refuses what the language refuses by form.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { scenarioSchema } from '../../../scenarios/language/json-schema.ts';
import { readScenarios } from '../../../src/cli/scenario/files.ts';

type Fields = Readonly<Record<string, unknown>>;

const root = new URL('../../../', import.meta.url).pathname;
const schema = JSON.parse(readFileSync(`${root}scenarios/schema.json`, 'utf8')) as Fields;
const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function hasType(value: unknown, wanted: unknown): boolean {
  const types = Array.isArray(wanted) ? wanted : [wanted];
  const own = typeOf(value);
  return types.includes(own) || (own === 'integer' && types.includes('number'));
}

/** The part of JSON Schema that ours uses; the first thing that is wrong, or null. */
function firstWrong(value: unknown, given: Fields, path = ''): string | null {
  if (typeof given['$ref'] === 'string') {
    const name = given['$ref'].replace('#/$defs/', '');
    return firstWrong(value, (schema['$defs'] as Readonly<Record<string, Fields>>)[name]!, path);
  }
  const { anyOf, type, enum: known, const: constant, pattern } = given;
  if (Array.isArray(anyOf)) {
    const wrongs = (anyOf as readonly Fields[]).map((one) => firstWrong(value, one, path));
    return wrongs.includes(null) ? null : wrongs[0]!;
  }
  if (constant !== undefined && value !== constant) return `${path}: not ${String(constant)}`;
  if (Array.isArray(known) && !known.includes(value)) return `${path}: not known`;
  if (type !== undefined && !hasType(value, type)) return `${path}: not of type ${String(type)}`;
  if (typeof pattern === 'string' && !new RegExp(pattern).test(String(value)))
    return `${path}: not as ${pattern}`;
  if (typeof value === 'number') {
    const { minimum = value, maximum = value } = given as { minimum?: number; maximum?: number };
    if (value < minimum || value > maximum) return `${path}: out of bounds`;
  }
  if (Array.isArray(value) && isMap(given['items']))
    for (const [index, item] of value.entries()) {
      const wrong = firstWrong(item, given['items'], `${path}[${index}]`);
      if (wrong !== null) return wrong;
    }
  return isMap(value) ? wrongMember(value, given, path) : null;
}

function wrongMember(value: Fields, given: Fields, path: string): string | null {
  const {
    properties = {},
    required = [],
    additionalProperties = true,
  } = given as {
    properties?: Readonly<Record<string, Fields>>;
    required?: readonly string[];
    additionalProperties?: boolean | Fields;
  };
  const { maxProperties = Number.POSITIVE_INFINITY, minProperties = 0 } = given as Readonly<
    Record<string, number>
  >;
  const names = Object.keys(value);
  if (names.length > maxProperties || names.length < minProperties) return `${path}: ${names.length} members`;
  for (const name of required) if (!names.includes(name)) return `${path}.${name}: missing`;
  for (const name of names) {
    const own = Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
    if (own === false) return `${path}.${name}: not known`;
    const wrong = isMap(own) ? firstWrong(value[name], own, `${path}.${name}`) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}

test('it is the one that the shapes make', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(scenarioSchema())));
});

describe('every scenario of the repository', () => {
  for (const { file, text } of readScenarios([`${root}scenarios`]))
    test(file.slice(root.length), () => expect(firstWrong(parse(text), schema)).toBeNull());
});

describe('what it refuses', () => {
  const base = { scenario: 'a', promise: 'b', world: {} };
  test.each([
    [{ ...base, setps: [] }, '.setps: not known'],
    [{ scenario: 'a', world: {} }, '.promise: missing'],
    [{ ...base, steps: [{ rolout: {} }] }, '.steps[0].rolout: not known'],
    [{ ...base, world: { proxies: 99 } }, '.world.proxies: out of bounds'],
    [
      { ...base, steps: [{ wait: '2 seconds' }] },
      '.steps[0].wait: not as ^(0|\\d{1,7}(\\.\\d{1,3})?(ms|s|m|h))$',
    ],
  ])('%j', (value, wrong) => {
    expect(firstWrong(value, schema)).toBe(wrong);
  });
});
