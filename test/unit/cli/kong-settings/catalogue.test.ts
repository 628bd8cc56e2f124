// Every setting of Kong 3.9.1 has an entry with Kong's default, and entries are complete.
import { expect, test } from 'vitest';
import { findSetting, settings } from '../../../../src/cli/kong-settings/catalogue.ts';
import { kongConfOption } from '../../../../src/cli/kong-settings/kong-settings.ts';
import { command as proxy } from '../../../../src/cli/proxy.ts';
import { command as run } from '../../../../src/cli/run.ts';
import { kongDefaults } from './kong-defaults.ts';

test("Kong's settings and defaults", () => {
  const wrong = kongDefaults.split('\n').filter((line) => {
    const [name = '', preset = null] = line.split(' = ');
    const setting = findSetting(name);
    return setting === null || setting.isFamily === true || setting.default !== preset;
  });
  expect(wrong).toEqual([]);
});

test('names are there once', () => {
  const names = settings.map(({ name, isFamily }) => `${name}${isFamily === true ? '*' : ''}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('texts of the docs', () => {
  const wrong = settings.filter(({ docs }) => docs === '' || docs.endsWith('.') || docs.includes('|'));
  expect(wrong).toEqual([]);
});

test('options that settings become are there, in both commands but for --config', () => {
  const named = settings.flatMap((one) =>
    one.kind === 'implemented' ? (one.option?.split(', ') ?? []) : [],
  );
  const missing = named.filter(
    (option) =>
      proxy.options[option.slice(2)] === undefined ||
      (option !== '--config' && run.options[option.slice(2)] === undefined),
  );
  expect(missing).toEqual([]);
  for (const { options } of [proxy, run]) expect(options['kong-conf']).toBe(kongConfOption);
});
