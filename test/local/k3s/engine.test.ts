// What keeps `--on k3s` from starting, by what the `docker` of a machine answers: exit 3, the missing piece by its name, and what to do
// about it. The answers are those of an engine 20.10 in a machine without registry and without privileges, where they were taken.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { k3sImage } from '../../../src/cli/k3s/choices.ts';

const root = new URL('../../../', import.meta.url).pathname;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-engine-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Engine {
  /** Standard output of `docker info`, or null where it ends with an error. */
  readonly info: object | null;
  readonly error?: string;
  readonly images?: readonly string[];
  readonly pull?: string;
  readonly run?: string;
}

const up = { ServerVersion: '20.10.24', CgroupVersion: '2', SecurityOptions: null, DockerRootDir: '/' };
const noHost =
  'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host';
const noCaps =
  'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: unable to apply caps: operation not permitted';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function scriptOf({ info, error = '', images = [], pull = noHost, run = '' }: Engine): string {
  const fail = (text: string): string => `{ echo ${quoted(text)} >&2; exit 1; }`;
  return `#!/bin/sh
case "$1" in
  info) ${info === null ? fail(error) : `echo ${quoted(JSON.stringify(info))}`} ;;
  image) case "$3" in ${images.map((name) => `${quoted(name)}) exit 0 ;;`).join(' ')} *) exit 1 ;; esac ;;
  pull|build|load) ${fail(pull)} ;;
  run) ${run === '' ? 'exit 0' : fail(run)} ;;
esac
`;
}

/** Runs the program where this is `docker`; null: nothing is. */
function runWith(engine: Engine | null, args: readonly string[]) {
  const path = mkdtempSync(join(folder, 'bin-'));
  if (engine !== null) {
    writeFileSync(join(path, 'docker'), scriptOf(engine));
    chmodSync(join(path, 'docker'), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}bin/tidegate.js`, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  return { status, stdout, stderr };
}

const install =
  '-> install and start a Docker engine (Debian: apt-get install docker.io; then start dockerd)';
const pullIt = `-> docker pull ${k3sImage}, or --k3s-image-tar FILE with an archive of it, or --registry HOST to pull it from there`;

const cases: readonly (readonly [string, Engine | null, readonly string[]])[] = [
  ['no docker', null, ['Docker engine: there is no docker command', install]],
  [
    'a client alone',
    { info: { ServerErrors: ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'] } },
    ['Docker engine: no engine answers', install],
  ],
  [
    'an engine of others',
    { info: { ServerErrors: ['permission denied while trying to connect to the Docker daemon socket'] } },
    ['Docker engine: this user may not use the Docker engine', '-> become a member of its group'],
  ],
  [
    'no images',
    { info: up },
    [
      `image of k3s: the engine does not have ${k3sImage} (${noHost})`,
      pullIt,
      'image of Tidegate: the engine does not have tidegate:0.1.0',
      '-> docker build -f deploy/Dockerfile -t tidegate:0.1.0 .',
    ],
  ],
  [
    'no privileges',
    { info: up, images: [k3sImage, 'tidegate:0.1.0'], run: noCaps },
    [`privileged containers: ${noCaps}`, '-> k3s needs an engine that runs as root with all capabilities'],
  ],
  [
    'an engine without root',
    { info: { ...up, SecurityOptions: ['name=rootless'] }, images: [k3sImage, 'tidegate:0.1.0'] },
    ['privileged containers: the engine is rootless'],
  ],
];
describe.each(cases)('%s', (_name, engine, wanted) => {
  test('scenario run --on k3s', () => {
    const scenario = `${root}scenarios/scaling/zero-to-many.yaml`;
    const { status, stderr, stdout } = runWith(engine, ['scenario', 'run', scenario, '--on', 'k3s']);
    expect([status, stdout], stderr).toEqual([3, '']);
    expect(stderr).toMatch(/^tidegate: k3s cannot be started:\n/);
    for (const text of wanted) expect(stderr).toContain(text);
    expect(stderr).toContain('--kubeconfig FILE --context NAME runs scenarios on a cluster that is there');
  });

  test('doctor', () => {
    const { status, stdout } = runWith(engine, ['doctor']);
    expect(status).toBe(3);
    // Without what was tried in vain, as it tries nothing.
    for (const text of wanted) {
      const [what, detail] = text.startsWith('->')
        ? [text]
        : text.replace(/ \(Error response.*\)$/, '').split(/: (.*)/s);
      if (detail !== undefined) expect(stdout).toMatch(new RegExp(`^NO +k3s +${what} +`, 'm'));
      expect(stdout).toContain(detail ?? text);
    }
  });
});

test('images are looked for by the names that are given', () => {
  const args = ['scenario', 'run', `${root}scenarios/scaling/zero-to-many.yaml`, '--on', 'k3s'];
  const more = ['--registry', 'registry.example', '--k3s-image', 'team/k3s:v9', '--image', 'team/tidegate:9'];
  const { status, stderr } = runWith({ info: up }, [...args, ...more]);
  expect(status).toBe(3);
  expect(stderr).toContain('image of k3s: the engine does not have registry.example/team/k3s:v9');
  expect(stderr).toMatch(
    /image of Tidegate: the engine does not have (registry\.example\/)?team\/tidegate:9/,
  );
  const archive = runWith({ info: up, pull: 'open none.tar: no such file or directory' }, [
    ...args,
    '--k3s-image-tar',
    'none.tar',
  ]);
  expect(archive.stderr).toContain('none.tar: open none.tar: no such file or directory');
});
