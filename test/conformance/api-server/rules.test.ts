// Rules of custom resources (x-kubernetes-validations) through the API: which writes are refused, and in which words.
import { describe, expect, test } from 'vitest';
import { createFixture, patchTypes } from './fixture.ts';

const shops = '/apis/example.com/v1/namespaces/default/shops';

function definition(spec: unknown): unknown {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'shops.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'shops', kind: 'Shop' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Case {
  readonly rule: Readonly<Record<string, unknown>>;
  readonly before?: unknown;
  readonly spec: unknown;
  /** Causes as 'field: message'; none: it is accepted. */
  readonly causes: readonly string[];
}

const properties = {
  low: { type: 'integer' },
  high: { type: 'integer' },
  kind: { type: 'string', enum: ['a', 'b'] },
  zones: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, size: { type: 'integer' } },
      'x-kubernetes-validations': [
        { rule: '!has(oldSelf.size) || self.size >= oldSelf.size', message: 'may not shrink' },
      ],
    },
  },
};

function check({ rule, before, spec, causes }: Case): void {
  const fixture = createFixture();
  fixture.must('POST', crds, definition({ type: 'object', properties, 'x-kubernetes-validations': [rule] }));
  const shop = (content: unknown) => ({
    apiVersion: 'example.com/v1',
    kind: 'Shop',
    metadata: { name: 'one' },
    spec: content,
  });
  if (before !== undefined) fixture.must('POST', shops, shop(before));
  const answer =
    before === undefined
      ? fixture.ask('POST', shops, { body: shop(spec) })
      : fixture.ask('PATCH', `${shops}/one`, { body: { spec }, type: patchTypes.merge });
  const details = answer.body['details'] as { causes?: { field: string; message: string }[] } | undefined;
  const found = (details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
  expect(found, answer.text).toEqual(causes);
  expect(answer.status).toBe(causes.length > 0 ? 422 : before === undefined ? 201 : 200);
}

const ordered = {
  rule: '!has(self.low) || !has(self.high) || self.low <= self.high',
  message: 'out of order',
};

const cases: readonly (readonly [string, Case])[] = [
  ['that holds', { rule: ordered, spec: { low: 1, high: 2 }, causes: [] }],
  [
    'that does not',
    { rule: ordered, spec: { low: 2, high: 1 }, causes: ['spec: Invalid value: "object": out of order'] },
  ],
  [
    'without a message',
    {
      rule: { rule: 'self.low > 0' },
      spec: { low: 0 },
      causes: ['spec: Invalid value: "object": failed rule: self.low > 0'],
    },
  ],
  [
    'with a message that is made',
    {
      rule: { rule: 'self.low > 0', message: 'x', messageExpression: '"low is " + string(self.low)' },
      spec: { low: 0 },
      causes: ['spec: Invalid value: "object": low is 0'],
    },
  ],
  [
    'with a reason and a field',
    {
      rule: { rule: 'self.low > 0', message: 'too low', reason: 'FieldValueForbidden', fieldPath: '.low' },
      spec: { low: 0 },
      causes: ['spec.low: Forbidden: too low'],
    },
  ],
  [
    'that ends in an error',
    {
      rule: { rule: 'self.low > 0', message: 'too low' },
      spec: {},
      causes: ['spec: Invalid value: "object": no such key: low evaluating rule: too low'],
    },
  ],
  [
    'that is not asked, as the schema is violated already',
    {
      rule: ordered,
      spec: { low: 2, high: 1, kind: 'c' },
      causes: [
        'spec.kind: Unsupported value: "c": supported values: "a", "b"',
        '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      ],
    },
  ],
  [
    'of a transition, of something new',
    { rule: { rule: 'self.low >= oldSelf.low' }, spec: { low: 1 }, causes: [] },
  ],
  [
    'of a transition that is not allowed',
    {
      rule: { rule: 'self.low >= oldSelf.low', message: 'only up' },
      before: { low: 2 },
      spec: { low: 1 },
      causes: ['spec: Invalid value: "object": only up'],
    },
  ],
  [
    'of a transition, asked of new values too',
    {
      rule: { rule: 'oldSelf.hasValue() || self.low == 0', message: 'starts at 0', optionalOldSelf: true },
      spec: { low: 1 },
      causes: ['spec: Invalid value: "object": starts at 0'],
    },
  ],
  [
    'of items that have keys',
    {
      rule: ordered,
      before: {
        zones: [
          { name: 'a', size: 1 },
          { name: 'b', size: 5 },
        ],
      },
      spec: {
        zones: [
          { name: 'b', size: 4 },
          { name: 'c', size: 1 },
        ],
      },
      causes: ['spec.zones[0]: Invalid value: "object": may not shrink'],
    },
  ],
];

describe('a rule', () => {
  test.each(cases)('%s', (_name, given) => check(given));
});

test('a value that was wrong before may stay as it is', () => {
  const fixture = createFixture();
  fixture.must('POST', crds, definition({ type: 'object', properties }));
  fixture.must('POST', shops, {
    apiVersion: 'example.com/v1',
    kind: 'Shop',
    metadata: { name: 'one' },
    spec: { low: 2, high: 1 },
  });
  const ruled = definition({ type: 'object', properties, 'x-kubernetes-validations': [ordered] });
  fixture.must('PATCH', `${crds}/shops.example.com`, ruled, patchTypes.merge);
  const labelled = { metadata: { labels: { a: 'b' } } };
  expect(fixture.ask('PATCH', `${shops}/one`, { body: labelled, type: patchTypes.merge }).status).toBe(200);
  expect(
    fixture.ask('PATCH', `${shops}/one`, { body: { spec: { low: 3 } }, type: patchTypes.merge }).status,
  ).toBe(422);
});

test('a definition whose rule nobody can read is refused, one that is not supported here is told', () => {
  const fixture = createFixture();
  const withRule = (rule: string) =>
    definition({ type: 'object', properties, 'x-kubernetes-validations': [{ rule }] });
  const wrong = fixture.ask('POST', crds, { body: withRule('self.low ==') });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('compilation failed');
  const unknown = fixture.ask('POST', crds, { body: withRule('self.low.unheardOf()') });
  expect(unknown.status).toBe(201);
  expect(unknown.headers['warning']).toContain('not supported by this cluster');
});
