// What Kubernetes adds to the language: addresses, URLs, quantities, named formats, lists, regular expressions.
import { type Environment, EvaluationError, Optional } from '@marcbachmann/cel-js';
import { parseIpAddress, parseIpNetwork } from '../../../src/base/ip-address.ts';
import { compilePattern } from '../schema/pattern.ts';
import { linearMatches } from './dialect.ts';
import { compareQuantities, parseQuantity } from './quantity.ts';

class Format {
  readonly name: string;
  readonly pattern: RegExp;
  readonly lengthMax: number;
  constructor(name: string, pattern: RegExp, lengthMax: number) {
    this.name = name;
    this.pattern = pattern;
    this.lengthMax = lengthMax;
  }
}

class Quantity {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const formats: readonly (readonly [name: string, pattern: RegExp, lengthMax: number])[] = [
  ['dns1123Label', label, 63],
  ['dns1123Subdomain', subdomain, 253],
  ['dns1035Label', /^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63],
  [
    'qualifiedName',
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    317,
  ],
  ['labelValue', /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 63],
  ['uuid', /^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, 36],
];

function find(text: string, pattern: string): { readonly from: number; readonly to: number } | null {
  const regex = compilePattern(pattern);
  if (typeof regex === 'string') throw new EvaluationError(`invalid regular expression: ${regex}`);
  const matcher = regex.matcher(text);
  return matcher.find() ? { from: matcher.start(), to: matcher.end() } : null;
}

function allFound(text: string, pattern: string, countMax: number): string[] {
  const regex = compilePattern(pattern);
  if (typeof regex === 'string') throw new EvaluationError(`invalid regular expression: ${regex}`);
  const matcher = regex.matcher(text);
  const found: string[] = [];
  while (found.length < countMax && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

const isIpAddress = (text: string): boolean => parseIpAddress(text) !== null;
const isCidr = (text: string): boolean => text.includes('/') && parseIpNetwork(text) !== null;

function compare(a: unknown, b: unknown): number {
  const [x, y] = [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : 0;
}

function sumOf(list: readonly unknown[]): unknown {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce((sum, item) => sum + item, 0n);
  return list.reduce<number>((sum, item) => sum + Number(item), 0);
}

function extremeOf(list: readonly unknown[], sign: number, name: string): unknown {
  if (list.length === 0) throw new EvaluationError(`${name} called on empty list`);
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

function isUrl(text: string): boolean {
  return URL.canParse(text) || (text.startsWith('/') && URL.canParse(`http://host${text}`));
}

export function registerKubernetesFunctions(env: Environment): void {
  const matches = (text: string, pattern: string): boolean => find(text, pattern) !== null;
  env.registerFunction(`string.${linearMatches}(string): bool`, matches);
  env.registerFunction(`${linearMatches}(string, string): bool`, matches);
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => {
    const found = find(text, pattern);
    return found === null ? '' : text.slice(found.from, found.to);
  });
  env.registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
    allFound(text, pattern, 10_000),
  );
  env.registerFunction(
    'string.findAll(string, int): list<string>',
    (text: string, pattern: string, n: bigint) => allFound(text, pattern, n < 0n ? 10_000 : Number(n)),
  );
  env.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  env.registerFunction('string.charAt(int): string', (text: string, index: bigint) =>
    text.charAt(Number(index)),
  );
  env.registerFunction('isIP(string): bool', isIpAddress);
  env.registerFunction('isCIDR(string): bool', isCidr);
  env.registerFunction('isURL(string): bool', isUrl);
  registerListFunctions(env);
  registerFormats(env);
  registerQuantities(env);
}

function registerListFunctions(env: Environment): void {
  env.registerFunction('list.isSorted(): bool', (list: readonly unknown[]) =>
    list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0),
  );
  env.registerFunction('list.sum(): dyn', sumOf);
  env.registerFunction('list.min(): dyn', (list: readonly unknown[]) => extremeOf(list, -1, 'min'));
  env.registerFunction('list.max(): dyn', (list: readonly unknown[]) => extremeOf(list, 1, 'max'));
  env.registerFunction('list.indexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
    BigInt(list.indexOf(item)),
  );
  env.registerFunction('list.lastIndexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
    BigInt(list.lastIndexOf(item)),
  );
}

/** `format.dns1123Label().validate(text)`: none, or a list of what is wrong. */
function registerFormats(env: Environment): void {
  class Formats {}
  env.registerType('Formats', { ctor: Formats, fields: {} });
  env.registerType('NamedFormat', { ctor: Format, fields: { name: 'string' } });
  env.registerConstant('format', 'Formats', new Formats());
  for (const [name, pattern, lengthMax] of formats) {
    const format = new Format(name, pattern, lengthMax);
    env.registerFunction(`Formats.${name}(): NamedFormat`, () => format);
  }
  env.registerFunction('NamedFormat.validate(string): optional', validateFormat);
}

function validateFormat(format: Format, text: string): Optional {
  const isRight = text.length <= format.lengthMax && format.pattern.test(text);
  return isRight ? Optional.none() : Optional.of([`must be a valid ${format.name}`]);
}

function registerQuantities(env: Environment): void {
  env.registerType('Quantity', { ctor: Quantity, fields: { text: 'string' } });
  env.registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== null);
  env.registerFunction('quantity(string): Quantity', (text: string) => {
    if (parseQuantity(text) === null) throw new EvaluationError(`quantity(): '${text}' is not a quantity`);
    return new Quantity(text);
  });
  const compared = (a: Quantity, b: Quantity): number => compareQuantities(a.text, b.text);
  env.registerFunction('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) =>
    BigInt(compared(a, b)),
  );
  env.registerFunction(
    'Quantity.isLessThan(Quantity): bool',
    (a: Quantity, b: Quantity) => compared(a, b) < 0,
  );
  env.registerFunction(
    'Quantity.isGreaterThan(Quantity): bool',
    (a: Quantity, b: Quantity) => compared(a, b) > 0,
  );
}
