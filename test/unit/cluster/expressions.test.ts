// The language of rules by table: what an expression says of a value under its schema.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inLibraryDialect } from '../../../sim/cluster/cel/dialect.ts';
import { compileExpression, valueFor } from '../../../sim/cluster/cel/expression.ts';
import { compareQuantities, parseQuantity } from '../../../sim/cluster/cel/quantity.ts';
import { escapedName } from '../../../sim/cluster/cel/values.ts';
import { schemaFrom } from '../../../sim/cluster/crd.ts';

const schema = schemaFrom({
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    share: { type: 'number' },
    port: { 'x-kubernetes-int-or-string': true },
    since: { type: 'string', format: 'date-time' },
    wait: { type: 'string', format: 'duration' },
    namespace: { type: 'string' },
    'max-age': { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    rules: {
      type: 'array',
      items: { type: 'object', properties: { host: { type: 'string' }, weight: { type: 'integer' } } },
    },
  },
});

const self = {
  name: 'shop',
  count: 3,
  share: 1,
  port: 80,
  since: '2020-01-01T00:00:00Z',
  wait: '90s',
  namespace: 'default',
  'max-age': 60,
  tags: ['a', 'b', 'c'],
  labels: { app: 'shop', 'example.com/x': 'y' },
  rules: [{ host: 'a.example', weight: 1 }, { host: 'b.example' }],
};

/** What it is, or how it ends. */
function check(text: string): unknown {
  const compiled = compileExpression(text, ['self']);
  if (!compiled.ok) return compiled.error.isWrong ? 'wrong' : 'not supported';
  try {
    return compiled.value({ self: valueFor(schema, self) });
  } catch {
    return 'error';
  }
}

describe('an expression', () => {
  test.each([
    ['self.count == 3', true],
    ['self.count / 2 == 1', true],
    ['self.share == 1.0', true],
    ['self.port == 80', true],
    ['has(self.name) && !has(self.other)', true],
    ['self.other == 1', 'error'],
    ['matches(self.name, "^s") && !matches(self.name, "^x")', true],
    ['has(self.rules[0].weight) && !has(self.rules[1].weight)', true],
    ['self.rules.all(r, has(r.weight) ? r.weight > 0 : true)', true],
    ['self.rules.exists_one(r, r.host == "a.example")', true],
    ['self.rules.filter(r, has(r.weight)).size() <= 1', true],
    ['self.rules.map(r, r.host).join(",") == "a.example,b.example"', true],
    ['"example.com/x" in self.labels && self.labels["app"] == "shop"', true],
    ['self.since < timestamp("2021-01-01T00:00:00Z")', true],
    ['self.wait == duration("1m30s")', true],
    ['self.__namespace__ == "default" && self.max__dash__age == 60', true],
    ['self.name.matches("^s.*p$") && self.name.matches(r"\\w+")', true],
    ['"(".matches(self.name + "(")', 'error'],
    ['self.name.find("[a-h]") == "h" && self.name.findAll("[ho]").size() == 2', true],
    ['self.name.replace("s", "c") == "chop"', true],
    [
      'self.tags.isSorted() && self.tags.indexOf("b") == 1 && [1, 2].sum() == 3 && [1, 3, 2].max() == 3',
      true,
    ],
    [
      'isIP("10.0.0.1") && isIP("::1") && !isIP("10.0.0.256") && isCIDR("10.0.0.0/8") && !isCIDR("10.0.0.0/33")',
      true,
    ],
    ['isURL("https://a.example/x") && isURL("/x") && !isURL("x")', true],
    ['!format.dns1123Label().validate("shop").hasValue()', true],
    ['format.dns1123Label().validate("Shop_").hasValue()', true],
    ['quantity("1Ki").isGreaterThan(quantity("1000")) && !isQuantity("1X")', true],
    ['self.?other.orValue("none") == "none"', true],
    ['self.tags.size() == 3 ? true : false', true],
    ['self.name ==', 'wrong'],
    ['authorizer.group("").check("x")', 'not supported'],
    ['self.name.unheardOf()', 'not supported'],
  ])('%s is %s', (text, wanted) => {
    expect(check(text)).toEqual(wanted);
  });
});

test('an evil pattern is answered in linear time', () => {
  const text = `"${'a'.repeat(2_000)}!".matches("^(a+)+$")`;
  const compiled = compileExpression(text, []);
  expect(compiled.ok && compiled.value({})).toBe(false);
});

test.each([
  ['self.matches("x")', 'self.matchesInLinearTime("x")'],
  ['self == ".matches("', 'self == ".matches("'],
  [`self == r'.matches(' && self .matches ('a')`, `self == r'.matches(' && self .matchesInLinearTime('a')`],
  ['self == """.matches("""', 'self == """.matches("""'],
  ['matches', 'matches'],
  ['!matches(self, "x")', '!matchesInLinearTime(self, "x")'],
  ['self.matches.size()', 'self.matches.size()'],
  ['has(self.a.b)', 'has(self.a.b)'],
  ['has(self[0].b) && f("has(x[0].y)")', '("b" in (self[0])) && f("has(x[0].y)")'],
  ['has(self.a[size(self.a) - 1].b.c)', '("c" in (self.a[size(self.a) - 1].b))'],
  ['has(x', 'has(x'],
  [')', ')'],
])('%s in the dialect of the library', (text, wanted) => {
  expect(inLibraryDialect(text)).toBe(wanted);
});

test.each([
  ['in', '__in__'],
  ['a-b.c/d__e', 'a__dash__b__dot__c__slash__d__underscores__e'],
  ['plain', 'plain'],
])('the name %s is written %s', (name, wanted) => {
  expect(escapedName(name)).toBe(wanted);
});

test.each([
  ['1', '1000m', 0],
  ['1Ki', '1024', 0],
  ['1.5Gi', '1536Mi', 0],
  ['2e3', '2k', 0],
  ['-1', '0', -1],
  ['100n', '1u', -1],
  ['0.1', '99m', 1],
] as const)('the quantity %s against %s', (a, b, wanted) => {
  expect(compareQuantities(a, b)).toBe(wanted);
  expect(compareQuantities(b, a)).toBe(-wanted + 0);
});

test.each(['', '.', '1KI', '1 k', 'x', '1e', '--1'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeNull();
});

test('quantities compare as their numbers do', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      expect(compareQuantities(String(a), String(b))).toBe(Math.sign(a - b));
    }),
    { numRuns: 200 },
  );
});
