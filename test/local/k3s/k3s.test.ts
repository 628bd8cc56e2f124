// The backend k3s against the embedded cluster over its kubeconfig: our manifests, with our own image's pods as processes, its
// objects and faults through the API, and nothing left behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, applyObject, connectApi } from '../../../scenarios/runner/k3s/api.ts';
import { cordon, findNode } from '../../../scenarios/runner/k3s/nodes.ts';
import { unpackBundle } from '../../../src/cli/bundle/format.ts';
import { createKubeApi } from '../../../src/io/kube-api.ts';
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

/** What somebody else has in the cluster: named as ours are, without their label. */
const foreign = ['tg-aaaaaa', 'tg-aaaaaa-default', 'somebody'];

async function withApi<T>(use: (api: Api) => Promise<T>): Promise<T> {
  const connection = await createKubeApi({ kubeconfig: join(folder, 'k.yaml'), context: 'tidegate' });
  try {
    return await use(await connectApi(connection.api));
  } finally {
    connection.close();
  }
}

const makeForeign = (): Promise<void> =>
  withApi(async (api) => {
    for (const name of foreign)
      await applyObject(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  });

interface Found {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly unschedulable?: boolean };
}

/** Names that stay, without those of every cluster. */
const namespaces = (): Promise<readonly string[]> =>
  withApi(async (api) => {
    const { body } = await api.call('GET', '/api/v1/namespaces');
    return (body as { readonly items: readonly Found[] }).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name)
      .filter((name) => name !== 'default' && !name.startsWith('kube-'))
      .toSorted();
  });

const cordoned = (): Promise<readonly string[]> =>
  withApi(async (api) => {
    const { body } = await api.call('GET', '/api/v1/nodes');
    return (body as { readonly items: readonly Found[] }).items
      .filter(({ spec }) => spec?.unschedulable === true)
      .map(({ metadata }) => metadata.name);
  });

const ours = /^tg-[0-9a-f]{6}(-default)?$/;
const isOurs = (name: string): boolean => ours.test(name) && !foreign.includes(name);

test('a world that failed is collected, stays with --keep, and `clean` deletes it and nothing else', async () => {
  await makeForeign();
  writeFileSync(join(folder, 'failing.yaml'), failing);
  const { status, stderr, stdout } = run(['run', 'failing.yaml', '--on', 'k3s', ...cluster, '--keep']);
  expect(status, stderr).toBe(1);
  expect(stdout).toContain('S1 what a scenario expects comes true');
  // What is printed is typed again, and works.
  expect(stdout).toContain(
    'rerun   npx tidegate scenario run failing.yaml --seeds 1 --on k3s --kubeconfig k.yaml --context tidegate --keep\n',
  );
  const failures = join(folder, '.tidegate/failures');
  const [file] = readdirSync(failures).filter((name) => name.endsWith('.bundle.gz'));
  const bundle = unpackBundle(readFileSync(join(failures, file!)), file!);
  expect(bundle.objects.map(({ kind }) => kind)).toContain('Ingress');
  expect(bundle.logs.flatMap(({ lines }) => lines).join('\n')).toContain('controller and proxy are up');
  expect((await namespaces()).filter(isOurs)).toHaveLength(2);
  const cleaned = run(['clean', ...cluster]);
  expect(cleaned.stdout).toMatch(/^deletes Namespace tg-[0-9a-f]{6}-default$/m);
  expect(run(['clean', ...cluster]).stdout).toBe('nothing of ours is there\n');
  expect(await namespaces()).toEqual(foreign.toSorted());
}, 300_000);

test('a world that failed without --keep is collected and deleted', async () => {
  writeFileSync(join(folder, 'failing.yaml'), failing);
  const { status, stderr } = run(['run', 'failing.yaml', '--on', 'k3s', ...cluster]);
  expect(status, stderr).toBe(1);
  expect(stderr).toMatch(/^objects, events and logs of tg-[0-9a-f]{6}: /m);
  expect((await namespaces()).filter(isOurs)).toEqual([]);
}, 300_000);

test('`clean` sets a node right that a run has cordoned, and leaves the one that somebody else has', async () => {
  await withApi(async (api) => {
    const node = await findNode(api, 'node-1');
    if (typeof node === 'string') throw new Error(node);
    await cordon(api, node.name, 'tg-bbbbbb');
    const other = await findNode(api, 'node-1');
    if (typeof other === 'string') throw new Error(other);
    const path = api.path(api.find('nodes')!, '', other.name);
    await api.call('PATCH', path, { spec: { unschedulable: true } }, 'application/merge-patch+json');
    expect(await cordoned()).toHaveLength(2);
    expect(run(['clean', ...cluster]).stdout).toBe(`uncordons Node ${node.name}\n`);
    expect(await cordoned()).toEqual([other.name]);
    await api.call('PATCH', path, { spec: { unschedulable: false } }, 'application/merge-patch+json');
  });
}, 60_000);

const disruptive = ['failure/watch-cut --set fault=cut-watch', 'failure/node-loss'];
test.each(disruptive)('%s is unsupported without --allow-disruptive, and says so', (scenario) => {
  const [name, ...more] = scenario.split(' ');
  const file = `${root}scenarios/${name}.yaml`;
  const { status, stdout } = run(['run', file, '--on', 'k3s', ...cluster, ...more, '--fail-on-unsupported']);
  expect(stdout).toContain('it touches more than the namespaces of a run: --allow-disruptive');
  expect(status).toBe(3);
});

const interrupted = ['scaling/flapping', 'failure/node-loss --allow-disruptive'];
test.each(interrupted)(
  'Ctrl-C ends %s and leaves nothing, but what was there',
  async (scenario) => {
    await makeForeign();
    const [name, ...more] = scenario.split(' ');
    const file = `${root}scenarios/${name}.yaml`;
    const args = [program, 'scenario', 'run', file, '--on', 'k3s', ...cluster, ...more];
    const running = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      running.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
      running.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (/makes namespace tg-[0-9a-f]{6}-default/.test(said)) resolve();
      });
    });
    // In the middle of the fault, where there is one.
    while (more.length > 0 && (await cordoned()).length === 0) expect(running.exitCode).toBe(null);
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(await namespaces()).toEqual(foreign.toSorted());
    expect(await cordoned()).toEqual([]);
    expect(run(['clean', ...cluster]).stdout).toBe('nothing of ours is there\n');
  },
  300_000,
);
