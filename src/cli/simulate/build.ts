// Which build this is: a hash over everything that decides what a plan does, so that two runs with the same hash and the
// same runtime must be the same run.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Canary } from '../../../sim/canaries/canary.ts';

const isClone = import.meta.url.endsWith('.ts');
/** Of the clone, or of the compiled files. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => `${folder}/${name}`);
}

export function buildIdentity(canary: Canary | null): string {
  const hash = createHash('sha256');
  const files = [...sourcesOf('src'), ...sourcesOf('sim')].sort();
  // The compiled files stand in dist/, the package's own list of dependencies beside it.
  const lock = isClone ? 'package-lock.json' : '../package.json';
  for (const file of [...files, lock]) hash.update(`${file}\n`).update(readFileSync(`${root}${file}`));
  if (canary !== null) hash.update(JSON.stringify(canary));
  return hash.digest('hex').slice(0, 16);
}
