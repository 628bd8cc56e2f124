// What is an expression and what is none, with Kong's words for the latter.
import { expect, test } from 'vitest';
import { checkEntity } from '../../../src/kong/check.ts';
import { readExpression } from '../../../src/kong/expressions/check.ts';
import { expressionLengthMax } from '../../../src/kong/expressions/parse.ts';

const shown = (text: string, column: number, mark: string, reason: string): string =>
  [
    ` --> 1:${column}`,
    '  |',
    `1 | ${text}`,
    `  | ${' '.repeat(column - 1)}${mark}`,
    '  |',
    `  = ${reason}`,
  ].join('\n');

function problem(text: string, subsystem: 'http' | 'stream' = 'http'): string {
  const read = readExpression(text, subsystem);
  return read.ok ? '' : read.error;
}

test.each<readonly [string, number, string, string]>([
  ['! http.path == "/"', 1, '^---', 'expected term'],
  ['http.path == "/" || ! http.path == "/a"', 21, '^---', 'expected term'],
  ['', 1, '^---', 'expected term'],
  ['(', 2, '^---', 'expected term'],
  ['http.path', 10, '^---', 'expected binary_operator'],
  ['http.path = "/"', 11, '^---', 'expected binary_operator'],
  ['http.path ==', 13, '^---', 'expected rhs'],
  ['http.path == /', 14, '^---', 'expected rhs'],
  ['http.path == "/" and', 18, '^---', 'expected EOI, and_op, or or_op'],
  ['(http.path == "/"', 18, '^---', 'expected and_op or or_op'],
  ['http.path == "/" &&', 20, '^---', 'expected term'],
  ['lower(http.path == "/"', 7, '^---', 'expected transform_func'],
  ['upper(http.path) == "/"', 1, '^--------------^', 'unknown transformation function: upper'],
  ['http.path ~ 1', 13, '^', 'regex operator can only be used with String operands'],
  ['net.src.ip == 10.0.0.256', 15, '^--------^', 'invalid IPv4 address syntax'],
  ['net.src.ip == 1::2::3', 15, '^-----^', 'invalid IPv6 address syntax'],
  ['net.src.ip in 10.0.0.1/8', 15, '^--------^', 'host part of address was not zero'],
  [
    'net.src.ip in 10.0.0.0/33',
    15,
    '^---------^',
    'invalid length for network: Network length 33 is too long for Ipv4 (maximum: 32)',
  ],
  [
    'net.dst.port == 9223372036854775808',
    17,
    '^-----------------^',
    'number too large to fit in target type',
  ],
])('no expression: %s', (text, column, mark, reason) => {
  expect(problem(text)).toBe(shown(text, column, mark, reason));
});

test.each<readonly [string, string]>([
  ['http.foo == "a"', 'Unknown LHS field'],
  ['net.foo == 3000', 'Unknown LHS field'],
  ['http.headers == "a"', 'Unknown LHS field'],
  ['http.headers.a.b == "a"', 'Unknown LHS field'],
  ['http.path.segments == "a"', 'Unknown LHS field'],
  ['http.path == 1', 'Type mismatch between the LHS and RHS values of predicate'],
  ['http.path == 10.0.0.1', 'Type mismatch between the LHS and RHS values of predicate'],
  ['net.dst.port == "80"', 'Type mismatch between the LHS and RHS values of predicate'],
  ['net.src.ip == 10.0.0.0/8', 'Type mismatch between the LHS and RHS values of predicate'],
  ['net.src.ip ^= "10."', 'Type mismatch between the LHS and RHS values of predicate'],
  ['lower(net.dst.port) == 80', 'lower-case transformation function only supported with String type fields'],
  [
    'lower(net.src.ip) == 10.0.0.1',
    'lower-case transformation function only supported with String type fields',
  ],
  ['net.dst.port ~ "8"', 'Regex operators only supports string operands'],
  ['net.dst.port ^= 8', 'Prefix/Postfix operators only supports string operands'],
  ['net.dst.port =^ 8', 'Prefix/Postfix operators only supports string operands'],
  ['http.path > "/"', 'Greater/GreaterOrEqual/Less/LessOrEqual operators only supports integer operands'],
  [
    'net.src.ip <= 10.0.0.1',
    'Greater/GreaterOrEqual/Less/LessOrEqual operators only supports integer operands',
  ],
  ['net.src.ip in 10.0.0.1', 'In/NotIn operators only supports IP in CIDR'],
  ['http.path in "/"', 'In/NotIn operators only supports IP in CIDR'],
  ['net.dst.port not in 10.0.0.0/8', 'In/NotIn operators only supports IP in CIDR'],
  ['net.dst.port contains 8', 'Contains operator only supports string operands'],
  ['http.path.segments.len == "1"', 'Type mismatch between the LHS and RHS values of predicate'],
  ['http.path.segments.4_1 == "a"', 'illformed http.path.segments.* field'],
  ['http.path.segments.01 == "a"', 'illformed http.path.segments.* field'],
  ['http.path.segments.x == "a"', 'illformed http.path.segments.* field'],
  ['http.path.segments.1_1 == "a"', 'illformed http.path.segments.* field'],
])('of the wrong kind: %s', (text, expected) => expect(problem(text)).toBe(expected));

