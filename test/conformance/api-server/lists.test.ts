// Lists and reads of certain versions: what resourceVersion, resourceVersionMatch, limit and continue mean together.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configMap, configMaps, createFixture, type Fixture } from './fixture.ts';

/** a to e exist at `before`; then c goes, f comes, and `now` is the version after that. */
interface Versions {
  readonly before: string;
  readonly now: string;
  readonly future: string;
}

interface Listed {
  readonly fixture: Fixture;
  readonly versions: Versions;
}

function createLists(): Listed {
  const fixture = createFixture();
  for (const name of 'abcde') fixture.must('POST', configMaps, configMap(name));
  const before = fixture.now;
  fixture.must('DELETE', `${configMaps}/c`);
  fixture.must('POST', configMaps, configMap('f'));
  return { fixture, versions: { before, now: fixture.now, future: String(Number(fixture.now) + 1000) } };
}

interface Expected {
  /** 200 by default. */
  readonly status?: number;
  /** One letter an item. */
  readonly names?: string;
  readonly version?: string;
  /** There is another page. */
  readonly more?: boolean;
  readonly left?: number;
  readonly reason?: string;
  readonly message?: string;
}

interface ListBody {
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items?: readonly { readonly metadata: { readonly name: string } }[];
  readonly reason?: string;
  readonly message?: string;
}

function list(fixture: Fixture, query: string): { readonly status: number; readonly body: ListBody } {
  const exchange = fixture.ask('GET', `${configMaps}?${query}`);
  if (exchange.ended === 'open') fixture.clock.advance(3_000);
  return { status: exchange.status, body: exchange.body as unknown as ListBody };
}

function check({ fixture }: Listed, query: string, expected: Expected): void {
  const { status, body } = list(fixture, query);
  const seen: Expected = {
    status,
    ...(body.items === undefined ? {} : { names: body.items.map(({ metadata }) => metadata.name).join('') }),
    ...(body.metadata.resourceVersion === undefined ? {} : { version: body.metadata.resourceVersion }),
    more: body.metadata.continue !== undefined,
    ...(body.metadata.remainingItemCount === undefined ? {} : { left: body.metadata.remainingItemCount }),
    ...(body.reason === undefined ? {} : { reason: body.reason }),
    ...(body.message === undefined ? {} : { message: body.message }),
  };
  const { message, ...rest } = expected;
  expect(seen, query).toMatchObject({ status: 200, more: false, ...rest });
  if (message !== undefined) expect(seen.message, query).toContain(message);
}

const forbidden = { status: 422, reason: 'Invalid' };

const rules: readonly (readonly [
  string,
  (versions: Versions) => string,
  (versions: Versions) => Expected,
])[] = [
  ['no version is the latest', () => '', ({ now }) => ({ names: 'abdef', version: now })],
  ['0 is any', () => 'resourceVersion=0', ({ now }) => ({ names: 'abdef', version: now })],
  ['0 knows no pages', () => 'resourceVersion=0&limit=2', () => ({ names: 'abdef' })],
  [
    'a version is a least one',
    ({ before }) => `resourceVersion=${before}`,
    ({ now }) => ({ names: 'abdef', version: now }),
  ],
  [
    'NotOlderThan is a least one, with pages too',
    ({ before }) => `resourceVersion=${before}&resourceVersionMatch=NotOlderThan&limit=2`,
    ({ now }) => ({ names: 'ab', version: now, more: true, left: 3 }),
  ],
  [
    'a version with a limit is that one',
    ({ before }) => `resourceVersion=${before}&limit=3`,
    ({ before }) => ({ names: 'abc', version: before, more: true, left: 2 }),
  ],
  [
    'Exact is that one',
    ({ before }) => `resourceVersion=${before}&resourceVersionMatch=Exact`,
    ({ before }) => ({ names: 'abcde', version: before }),
  ],
  [
    'a limit without a version pages the latest',
    () => 'limit=4',
    ({ now }) => ({ names: 'abde', version: now, more: true, left: 1 }),
  ],
  ['a limit that is large enough is one page', () => 'limit=5', () => ({ names: 'abdef' })],
  [
    'with a selector nobody counts what is left',
    () => 'limit=1&fieldSelector=metadata.name!=a',
    () => ({ names: 'b', more: true }),
  ],
  [
    'too large a version',
    ({ future }) => `resourceVersion=${future}`,
    ({ future, now }) => ({
      status: 504,
      reason: 'Timeout',
      message: `Timeout: Too large resource version: ${future}, current: ${now}`,
    }),
  ],
  [
    'too large, exactly',
    ({ future }) => `resourceVersion=${future}&resourceVersionMatch=Exact`,
    () => ({ status: 504 }),
  ],
  [
    'no number',
    () => 'resourceVersion=x',
    () => ({ status: 400, reason: 'BadRequest', message: 'invalid resource version' }),
  ],
  [
    'a match needs a version',
    () => 'resourceVersionMatch=NotOlderThan',
    () => ({ ...forbidden, message: 'unless resourceVersion is provided' }),
  ],
  [
    'a match goes with no continue',
    ({ now }) => `continue=x&resourceVersion=${now}&resourceVersionMatch=Exact`,
    () => ({ ...forbidden, message: 'when continue is provided' }),
  ],
  [
    'any version cannot be exact',
    () => 'resourceVersion=0&resourceVersionMatch=Exact',
    () => ({ ...forbidden, message: 'is forbidden for resourceVersion "0"' }),
  ],
  [
    'there are two matches',
    ({ now }) => `resourceVersion=${now}&resourceVersionMatch=Best`,
    () => ({
      ...forbidden,
      message: 'Unsupported value: "Best": supported values: "Exact", "NotOlderThan", ""',
    }),
  ],
  [
    'a list has no initial events',
    () => 'sendInitialEvents=false',
    () => ({ ...forbidden, message: 'sendInitialEvents is forbidden for list' }),
  ],
  ['a token that is none', () => 'continue=x', () => ({ status: 400, message: 'continue' })],
  ['a limit that is none', () => 'limit=-1', () => ({ status: 400 })],
];

