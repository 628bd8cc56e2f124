// A program: the hash of history number INDEX of seed SEED, run as the first of its process.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { planAt } from '../../../../sim/history/generate/plan-at.ts';
import { type RunSurroundings, runHistory } from '../../../../sim/history/run.ts';
import { readDefinitions } from '../../../../src/cli/simulate/definitions.ts';

const surroundings: RunSurroundings = { crds: readDefinitions() as RunSurroundings['crds'] };

export function hashOf(seed: number, index: number): string {
  const { hash, events } = runHistory(planAt(seed, index), surroundings);
  return `${hash} ${events}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(hashOf(Number(process.argv[2]), Number(process.argv[3])));
