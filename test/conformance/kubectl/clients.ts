// The kubectl programs of this machine. Some packages bring one of each minor version beside a program that chooses by the
// server's version; the latter is left out where the others are there.
import { execFileSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface KubectlClient {
  readonly program: string;
  /** 'v1.33.1' */
  readonly version: string;
  readonly minor: number;
}

function clientAt(program: string): KubectlClient | null {
  try {
    const text = execFileSync(program, ['version', '--client', '-o', 'json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
    const match = /"gitVersion": "(v1\.(\d+)\.[^"]+)"/.exec(text);
    return match === null ? null : { program, version: match[1]!, minor: Number(match[2]) };
  } catch {
    return null;
  }
}

function onPath(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    try {
      return realpathSync(join(folder, 'kubectl'));
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Newest first, one of each minor version. `TIDEGATE_KUBECTL` names further programs, separated by colons. */
export function kubectlClients(): readonly KubectlClient[] {
  const first = onPath();
  const further = (process.env['TIDEGATE_KUBECTL'] ?? '').split(':').filter((path) => path !== '');
  const beside =
    first === null
      ? []
      : readdirSync(dirname(first))
          .filter((name) => /^kubectl\.1\.\d+$/.test(name))
          .map((name) => join(dirname(first), name));
  const programs = beside.length > 0 || first === null ? beside : [first];
  const found = [...further, ...programs].map(clientAt).filter((client) => client !== null);
  const byMinor = new Map(found.map((client) => [client.minor, client]));
  return [...byMinor.values()].sort((a, b) => b.minor - a.minor);
}