describe('lists', () => {
  test.each(rules)('%s', (_name, query, expected) => {
    const listed = createLists();
    check(listed, query(listed.versions), expected(listed.versions));
  });

  test('pages are of one version whatever happens between them', () => {
    const listed = createLists();
    const { fixture, versions } = listed;
    const first = list(fixture, 'limit=2').body.metadata.continue;
    fixture.must('DELETE', `${configMaps}/d`);
    fixture.must('POST', configMaps, configMap('aa'));
    check(listed, `limit=2&continue=${first}`, { names: 'de', version: versions.now, more: true, left: 1 });
    check(listed, `limit=2&continue=${first}&resourceVersion=${versions.now}`, {
      status: 400,
      message: 'specifying resource version is not allowed when using continue',
    });
    check(listed, `limit=2&continue=${first}&resourceVersion=0`, { names: 'de', more: true });
  });

  test('a token whose version is compacted brings one that goes on with what is there by then', () => {
    const listed = createLists();
    const { fixture } = listed;
    const first = list(fixture, 'limit=2').body.metadata.continue;
    fixture.must('DELETE', `${configMaps}/d`);
    fixture.must('POST', configMaps, configMap('g'));
    fixture.api.compact(Number(fixture.now));
    fixture.must('POST', configMaps, configMap('h'));
    const expired = list(fixture, `limit=2&continue=${first}`);
    check(listed, `limit=2&continue=${first}`, {
      status: 410,
      reason: 'Expired',
      message: 'The provided continue parameter is too old',
      more: true,
    });
    const next = expired.body.metadata.continue;
    check(listed, `limit=2&continue=${next}`, { names: 'ef', version: fixture.now, more: true, left: 2 });
  });

  test('an exact version that is compacted is gone', () => {
    const listed = createLists();
    const { fixture, versions } = listed;
    fixture.api.compact(Number(fixture.now));
    check(listed, `resourceVersion=${versions.before}&resourceVersionMatch=Exact`, {
      status: 410,
      reason: 'Expired',
      message: 'The resourceVersion for the provided list is too old.',
    });
    check(listed, `resourceVersion=${versions.before}`, { names: 'abdef', version: versions.now });
  });

  test('one object at a least version', () => {
    const { fixture, versions } = createLists();
    const get = (version: string) => fixture.ask('GET', `${configMaps}/a?resourceVersion=${version}`);
    for (const version of ['', '0', versions.before, versions.now]) expect(get(version).status).toBe(200);
    const refused = get(versions.future);
    fixture.clock.advance(2_999);
    expect(refused.ended).toBe('open');
    fixture.clock.advance(1);
    expect([refused.status, refused.headers['retry-after']]).toEqual([504, '1']);
    expect(refused.body).toMatchObject({
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    });
  });

  test('a version that comes while a read waits for it', () => {
    const { fixture, versions } = createLists();
    const query = `resourceVersion=${Number(versions.now) + 1}`;
    const list = fixture.ask('GET', `${configMaps}?${query}`);
    const left = fixture.ask('GET', `${configMaps}?${query}`);
    left.leave();
    const exact = fixture.ask('GET', `${configMaps}?${query}&resourceVersionMatch=Exact`);
    expect([list.ended, exact.status]).toEqual(['open', 504]);
    fixture.must('POST', configMaps, configMap('g'));
    fixture.clock.advance(3_000);
    expect([list.status, (list.body['items'] as unknown[]).length, left.ended]).toEqual([200, 6, 'open']);
  });

  test('law: the pages of any size make the whole list of the first page, once each', () => {
    const change = fc.record({ name: fc.integer({ min: 0, max: 30 }), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (changes, limit) => {
        const fixture = createFixture();
        const apply = ({ name, remove }: (typeof changes)[number]): void => {
          if (remove) fixture.ask('DELETE', `${configMaps}/n${name}`);
          else fixture.ask('POST', configMaps, { body: configMap(`n${name}`) });
        };
        const half = changes.length >> 1;
        changes.slice(0, half).forEach(apply);
        const whole = list(fixture, '').body;
        const pages: ListBody[] = [];
        let token = '';
        do {
          const page = list(fixture, `limit=${limit}&continue=${token}`).body;
          pages.push(page);
          token = page.metadata.continue ?? '';
          const next = changes[half + pages.length];
          if (next !== undefined) apply(next);
        } while (token !== '');
        expect(pages.flatMap(({ items }) => items ?? [])).toEqual(whole.items);
        const versions = new Set(pages.map(({ metadata }) => metadata.resourceVersion));
        expect([...versions]).toEqual([whole.metadata.resourceVersion]);
      }),
      { numRuns: 50 },
    );
  });
});
