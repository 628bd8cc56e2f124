// `tidegate scenario` as a program: exit codes, what failed the last time, annotations, and a failure that replays by its handle.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
let folder: string;

const head =
  'scenario: small\npromise: b\nworld: { use: [shop] }\nclients:\n  visitors: { send: GET http://shop.example/, rate: 20/s }\n';
/** Pods that cut what they serve when they are told to end. */
const cutting = `scenario: cut
promise: b
world: { use: [shop] }
clients:
  buyers: { send: POST http://shop.example/buy, body: 1KB, rate: 30/s }
steps:
  - set: { deployment/shop: { replicas: 3, pods: { drain: resets, latency: 300ms, drain-for: 100ms } } }
  - wait: { available: deployment/shop }
  - rollout: { deployment/shop: v2 }
  - wait: { rolled: deployment/shop, within: 60s }
expect: { always: [failed_requests == 0] }
`;
const dying = `scenario: dying
promise: b
world: { use: [shop], proxies: 2 }
clients:
  buyers: { send: POST http://shop.example/buy, body: 1KB, sends-in: 300ms, rate: 30/s }
steps:
  - fault: { crash-proxy: proxy-1, for: 1s }
  - wait: 2s
expect: { always: [failed_requests == 0] }
`;
const keyed = `scenario: keyed
promise: b
world: { use: [vault] }
clients:
  users: { send: GET http://vault.example/, rate: 20/s, headers: { apikey: key-of-vault } }
steps:
  - expect: { request: GET http://vault.example/, status: 418, within: 300ms }
`;
const files: Readonly<Record<string, string>> = {
  'keyed.yaml': keyed,
  'cutting.yaml': cutting,
  'dying.yaml': dying,
  'kept.yaml': `${head}steps:\n  - wait: 300ms\nexpect: { always: [failed_requests == 0] }\n`,
  'broken.yaml': `${head}parameters: { path: { each: [/, /nowhere] } }\nsteps:\n  - expect: { request: GET http://shop.example$path, status: 200, within: 500ms }\n`,
  'unmet.yaml': `${head}steps:\n  - wait: 300ms\nexpect: { sometimes: [a worker crashed] }\n`,
  'wrong.yaml': `${head}steps:\n  - weit: 300ms\n`,
  'late.yaml': `${head}steps:\n  - delete: deployment/shop\n  - wait: 200ms\n  - scale: { deployment/shop: 3 }\n`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-scenario-'));
  symlinkSync(`${root}scenarios`, join(folder, 'scenarios'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}bin/tidegate.js`, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_ACTIONS: 'false', ...environment },
  });
  return { status, stdout, stderr };
}

describe('exit codes', () => {
  test.each([
    [0, ['run', 'kept.yaml']],
    [1, ['run', 'broken.yaml']],
    [2, ['run', 'unmet.yaml']],
    [2, ['run', 'kept.yaml', '--filter', 'nothing of the kind']],
    [3, ['run', 'kept.yaml', '--on', 'k3s', '--kubeconfig', 'nowhere.yaml', '--context', 'a']],
    [64, ['run', 'kept.yaml', '--on', 'k3s', '--kubeconfig', 'nowhere.yaml']],
    [64, ['run', 'kept.yaml', '--on', 'k3s', '--canary', 'retry-of-post']],
    [64, ['clean']],
    [64, ['run', 'kept.yaml', '--on', 'moon']],
    [64, ['run', 'kept.yaml', '--seeds', '9..1']],
    [64, ['run', 'kept.yaml', '--set', 'pods=resets']],
    [64, ['walk']],
    [65, ['run', 'wrong.yaml']],
    [65, ['validate', 'wrong.yaml']],
    [65, ['run', 'late.yaml']],
    [65, ['run', 'nowhere.yaml']],
  ] as const)('%i: %j', (code, args) => {
    const { status, stdout, stderr } = run(['scenario', ...args]);
    expect(status, `${stdout}\n${stderr}`).toBe(code);
  });

  test('3 names what is missing and what to do about it', () => {
    const { status, stderr } = run(['scenario', 'run', 'kept.yaml', '--on', 'k3s'], {
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^tidegate: k3s cannot be started:\n/);
    expect(stderr).toMatch(
      /Docker engine: (no engine answers|there is no docker command)\n {4}-> install and start/,
    );
  });

  test('64 names the word that is not understood', () => {
    expect(run(['scenario', 'canaries', 'retry-of-post', 'no-such']).stderr).toMatch(
      /^tidegate: no scenario is meant to find a canary 'no-such'; there are: retry-of-post, /,
    );
    expect(
      run(['scenario', 'clean', 'all', '--kubeconfig', 'nowhere.yaml', '--context', 'a']).stderr,
    ).toMatch(/^tidegate: 'all' is one word too many/);
  });

  test('canaries are those that are named', () => {
    const { status, stdout } = run(['scenario', 'canaries', 'newest-wins', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sums: { found: 1, missed: 0, unsupported: 0 },
      canaries: [{ canary: 'newest-wins', property: 'P34', answer: 'found' }],
    });
  });

  test('65 names file, line and column, before the run and while it goes on', () => {
    expect(run(['scenario', 'run', 'wrong.yaml']).stderr).toBe(
      "tidegate: wrong.yaml:7:5: 'weit' is not known here; did you mean 'wait'?\n",
    );
    expect(run(['scenario', 'run', 'late.yaml']).stderr).toContain(
      'late.yaml:9:14: there is no deployment/shop at this time',
    );
  });
});

test('a failure is told, replays by its handle, and is what --last-failed runs', () => {
  const { stdout } = run(['scenario', 'run', 'broken.yaml', '--junit', 'out/junit.xml']);
  const [, handle] = /^x small --set path=\/nowhere {2}([0-9a-f]{8}) {2}seed 1$/m.exec(stdout)!;
  expect(stdout).toContain('rerun   npx tidegate scenario run broken.yaml --set path=/nowhere --seeds 1');
  expect(existsSync(join(folder, `.tidegate/failures/${handle}.html`))).toBe(true);
  expect(readFileSync(join(folder, 'out/junit.xml'), 'utf8')).toContain('failures="1"');
  const replay = run(['replay', handle!.slice(0, 4)]);
  expect([replay.status, replay.stdout.split('\n', 1)[0]]).toEqual([1, 'REPRODUCED']);
  const again = run(['scenario', 'run', 'broken.yaml', '--last-failed', '--json']);
  const { scenarios } = JSON.parse(again.stdout) as {
    scenarios: readonly { runs: readonly { label: string }[] }[];
  };
  expect(scenarios.flatMap(({ runs }) => runs.map(({ label }) => label))).toEqual(['path=/nowhere']);
});

test('the page and JUnit say what the terminal says, and no secret', () => {
  const { stdout } = run(['scenario', 'run', 'keyed.yaml', '--html', 'out/k.html', '--junit', 'out/k.xml']);
  const page = readFileSync(join(folder, 'out/k.html'), 'utf8');
  const junit = readFileSync(join(folder, 'out/k.xml'), 'utf8');
  const told = stdout.split('\n').filter((line) => /^ {2,3}(\d |rerun|replay)/.test(line));
  expect(told.length).toBeGreaterThan(2);
  const isIn = (text: string, line: string): boolean =>
    text.includes(
      line
        .trim()
        .replace(/^(rerun|replay) +/, '')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;'),
    );
  for (const line of told) expect([line, isIn(page, line), isIn(junit, line)]).toEqual([line, true, true]);
  for (const text of [stdout, page, junit]) expect(text).not.toMatch(/key-of-vault|a2V5LW9m/);
});

describe('the cause of a failure', () => {
  const causes: readonly (readonly [args: readonly string[], cause: string])[] = [
    [['cutting.yaml'], 'shop.yaml:16, no preStop (not Tidegate)'],
    [['dying.yaml'], 'ENVIRONMENT fault crash-gateway (needed); what Tidegate always promises was kept'],
    [['broken.yaml'], 'TIDEGATE, unless the scenario expects what its manifests do not say'],
    [
      [
        'scenarios/traffic/retry-safety.yaml',
        '--set',
        'fault=pod-resets-exchanges',
        '--canary',
        'retry-of-post',
      ],
      'TIDEGATE',
    ],
  ];
  test.each(causes)('%j: %s', (args, cause) => {
    const { stdout } = run(['scenario', 'run', ...args]);
    const told = [...stdout.matchAll(/^ {2}cause {3}(.*)$/gm)].map(([, text]) => text!);
    expect(
      told.some((text) => text.endsWith(cause)),
      stdout,
    ).toBe(true);
  });

  test('a manifest is annotated at its line', () => {
    const { stderr } = run(['scenario', 'run', 'cutting.yaml'], { GITHUB_ACTIONS: 'true' });
    expect(stderr).toMatch(/^::error file=\S*scenarios\/apps\/shop\.yaml,line=16,col=1,title=cut \(S2\)::/m);
  });
});

test('--watch runs again after a change, tells a file that is wrong, and ends with Ctrl-C', async () => {
  const beside = join(folder, 'watched');
  mkdirSync(beside);
  const file = join(beside, 'small.yaml');
  writeFileSync(file, files['kept.yaml']!);
  const child = spawn(process.execPath, [`${root}bin/tidegate.js`, 'scenario', 'run', file, '--watch'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const until = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!said.includes(text)) return;
        said = said.slice(said.indexOf(text) + text.length);
        child.stderr.off('data', look);
        resolve();
      };
      child.stderr.on('data', look);
      look();
    });
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await until('waiting for a change');
  writeFileSync(file, files['wrong.yaml']!);
  await until("'weit' is not known here");
  await until('waiting for a change');
  writeFileSync(file, files['kept.yaml']!);
  await until('small.yaml has changed');
  await until('waiting for a change');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('annotations under GitHub Actions', () => {
  const { stderr } = run(['scenario', 'run', 'broken.yaml'], { GITHUB_ACTIONS: 'true' });
  expect(stderr).toMatch(/^::error file=broken\.yaml,line=1,col=1,title=small \(S1\)::expected GET /m);
});
