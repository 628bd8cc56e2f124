// Scenario files and what stands beside them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, exitBadInput } from '../exit-codes.ts';

/** Folders that hold no scenarios but what scenarios use. */
const notScenarios: ReadonlySet<string> = new Set([
  'apps',
  'bad',
  'objects',
  'language',
  'compile',
  'runner',
]);
const foldersUpMax = 8;

/** The scenarios of this package: beside `src` in a clone, beside `dist` in the built package. */
export const shippedFolder = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../scenarios/' : '../../../../scenarios/',
    import.meta.url,
  ),
);

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Text of `name` in the folder of `file`, in one above it, or among our own; null where it is in none. */
export function readText(
  file: string,
  name: string,
): { readonly path: string; readonly text: string } | null {
  if (name.startsWith('/') || name.split('/').includes('..')) return null;
  const folders: string[] = [];
  for (let folder = dirname(file); folders.length < foldersUpMax; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of [...folders, shippedFolder]) {
    const path = join(folder, name);
    if (isFile(path)) return { path, text: readFileSync(path, 'utf8') };
  }
  return null;
}

export interface ScenarioFile {
  readonly file: string;
  readonly text: string;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): readonly string[] => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return notScenarios.has(entry.name) ? [] : filesIn(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    });
}

/** Files as they are, folders with all scenarios in them. Throws a CommandError that names what cannot be read. */
export function readScenarios(paths: readonly string[]): readonly ScenarioFile[] {
  const files = paths.flatMap((path) => {
    if (!existsSync(path)) throw new CommandError(exitBadInput, `${path}: there is no such file or folder`);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
  return [...new Set(files)].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}
