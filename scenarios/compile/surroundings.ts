// What a scenario needs from outside: files beside it, and the kinds that the cluster knows.
import type { KindNames } from '../../sim/history/generate/manifest-world.ts';

export interface Surroundings {
  /** Text of `name` in the folder of `file` or in the nearest one above it; null where it is in none. */
  readText(file: string, name: string): { readonly path: string; readonly text: string } | null;
  readonly kinds: KindNames;
}
