// Every wrong entity, posted to the Admin API as a client would: Kong's code, sentence and fields, nested and flattened.
import { expect, test } from 'vitest';
import { createRig } from '../../unit/admin/rig.ts';
import {
  certificateId,
  first,
  wrongAuthorities,
  wrongCertificates,
  wrongServerNames,
} from './cases/certificates.ts';
import { wrongConsumers, wrongGroups, wrongKeys, wrongPasswords } from './cases/consumers.ts';
import { wrongDocuments } from './cases/documents.ts';
import { wrongPlugins } from './cases/plugins.ts';
import { olderPaths, rightEntities } from './cases/right.ts';
import { wrongRoutes } from './cases/routes.ts';
import { wrongServices } from './cases/services.ts';
import { wrongTogether } from './cases/together.ts';
import { wrongTargets, wrongUpstreams } from './cases/upstreams.ts';
import {
  rightKeys,
  wrongConsumerGroups,
  wrongGroupPlugins,
  wrongJsonWebKeys,
  wrongKeySets,
  wrongMemberships,
  wrongVaults,
} from './cases/vaults.ts';
import type { Wrong } from './cases/wrong.ts';

type Json = Readonly<Record<string, unknown>>;

interface Table {
  readonly type: string;
  /** As Kong writes it in flattened_errors. */
  readonly singular: string;
  readonly rows: readonly Wrong[];
  /** What the rows refer to. */
  readonly beside?: Json;
}

const owner: Json = { consumers: [{ username: 'owner' }] };
const group: Json = { ...owner, consumer_groups: [{ name: 'gold' }] };
const tables: readonly Table[] = [
  { type: 'services', singular: 'service', rows: wrongServices },
  { type: 'routes', singular: 'route', rows: wrongRoutes },
  { type: 'upstreams', singular: 'upstream', rows: wrongUpstreams },
  { type: 'targets', singular: 'target', rows: wrongTargets, beside: { upstreams: [{ name: 'u' }] } },
  { type: 'consumers', singular: 'consumer', rows: wrongConsumers },
  { type: 'keyauth_credentials', singular: 'keyauth_credential', rows: wrongKeys, beside: owner },
  { type: 'basicauth_credentials', singular: 'basicauth_credential', rows: wrongPasswords, beside: owner },
  { type: 'acls', singular: 'acl', rows: wrongGroups, beside: owner },
  { type: 'certificates', singular: 'certificate', rows: wrongCertificates },
  {
    type: 'snis',
    singular: 'sni',
    rows: wrongServerNames,
    beside: { certificates: [{ id: certificateId, cert: first.cert, key: first.key }] },
  },
  { type: 'ca_certificates', singular: 'ca_certificate', rows: wrongAuthorities },
  { type: 'plugins', singular: 'plugin', rows: wrongPlugins },
  { type: 'vaults', singular: 'vault', rows: wrongVaults },
  { type: 'keys', singular: 'key', rows: wrongJsonWebKeys },
  { type: 'key_sets', singular: 'key_set', rows: wrongKeySets },
  { type: 'consumer_groups', singular: 'consumer_group', rows: wrongConsumerGroups },
  {
    type: 'consumer_group_consumers',
    singular: 'consumer_group_consumer',
    rows: wrongMemberships,
    beside: group,
  },
  { type: 'plugins', singular: 'plugin', rows: wrongGroupPlugins, beside: group },
];

const ask = createRig();

