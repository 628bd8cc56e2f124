// `tidegate scenario from-bundle`: what was collected from a cluster as a scenario for the simulator: its objects in a file
// beside it, clients that ask as often, and steps to be written by whoever wants to know something.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { clientsOf } from '../bundle/clients.ts';
import { unpackBundle } from '../bundle/format.ts';
import { worldOf } from '../bundle/world.ts';
import { CommandError, exitBadInput, exitOk, exitUsage } from '../exit-codes.ts';
import { readInput } from '../input-file.ts';
import { writeOutput } from '../output-file.ts';

const proxiesMax = 3;
const width = 110;

const comment = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');

/** A dollar would stand for a parameter. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');

export function scenarioFromBundle(given: string, out: string | null): number {
  const file = out ?? `${basename(given).replace(/\.(bundle\.gz|gz|json)$/, '')}.yaml`;
  if (!/\.ya?ml$/.test(file)) throw new CommandError(exitUsage, '--out names a .yaml file');
  const objectsName = `objects/${basename(file)}`;
  const objectsFile = join(dirname(file), objectsName);
  for (const path of [file, objectsFile])
    if (existsSync(path)) throw new CommandError(exitUsage, `${path} exists already`);
  const bundle = unpackBundle(readInput(given), given);
  const { objects, changed } = worldOf(bundle.objects);
  if (!objects.some(({ kind }) => kind === 'Ingress'))
    throw new CommandError(exitBadInput, `${given}: there is no Ingress in it, so nothing can be asked for`);
  const { clients, remarks } = clientsOf(bundle);
  const { collectedAt, versions, gateways, missing } = bundle;
  const scenario = {
    scenario: escaped(`as collected at ${collectedAt}`),
    promise: 'What this cluster serves goes on being served.',
    world: { apply: [objectsName], proxies: Math.max(1, Math.min(proxiesMax, gateways.length)) },
    clients,
    steps: [{ expect: { config: 'as-asked', within: '10s' } }, { wait: '5s' }],
    expect: { always: ['answers(404) == 0'], sometimes: ['requests > 0'] },
  };
  writeOutput(objectsFile, objects.map((object) => stringify(object, { lineWidth: width })).join('---\n'));
  const remark = [
    `From a bundle of ${collectedAt}: Tidegate ${versions.tidegate}, Kubernetes ${versions.kubernetes || 'unknown'}.`,
    'Steps and faults are yours to add; docs/scenarios.md says which there are.',
    ...[...missing, ...changed, ...remarks].map((line) => `- ${line}`),
  ];
  writeOutput(file, `${comment(remark)}${stringify(scenario, { lineWidth: width })}`);
  process.stdout.write(`${file}\n${objectsFile}\n  run it  npx tidegate scenario run ${file}\n`);
  return exitOk;
}
