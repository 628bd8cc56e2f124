// Files that a user names: what cannot be read is told with its name, whatever it is read for.
import { readFileSync } from 'node:fs';
import { CommandError, exitBadInput } from './exit-codes.ts';

const standardInput = 0;

/** `option` is what named the file, '' where that is clear. A path of '-' is standard input. Throws a CommandError. */
export function readInput(path: string, option = ''): Buffer {
  try {
    return readFileSync(path === '-' ? standardInput : path);
  } catch (error) {
    throw refuse(path, option, error);
  }
}

export function readInputText(path: string, option = ''): string {
  const bytes = readInput(path, option);
  try {
    return bytes.toString('utf8');
  } catch (error) {
    // Longer than a text can be.
    throw refuse(path, option, error);
  }
}

function refuse(path: string, option: string, error: unknown): CommandError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new CommandError(
    exitBadInput,
    `${option === '' ? '' : `${option}: `}${path}: cannot be read (${code})`,
  );
}
