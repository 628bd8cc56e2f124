// Small durable files in one directory, replaced atomically (write beside, then rename).
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Storage } from '../ports/storage.ts';

/** Writes `bytes` so that a reader sees the old content or the new one, never a part. Mode as given. */
export function writeFileAtomically(path: string, bytes: Buffer | string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  // A device or a pipe, such as /dev/stdout, is written to; nothing may take its place.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    writeFileSync(path, bytes);
    return;
  }
  const beside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(beside, bytes, { mode });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

export function createStorage(directory: string): Storage {
  return {
    read(name) {
      try {
        return readFileSync(join(directory, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    write: (name, bytes) => writeFileAtomically(join(directory, name), bytes, 0o600),
  };
}
