// Entity lists as Kong pages and filters them, and how single entities are found and shown.
import { describe, expect, test } from 'vitest';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import {
  collections,
  findEntity,
  listEntities,
  nested,
  showEntity,
} from '../../../src/proxy/admin/entities.ts';

const decoded = decodeDeclarative({
  _format_version: '3.0',
  consumers: Array.from({ length: 5 }, (_, i) => ({
    username: `user-${i}`,
    custom_id: `custom-${i}`,
    tags: [i % 2 === 0 ? 'even' : 'odd', 'all'],
    keyauth_credentials: [{ key: `key-${i}` }],
  })),
});
if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
const config = decoded.value;
const consumers = collections['consumers']!;

interface Page {
  readonly data: readonly { readonly username: string }[];
  readonly next: string | null;
}

function list(query: string): { readonly status: number; readonly body: Page } {
  const answer = listEntities(config, consumers, '/consumers', new URLSearchParams(query), null);
  return { status: answer.status, body: JSON.parse(answer.body!) as Page };
}

test('pages follow each other without gap or overlap', () => {
  const seen: string[] = [];
  let query: string | null = 'size=2';
  while (query !== null) {
    const { status, body }: { status: number; body: Page } = list(query);
    expect(status).toBe(200);
    seen.push(...body.data.map(({ username }) => username));
    query = body.next === null ? null : body.next.slice('/consumers?'.length);
  }
  expect(seen.sort()).toEqual(['user-0', 'user-1', 'user-2', 'user-3', 'user-4']);
});

test('what was asked for goes on to the next page, but not below a parent', () => {
  const next = (query: string): string => list(query).body.next!.replace(/offset=[^&]+/, 'offset=X');
  expect(next('size=2')).toBe('/consumers?offset=X&size=2');
  expect(next('size=2&tags=all')).toBe('/consumers?offset=X&tags=all&size=2');
  expect(next('tags=all/even&size=1')).toBe('/consumers?offset=X&tags=all%2Feven&size=1');
  const all = { field: 'none', value: undefined as unknown as string };
  const answer = listEntities(config, consumers, '/a/b/consumers', new URLSearchParams('size=2'), all);
  expect((JSON.parse(answer.body!) as Page).next).toMatch(/^\/a\/b\/consumers\?offset=[^&]+$/);
});

describe('filters and bad queries', () => {
  const cases: Readonly<Record<string, readonly [number, number | string]>> = {
    '': [200, 5],
    'tags=even': [200, 3],
    'tags=even,all': [200, 3],
    'tags=even,odd': [200, 0],
    'tags=even/odd': [200, 5],
    'custom_id=custom-3': [200, 1],
    'tags=a,b/c': [400, 'invalid options'],
    'size=0': [400, 'invalid size'],
    'size=1001': [400, 'invalid size'],
    'offset=nonsense': [400, 'invalid offset'],
  };
  for (const [query, [status, expected]] of Object.entries(cases)) {
    test(`?${query}`, () => {
      const answer = list(query);
      expect(answer.status).toBe(status);
      if (typeof expected === 'number') expect(answer.body.data).toHaveLength(expected);
      else expect(answer.body).toMatchObject({ name: expected });
    });
  }
});

test('an entity is found by id in any case and by its name', () => {
  const byName = findEntity(config, consumers, 'user-1')!;
  expect(findEntity(config, consumers, byName.id.toUpperCase())).toBe(byName);
  expect(findEntity(config, consumers, 'user-9')).toBeNull();
});

test('children are listed by parent and show it as an object', () => {
  const { collection, parentField } = nested['consumers/key-auth']!;
  const parent = findEntity(config, consumers, 'user-2')!;
  const filter = { field: parentField, value: parent.id };
  const answer = listEntities(config, collection, '/x', new URLSearchParams(), filter);
  expect(JSON.parse(answer.body!)).toMatchObject({
    data: [{ key: 'key-2', consumer: { id: parent.id } }],
    next: null,
  });
  expect(showEntity(consumers, parent)).toMatchObject({ username: 'user-2' });
});
