// The repository's own rules, each held over every file and each proven by a fixture that breaks it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findAsync, findBans } from './bans.ts';
import { isImportAllowed, roomOf } from './import-table.ts';
import { countLines, findCircles, findLongFunctions, findShape, formatSizeTable, quantile } from './shape.ts';
import { parseSource, readSources, type SourceFile } from './source.ts';

const root = new URL('../../', import.meta.url).pathname;
const files = readSources(root, ['src', 'sim', 'scenarios', 'test']);
const product = files.filter((file) => !file.path.startsWith('test/'));

function findImports(file: SourceFile): readonly string[] {
  return file.imports
    .filter(
      (edge) =>
        edge.target !== null && !isImportAllowed(file.path, edge.target, edge.isLazy || edge.isTypeOnly),
    )
    .map((edge) => `${file.path}:${edge.line}: ${roomOf(file.path)} must not import ${edge.target}`);
}

const rules: readonly (readonly [string, (file: SourceFile) => readonly string[]])[] = [
  ['imports follow the table', findImports],
  ['nothing outside the impure rooms touches the world', findBans],
  ['nothing outside the impure rooms is asynchronous', findAsync],
  ['files have a purpose comment, a noun for a name and a bounded size', findShape],
  ['functions can be seen whole', findLongFunctions],
];

describe('every file', () => {
  test.each(rules)('%s', (_name, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  test('there is no import circle', () => {
    expect(findCircles(files)).toEqual([]);
  });

  test('the median file has at most 120 lines and the 90th percentile at most 350', () => {
    const sizes = product.map(countLines);
    process.stdout.write(`${formatSizeTable(files, roomOf)}\n`);
    expect(quantile(sizes, 0.5)).toBeLessThanOrEqual(120);
    expect(quantile(sizes, 0.9)).toBeLessThanOrEqual(350);
  });
});

describe('each rule is broken by its fixture', () => {
  const purpose = '// A fixture.\n';
  const long = `${'const a = 1;\n'.repeat(71)}`;
  const cases: readonly (readonly [string, string, string, (file: SourceFile) => readonly string[]])[] = [
    ['proxy imports control', 'src/proxy/a.ts', "import { a } from '../control/a.ts';", findImports],
    ['control imports proxy', 'src/control/a.ts', "import { a } from '../proxy/a.ts';", findImports],
    ['src imports sim', 'src/kube/a.ts', "import { a } from '../../sim/a.ts';", findImports],
    ['cli imports sim eagerly', 'src/cli/a.ts', "import { a } from '../../sim/a.ts';", findImports],
    ['sim imports io', 'sim/a.ts', "import { a } from '../src/io/a.ts';", findImports],
    ['re-export counts', 'src/base/a.ts', "export { a } from '../kube/a.ts';", findImports],
    ['lazy import counts', 'src/kong/a.ts', "import('../proxy/a.ts');", findImports],
    ['Date.now', 'src/proxy/a.ts', 'Date.now();', findBans],
    ['new Date()', 'sim/a.ts', 'new Date();', findBans],
    ['Math.random', 'src/kube/a.ts', 'Math.random();', findBans],
    ['setTimeout', 'src/control/a.ts', 'setTimeout(() => 1, 1);', findBans],
    ['setImmediate', 'src/control/a.ts', 'const later = setImmediate;', findBans],
    ['queueMicrotask', 'src/push/a.ts', 'queueMicrotask(() => 1);', findBans],
    ['fetch', 'src/push/a.ts', "fetch('x');", findBans],
    ['performance', 'src/watch/a.ts', 'performance.now();', findBans],
    ['process', 'src/watch/a.ts', 'process.env;', findBans],
    ['WeakRef', 'src/store/a.ts', 'new WeakRef({});', findBans],
    ['Intl', 'src/store/a.ts', 'Intl.Collator;', findBans],
    ['localeCompare', 'src/store/a.ts', "'a'.localeCompare('b');", findBans],
    ['AbortSignal.timeout', 'src/store/a.ts', 'AbortSignal.timeout(1);', findBans],
    ['node:net', 'src/proxy/a.ts', "import { connect } from 'node:net';", findBans],
    ['node:fs', 'sim/a.ts', "import { readFileSync } from 'node:fs';", findBans],
    ['randomUUID', 'src/base/a.ts', "import { randomUUID } from 'node:crypto';", findBans],
    ['async function', 'src/watch/a.ts', 'async function a() {}', findAsync],
    ['async arrow', 'sim/a.ts', 'const a = async () => 1;', findAsync],
    ['Promise', 'src/proxy/a.ts', 'new Promise(() => 1);', findAsync],
    ['no purpose comment', 'src/base/a.ts', '\nexport const a = 1;', findShape],
    ['utils', 'src/base/utils.ts', 'export const a = 1;', findShape],
    ['too long a file', 'src/base/a.ts', 'const a = 1;\n'.repeat(600), findShape],
    ['too long a function', 'src/base/a.ts', `function a() {\n${long}}`, findLongFunctions],
    ['too long a method', 'src/base/a.ts', `class A { b() {\n${long}} }`, findLongFunctions],
  ];
  test.each(cases)('%s', (name, path, text, rule) => {
    const source = name === 'no purpose comment' ? text : purpose + text;
    expect(rule(parseSource(path, source))).toHaveLength(1);
  });

  test('an import circle', () => {
    const a = parseSource('src/base/a.ts', "import { b } from './b.ts';");
    const b = parseSource('src/base/b.ts', "import { a } from './a.ts';");
    expect(findCircles([a, b])).toEqual([['src/base/a.ts', 'src/base/b.ts']]);
  });

  test('what looks like a ban but is none', () => {
    const text = `${purpose}const a = { process: 1, fetch() {} }; a.process; a.fetch(); new Date(5); type P = Promise<void>;`;
    const file = parseSource('src/base/a.ts', text);
    expect([...findBans(file), ...findAsync(file)]).toEqual([]);
  });
});

test('the package offers exactly the documented scripts', () => {
  const scripts = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts;
  expect(Object.keys(scripts).sort()).toEqual(['bench', 'build', 'check', 'fuzz', 'sim', 'start', 'test']);
});
