// A k3s in a container, where this machine has an engine with both images; what nobody here could try says so and is counted as not run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { k3sImage } from '../../../src/cli/k3s/choices.ts';

const root = new URL('../../../', import.meta.url).pathname;
const docker = (...args: readonly string[]): boolean =>
  spawnSync('docker', args, { stdio: 'ignore' }).status === 0;
const lacking = [k3sImage, 'tidegate:0.1.0'].filter((image) => !docker('image', 'inspect', image));
const why = docker('info') ? lacking.map((image) => `no image ${image}`).join(', ') : 'no Docker engine';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-k3s-container-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const scenarios: readonly (readonly [string, string])[] = [
  ['scaling/zero-to-many', 'ok'],
  // Through gates: pods have to reach this machine.
  ['failure/watch-cut --set fault=tear-watch', 'ok'],
  ['reconfiguration/rolling-update', 'ok'],
  ['failure/node-loss', 'unsupported'],
];
test.skipIf(why !== '').each(scenarios)(
  `%s is %s on a k3s of ours${why === '' ? '' : ` (not run: ${why})`}`,
  (scenario, verdict) => {
    const [name, ...more] = scenario.split(' ');
    const args = ['scenario', 'run', `${root}scenarios/${name}.yaml`, '--on', 'k3s', '--json', ...more];
    const { stdout, stderr } = spawnSync(process.execPath, [`${root}bin/tidegate.js`, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    const told = JSON.parse(stdout || '{"scenarios":[]}') as {
      readonly scenarios: readonly { readonly verdict: string }[];
    };
    expect(
      told.scenarios.map((one) => one.verdict),
      stderr.slice(-2_000),
    ).toEqual([verdict]);
  },
  600_000,
);
