// Files that a user asked for: where they cannot be written, that is told as what the machine lacks.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../io/storage.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';

function refuse(path: string, error: unknown): CommandError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  // A file stands where a folder is wanted.
  return new CommandError(
    exitEnvironment,
    `${path}: cannot be written (${code === 'EEXIST' ? 'ENOTDIR' : code})`,
  );
}

/** With the folders above it. Throws a CommandError that names the file. */
export function writeOutput(path: string, bytes: Buffer | string, mode?: number): void {
  try {
    writeFileAtomically(path, bytes, mode);
  } catch (error) {
    throw refuse(path, error);
  }
}

/** For what is written at the end: better told before minutes of work than after. Makes the folders above it. */
export function demandWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw Object.assign(new Error(), { code: 'EISDIR' });
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw refuse(path, error);
  }
}

/** The same of a folder that will hold files. */
export function demandWritableFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw refuse(path, error);
  }
}
