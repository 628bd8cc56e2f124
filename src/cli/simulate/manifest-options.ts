// `-f PATH` and `-k DIR` of `tidegate simulate`: the user's own manifests, as what histories are made around.
import { spawnSync } from 'node:child_process';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { ManifestWorld } from '../../../sim/history/generate/manifest-world.ts';
import type { CommandInput } from '../command.ts';
import { CommandError, exitBadInput, exitEnvironment } from '../exit-codes.ts';
import { type Manifest, parseManifests, readManifests } from '../manifests.ts';
import { readDefinitions } from './definitions.ts';

const outputBytesMax = 256 * 1024 * 1024;

function kustomized(folder: string): readonly Manifest[] {
  const built = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: outputBytesMax });
  if (built.error !== undefined)
    throw new CommandError(
      exitEnvironment,
      `-k needs kubectl, which cannot be started: ${built.error.message}`,
    );
  if (built.status !== 0)
    throw new CommandError(exitBadInput, `kubectl kustomize ${folder}: ${built.stderr.trim()}`);
  return parseManifests(built.stdout, folder);
}

/** null: neither option was given. */
export async function readManifestOptions(input: CommandInput): Promise<ManifestWorld | null> {
  const files = (input.options['filename'] ?? []) as readonly string[];
  const folders = (input.options['kustomize'] ?? []) as readonly string[];
  if (files.length + folders.length === 0) return null;
  const manifests = [...readManifests(files), ...folders.flatMap(kustomized)];
  const { readManifestWorld } = await import('../../../sim/history/generate/manifest-world.ts');
  const { kindNames } = await import('../../../sim/history/generate/kind-names.ts');
  const kinds = kindNames(readDefinitions());
  const known = manifests.filter(({ object }) => kinds.resourceOf(object.apiVersion, object.kind) !== null);
  const unknown = new Set(
    manifests
      .filter((one) => !known.includes(one))
      .map(({ object }) => `${object.apiVersion}/${object.kind}`),
  );
  for (const kind of unknown)
    process.stderr.write(`objects of ${kind} are left out: the simulated cluster does not know that kind\n`);
  const world = readManifestWorld(
    known.map(({ object }) => object as StoredObject),
    kinds,
  );
  if (!world.ok) throw new CommandError(exitBadInput, world.error);
  return world.value;
}
