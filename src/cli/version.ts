// `tidegate version`.
import { readFileSync } from 'node:fs';
import type { Command } from './command.ts';
import { exitOk } from './exit-codes.ts';

/** The package's version; package.json is one level further up when compiled. */
export function productVersion(): string {
  const depth = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return JSON.parse(readFileSync(new URL(depth, import.meta.url), 'utf8')).version;
}

export const command: Command = {
  name: 'version',
  summary: 'versions of Tidegate and its runtime',
  usage: '',
  options: { json: { type: 'boolean', default: false, help: 'print one JSON object' } },
  examples: [['tidegate version --json', 'for scripts']],
  async run(input) {
    const versions = {
      tidegate: productVersion(),
      node: process.versions.node,
      platform: `${process.platform}/${process.arch}`,
    };
    process.stdout.write(
      input.options['json'] === true
        ? `${JSON.stringify(versions)}\n`
        : `tidegate ${versions.tidegate} (node ${versions.node}, ${versions.platform})\n`,
    );
    return exitOk;
  },
};
