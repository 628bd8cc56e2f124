// Definitions of custom resources out of files and folders, in any number.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCrdTexts } from '../../../src/cli/embedded-cluster.ts';
import { readTexts } from '../../../src/cli/manifests.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-crds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('Tidegate brings the definitions of all kinds of Kong', () => {
  const texts = readCrdTexts();
  expect(texts.filter((text) => text.includes('kind: CustomResourceDefinition')).length).toBe(texts.length);
  expect(texts.length).toBeGreaterThanOrEqual(13);
});

test('files and folders are read in the order given, other files of a folder are left alone', () => {
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'one.yaml'), 'one');
  writeFileSync(join(folder, 'more', 'b.json'), 'b');
  writeFileSync(join(folder, 'more', 'a.yml'), 'a');
  writeFileSync(join(folder, 'more', 'notes.txt'), 'notes');
  expect(readTexts([join(folder, 'more'), join(folder, 'one.yaml')])).toEqual(['a', 'b', 'one']);
  expect(() => readTexts([join(folder, 'absent')])).toThrow('cannot be read (ENOENT)');
});
