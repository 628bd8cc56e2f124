// `scenario run --watch`: again after each change of a scenario, or of a manifest beside it, until Ctrl-C.
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../exit-codes.ts';

/** An editor writes a file in several steps. */
const quietMs = 200;

const isManifest = (name: string | null): boolean => name !== null && /\.(ya?ml|json)$/.test(name);

/** Folders in which something that is run, or used by it, may change: manifests stand beside scenarios or in a folder above. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths
    .filter(existsSync)
    .map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  return [...new Set(folders)];
}

/** The name of what has changed, once nothing changes any more; null: it was told to end. */
function nextChange(paths: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let timer: NodeJS.Timeout | null = null;
    const finish = (changed: string | null): void => {
      if (timer !== null) clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve(changed);
    };
    const end = (): void => finish(null);
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    for (const folder of foldersOf(paths))
      watchers.push(
        watch(folder, { recursive: true }, (_event, name) => {
          if (!isManifest(name)) return;
          if (timer !== null) clearTimeout(timer);
          timer = setTimeout(() => finish(name), quietMs);
        }),
      );
  });
}

/** A file that is wrong is told, and waited for as for any change. */
async function runOrTell(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`tidegate: ${error.message}\n`);
    return error.exitCode;
  }
}

/** The exit code of the last run. */
export async function runAtChanges(paths: readonly string[], run: () => Promise<number>): Promise<number> {
  for (;;) {
    // What changes while it runs is run again too.
    const change = nextChange(paths);
    const code = await runOrTell(run);
    process.stderr.write('waiting for a change; Ctrl-C ends\n');
    const changed = await change;
    if (changed === null) return code;
    process.stderr.write(`\n${changed} has changed\n`);
  }
}