function post(document: Json, query: string): { readonly status: number; readonly body: Json } {
  const answer = ask(`/config${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ _format_version: '3.0', ...document }),
  });
  return { status: answer.status, body: JSON.parse(answer.text) as Json };
}

const envelope = {
  code: 14,
  name: 'invalid declarative configuration',
  message: expect.stringMatching(/^declarative config is invalid: \{.+\}$/s) as string,
};
/** What is listed entity by entity is not said again. */
const nothingElse = 'declarative config is invalid: {}';

/** ['config.minute', 'expected a number']; a sentence that ends in '…' is the beginning of one. */
function split(error: string): readonly [field: string, sentence: unknown] {
  const colon = error.indexOf(': ');
  const sentence = error.slice(colon + 2);
  const isWhole = !sentence.endsWith('…');
  return [
    error.slice(0, colon),
    isWhole ? sentence : (expect.stringContaining(sentence.slice(0, -1)) as unknown),
  ];
}

/** The errors of one entity as Kong nests them: lists with null where nothing is wrong. */
function nest(errors: readonly string[]): unknown {
  const root: Record<string, unknown> = {};
  for (const [field, sentence] of errors.map(split)) {
    const parts = field.split('.');
    let node: Record<string, unknown> = root;
    for (const part of parts.slice(0, -1)) {
      const inner = (node[part] ?? {}) as Record<string, unknown>;
      node[part] = inner;
      node = inner;
    }
    const last = parts.at(-1)!;
    if (last === '@entity') node[last] = [...((node[last] as unknown[] | undefined) ?? []), sentence];
    else node[last] = sentence;
  }
  const listed = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
    if (isMatcher(node)) return node;
    const entries = Object.entries(node);
    if (entries.length === 0 || !entries.every(([name]) => /^\d+$/.test(name)))
      return Object.fromEntries(entries.map(([name, value]) => [name, listed(value)]));
    const list: unknown[] = new Array(Math.max(...entries.map(([name]) => Number(name)))).fill(null);
    for (const [name, value] of entries) list[Number(name) - 1] = listed(value);
    return list;
  };
  return listed(root);
}

function isMatcher(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'asymmetricMatch' in value;
}

function flat(errors: readonly string[]): unknown[] {
  return errors
    .map(split)
    .map(([field, message]) =>
      field.endsWith('@entity') ? { type: 'entity', message } : { type: 'field', field, message },
    );
}

interface Flattened {
  readonly errors: readonly { readonly field?: string; readonly message: string }[];
}

/** By field, then by sentence: Kong's own order is that of a hash table. */
function sorted(body: Json): Json {
  const flattened = (body['flattened_errors'] as readonly Flattened[]).map((entry) => ({
    ...entry,
    errors: entry.errors.toSorted((a, b) => {
      const [left, right] = [a, b].map(({ field, message }) => `${field ?? '@entity'}: ${message}`);
      return left! < right! ? -1 : 1;
    }),
  }));
  return { ...body, flattened_errors: flattened };
}

function check({ type, singular, beside }: Table, [entity, ...errors]: Wrong): void {
  const document = { ...beside, [type]: [entity] };
  const plain = post(document, '');
  expect(plain.status).toBe(400);
  const nested = nest(errors) as { readonly '@entity'?: readonly unknown[] };
  expect(plain.body).toEqual({ ...envelope, fields: { [type]: [nested] } });
  const flattened = post(document, '?flatten_errors=1');
  expect(flattened.status).toBe(400);
  const { id, name, tags } = entity;
  const known = {
    ...(typeof id === 'string' && id.length === 36 ? { entity_id: id } : {}),
    ...(typeof name === 'string' && name !== '' ? { entity_name: name } : {}),
    ...(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? { entity_tags: tags } : {}),
  };
  const expected = { entity_type: singular, ...known, entity, errors: flat(errors.toSorted()) };
  expect(sorted(flattened.body)).toEqual({
    ...envelope,
    message: nothingElse,
    fields: {},
    flattened_errors: [expected],
  });
}

test('there are at least 250 wrong entities', () => {
  const count = tables.reduce(
    (sum, { type, rows }) => sum + rows.length + (wrongTogether[type]?.length ?? 0),
    0,
  );
  expect(count).toBeGreaterThanOrEqual(250);
});

for (const [type, rows] of Object.entries(wrongTogether)) {
  const table = tables.find((each) => each.type === type)!;
  test.each(rows.map((row) => [row] as const))(`${type} together %j`, (row) => check(table, row));
}

for (const table of tables)
  test.each(table.rows.map((row) => [row] as const))(`${table.type} %j`, (row) => check(table, row));

test.each(wrongDocuments)('$title', ({ document, message, fields, rest, restMessage, flattened }) => {
  const plain = post(document, '');
  expect(plain).toEqual({ status: 400, body: { ...envelope, message, fields } });
  const flat = post(document, '?flatten_errors=true');
  expect(flat).toEqual({
    status: 400,
    body: {
      ...envelope,
      message: restMessage ?? nothingElse,
      fields: rest ?? {},
      flattened_errors: flattened,
    },
  });
});

test.each(rightEntities.map((row) => [row] as const))('right: %j', ([type, entity, shown]) => {
  const { status, body } = post({ [type]: [entity] }, '');
  expect({ status, errors: body['fields'] }).toEqual({ status: 201, errors: undefined });
  expect(Object.values(body[type] as Json)).toEqual([expect.objectContaining(shown)]);
});

test.each(olderPaths)('before 3.0: %s is now %s', (path, now) => {
  for (const version of ['1.1', '2.1']) {
    const nested = { services: [{ name: 's', host: 'a', routes: [{ paths: [path] }] }] };
    for (const document of [nested, { routes: [{ paths: [path] }] }]) {
      const { status, body } = post({ ...document, _format_version: version }, '');
      expect(status).toBe(201);
      expect(Object.values(body['routes'] as Json)).toEqual([expect.objectContaining({ paths: [now] })]);
    }
  }
});

test('keys in every form that is right', () => {
  const { status, body } = post({ key_sets: [{ name: 'ring' }], keys: rightKeys }, '');
  expect([status, Object.keys((body['keys'] ?? {}) as Json).length]).toEqual([201, rightKeys.length]);
});
