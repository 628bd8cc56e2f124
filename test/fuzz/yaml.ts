// YAML and what is made of it: never an exception, never long, and where it is taken it is what the library reads.
import { parse } from 'yaml';
import { parseYaml } from '../../src/base/yaml.ts';
import { decodeDeclarative } from '../../src/kong/decode.ts';
import { type Draws, type Input, mutate, type Target } from './target.ts';

const limits = { charactersMax: 65_536, aliasesMax: 100 };
const documents = [
  '_format_version: "3.0"\n',
  'services:\n',
  '- name: a\n  host: h\n',
  '  routes:\n  - paths: [/a, ~/b$]\n    hosts: ["*.a"]\n',
  'plugins:\n- name: key-auth\n  config: {key_names: [a]}\n',
  'consumers: [{username: u, keyauth_credentials: [{key: k}]}]\n',
  'a: &a [1, 2]\n',
  'b: *a\n',
  '? a\n: b\n',
  'c: |\n  text\n\n  more\n',
  'd: >-\n  folded\n',
  '--- \n',
  '...\n',
  '# comment\n',
  '"q": \'r\'\n',
  '{a: {b: [c]}}\n',
  '!!str 1\n',
  'n: 0x1f\nm: 1e3\n',
  'date: 2001-01-01\n',
  '<<: *a\n',
  'null: ~\n',
  '__proto__: {a: 1}\n',
  '- - - a\n',
  'x: {__proto__: [1]}\n',
];
const pieces = [
  '? ',
  '- ',
  ': ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '!',
  '!!',
  '|',
  '>',
  '"',
  "'",
  '#',
  '%',
  '@',
  '\t',
  '\n',
  '  ',
  '\r',
  '\u0085',
  '\ufeff',
  '\0',
  '<<: ',
  '---',
  '? ? ? ',
  '[[[[',
  '{a: ',
];

function make(draws: Draws): Input {
  const parts = Array.from({ length: 1 + draws.below(6) }, () => draws.pick(documents));
  const repeated = draws.below(20) === 0 ? draws.pick(pieces).repeat(draws.below(400)) : '';
  return [repeated, ...parts].map((part) => (draws.below(2) === 0 ? mutate(draws, part, pieces) : part));
}

/** Beyond this the input costs more than it weighs. Generous: the machine may be busy. */
const slowMs = 2_000;

function judge(input: Input): string | null {
  const text = input.join('');
  const startMs = performance.now();
  const parsed = parseYaml(text, limits);
  if (parsed.ok) decodeDeclarative(parsed.value);
  const tookMs = performance.now() - startMs;
  if (tookMs > slowMs) return `${text.length} characters took ${Math.round(tookMs)} ms`;
  if (!parsed.ok) return null;
  let theirs: unknown;
  try {
    theirs = parse(text, { maxAliasCount: limits.aliasesMax, logLevel: 'error' });
  } catch (error) {
    return `taken, but the library says: ${(error as Error).message}`;
  }
  const [mine, other] = [JSON.stringify(parsed.value), JSON.stringify(theirs)];
  return mine === other ? null : `read as ${mine}, by the library as ${other}`;
}

export const yamlTarget: Target = {
  name: 'yaml',
  isText: true,
  make,
  judge: async (input) => judge(input),
  close() {},
};
