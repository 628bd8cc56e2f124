// `tidegate scenario new`: a template that runs as it is, with a comment where something is meant to be changed.

import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { stringify } from 'yaml';
import { CommandError, exitOk, exitUsage } from '../exit-codes.ts';
import { writeOutput } from '../output-file.ts';
import { shippedFolder } from './files.ts';

/** `schema`: where an editor finds what may stand in the file. */
function templateOf(name: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
scenario: ${stringify(name).trimEnd()}
# One sentence that a user can rely on.
promise: No client sees an error while the shop is scaled.
# apps/shop.yaml beside this file or in a folder above it; without one, Tidegate's own shop.
world: { use: [shop], proxies: 2 }
# Each value is a run of its own; \`--set replicas=3\` runs one alone.
parameters:
  replicas: { each: [1, 6] }
clients:
  visitors: { send: GET http://shop.example/, rate: 50/s }
steps:
  - scale: { deployment/shop: $replicas }
  - wait: { available: deployment/shop }
  # Something goes wrong meanwhile; docs/scenarios.md lists what can.
  - fault: { delay-watch: endpointslices, by: 300ms, for: 3s }
  - expect: { request: GET http://shop.example/, status: 200, within: 1s }
expect:
  # Holds in every run, beside everything that Tidegate always promises.
  always: [failed_requests == 0]
  # Has to happen in some run; otherwise nothing is proven.
  sometimes: [requests > 100]
`;
}

export function newScenario(name: string): number {
  if (/(^|\/)\s*(\.ya?ml)?$/.test(name))
    throw new CommandError(exitUsage, `'${name}' is no name of a scenario`);
  const file = /\.ya?ml$/.test(name) ? name : `${name.replace(/\s+/g, '-').toLowerCase()}.yaml`;
  if (existsSync(file)) throw new CommandError(exitUsage, `${file} exists already`);
  const title = name
    .replace(/^.*\//, '')
    .replace(/\.ya?ml$/, '')
    .replaceAll('-', ' ')
    .toLowerCase();
  const schema = relative(dirname(file), `${shippedFolder}schema.json`);
  writeOutput(file, templateOf(title, schema));
  process.stdout.write(`${file}\n  run it  npx tidegate scenario run ${file}\n`);
  return exitOk;
}
