// The backend k3s against the embedded cluster over its kubeconfig: our manifests, with our own image's pods as processes, its
// objects and faults through the API, and nothing left behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackBundle } from '../../../src/cli/bundle/format.ts';
import { everyTime, onRequest } from './scenarios.ts';

const root = new URL('../../../', import.meta.url).pathname;
const program = `${root}bin/tidegate.js`;
const wantsAll = process.env['TIDEGATE_CLUSTER_SCENARIOS'] === 'all';
const cluster = ['--kubeconfig', 'k.yaml', '--context', 'tidegate'];
let folder: string;
let child: ChildProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-k3s-'));
  const args = ['cluster', '--api-port', '0', '--kubeconfig', 'k.yaml', '--ready-file', 'ready.json'];
  child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: 'ignore' });
  while (!existsSync(join(folder, 'ready.json'))) {
    expect(child.exitCode).toBe(null);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
afterAll(async () => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly scenarios: readonly {
    readonly verdict: string;
    readonly why: string;
    readonly runs: readonly {
      readonly judged: readonly string[];
      readonly violations: readonly { readonly property: string; readonly message: string }[];
    }[];
  }[];
}

function run(args: readonly string[]) {
  return spawnSync(process.execPath, [program, 'scenario', ...args], { cwd: folder, encoding: 'utf8' });
}

function check(scenario: string): void {
  const [name, ...more] = scenario.split(' ');
  const { stdout, stderr } = run([
    'run',
    `${root}scenarios/${name}.yaml`,
    '--on',
    'k3s',
    ...cluster,
    '--json',
    ...more,
  ]);
  const [told] = (JSON.parse(stdout || '{"scenarios":[]}') as Told).scenarios;
  const broken = told?.runs.flatMap(({ violations }) =>
    violations.map(({ property, message }) => `${property} ${message}`),
  );
  expect([told?.verdict, told?.why, broken], stderr.slice(-2_000)).toEqual(['ok', '', []]);
  expect(told!.runs[0]!.judged).toContain('S2');
}

describe('scenarios', () => {
  test('there are at least 25 of them', () => {
    expect(new Set([...everyTime, ...onRequest]).size).toBeGreaterThanOrEqual(25);
  });
  test.each(everyTime)('%s', check, 300_000);
  test.skipIf(!wantsAll).each(onRequest)(
    `%s${wantsAll ? '' : ' (not run: TIDEGATE_CLUSTER_SCENARIOS=all runs it)'}`,
    check,
    300_000,
  );
});

const failing = `scenario: nobody answers there
promise: None.
world: { use: [shop] }
clients:
  visitors: { send: GET http://shop.example/, rate: 10/s }
steps:
  - expect: { request: GET http://shop.example/nowhere, status: 200, within: 500ms }
`;

test('a world that failed is collected, stays with --keep, and `clean` deletes it', () => {
  writeFileSync(join(folder, 'failing.yaml'), failing);
  const { status, stderr, stdout } = run(['run', 'failing.yaml', '--on', 'k3s', ...cluster, '--keep']);
  expect(status, stderr).toBe(1);
  expect(stdout).toContain('S1 what a scenario expects comes true');
  const failures = join(folder, '.tidegate/failures');
  const [file] = readdirSync(failures).filter((name) => name.endsWith('.bundle.gz'));
  const bundle = unpackBundle(readFileSync(join(failures, file!)), file!);
  expect(bundle.objects.map(({ kind }) => kind)).toContain('Ingress');
  expect(bundle.logs.flatMap(({ lines }) => lines).join('\n')).toContain('controller and proxy are up');
  const cleaned = run(['clean', ...cluster]);
  expect(cleaned.stdout).toMatch(/^deletes Namespace tg-[0-9a-f]{6}-default$/m);
  expect(run(['clean', ...cluster]).stdout).toBe('nothing of ours is there\n');
}, 300_000);

test('Ctrl-C ends a run and leaves nothing', async () => {
  const args = [
    program,
    'scenario',
    'run',
    `${root}scenarios/scaling/flapping.yaml`,
    '--on',
    'k3s',
    ...cluster,
  ];
  const running = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve) => {
    running.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (/makes namespace tg-[0-9a-f]{6}-default/.test(said)) resolve();
    });
  });
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(run(['clean', ...cluster]).stdout).toBe('nothing of ours is there\n');
}, 300_000);