test.each([
  'http.path == "/"',
  '  http.path\n==\t"/"  ',
  '((http.path == "/"))',
  'any(lower(any(http.headers.x_a))) == "a"',
  'net.src.ip not  in ::/0',
  'net.src.ip == ::1 || net.src.ip == 1:2:3:4:5:6:7:8',
  'net.dst.port == -0x10 || net.dst.port == 017 || net.dst.port == 09',
  'http.path == r#"a"b"#',
  'http.path == "" && http.queries.A_b == ""',
  'net.protocol == "http" && tls.sni != "a" && http.path.segments.0_12 ~ "x"',
])('an expression: %s', (text) => expect(problem(text)).toBe(''));

test('fields of HTTP are none of streams', () => {
  expect(problem('http.path == "/"', 'stream')).toBe('Unknown LHS field');
  expect(problem('tls.sni == "a" && net.src.port > 1', 'stream')).toBe('');
});

test('what would exhaust a gateway is refused', () => {
  expect(problem(`http.path == "${'a'.repeat(expressionLengthMax)}"`)).toContain('longer than');
  expect(problem(`${'('.repeat(100)}http.path == "/"${')'.repeat(100)}`)).toContain('nested more than');
  expect(problem('http.path ~ "(a{1000}){1000}"')).toContain('too large');
  const many = Array.from({ length: 8 }, () => 'http.path ~ "a{500}"').join(' || ');
  expect(problem(many)).toContain('too large: more than 2000 steps in all regular expressions');
  expect(problem('http.path ~ "(?=a)"')).not.toBe('');
  expect(problem('http.path ~ "(a)\\\\1"')).not.toBe('');
});

const route = (fields: Record<string, unknown>) => {
  const checked = checkEntity('routes', fields, 'expressions');
  return checked.ok ? '' : checked.error.map(({ field, message }) => `${field}: ${message}`).join('; ');
};

test('routes with expressions', () => {
  const simultaneously =
    "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations' simultaneously";
  const failed = '@entity: Router Expression failed validation: ';
  expect(route({ expression: 'http.path == "/"', priority: 2 ** 46 - 1 })).toBe('');
  expect(route({ paths: ['/a'] })).toBe('');
  expect(route({ expression: 'http.path == "/"', paths: ['/a'] })).toBe(
    `${failed}cannot set 'expression' with ${simultaneously}`,
  );
  expect(route({ priority: 1, paths: ['/a'] })).toBe(`${failed}cannot set 'priority' with ${simultaneously}`);
  expect(route({ expression: 'http.path == "/"', regex_priority: 1 })).toBe(
    `${failed}cannot set 'regex_priority' with 'expression' simultaneously`,
  );
  expect(route({ expression: 'http.path == "/"', priority: 2 ** 46 })).toBe(
    'priority: value should be between 0 and 70368744177663',
  );
  expect(route({ expression: 'http.foo == "/"' })).toBe(`${failed}Unknown LHS field`);
  expect(checkEntity('routes', { expression: 'http.path == "/"' }).ok).toBe(false);
});
