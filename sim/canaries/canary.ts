// A canary is a defect of the product put in on purpose, to see that the property it names finds it: an edit of one source
// file, made while that file is loaded, so that the product needs no seam for it.
import { fail, ok, type Result } from '../../src/base/result.ts';

export interface Canary {
  /** 'retry-of-post' */
  readonly name: string;
  /** Id of the property that has to find it. */
  readonly property: string;
  /** What goes wrong, in one sentence. */
  readonly summary: string;
  /** 'src/proxy/exchange/forward.ts' */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The scenario that shows it, 'start/cold-start', where random histories do not; its promises are judged in scenarios only. */
  readonly scenario?: string;
}

/** The text of the canary's file with the defect in it. */
export function plant(canary: Canary, text: string): Result<string> {
  const { name, file, find, replace } = canary;
  const count = text.split(find).length - 1;
  if (count !== 1)
    return fail(
      `canary ${name}: its text to find stands ${count} times in ${file}; it must stand there once`,
    );
  // A function, as a text would be searched for $1 and the like.
  return ok(text.replace(find, () => replace));
}
