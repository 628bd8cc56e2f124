// The stock kubectl of this machine against the simulated cluster: sessions of many commands each, with the clients of the
// two newest minor versions that are here (all of them with TIDEGATE_KUBECTL_ALL=1).
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createEnv } from '../../../src/io/env.ts';
import { type KubectlClient, kubectlClients } from './clients.ts';
import { argumentsOf, type KubectlCase } from './kubectl-case.ts';
import { admission } from './sessions/admission.ts';
import { customResources } from './sessions/custom-resources.ts';
import { deletion } from './sessions/deletion.ts';
import { fineChanges } from './sessions/fine-changes.ts';
import { firstDay } from './sessions/first-day.ts';
import { looking } from './sessions/looking.ts';
import { ownership } from './sessions/ownership.ts';
import { workloads } from './sessions/workloads.ts';

/** In this order over one cluster; all but the first in a namespace of their own. */
const sessions: readonly (readonly [name: string, cases: readonly KubectlCase[]])[] = [
  ['default', firstDay],
  ['looking', looking],
  ['fine-changes', fineChanges],
  ['workloads', workloads],
  ['ownership', ownership],
  ['custom-resources', customResources],
  ['deletion', deletion],
  ['admission', admission],
];

const wantedMinors = 2;
const all = kubectlClients();
const clients = process.env['TIDEGATE_KUBECTL_ALL'] === '1' ? all : all.slice(0, wantedMinors);

interface Outcome {
  readonly exit: number;
  readonly output: string;
}

function run(client: KubectlClient, folder: string, namespace: string, given: KubectlCase): Promise<Outcome> {
  const env = {
    ...process.env,
    KUBECONFIG: join(folder, 'kubeconfig'),
    KUBECACHEDIR: join(folder, 'cache'),
    KUBE_EDITOR: given.editor ?? 'false',
  };
  const args = ['--namespace', namespace, ...argumentsOf(given)];
  return new Promise((resolve) => {
    const child = execFile(
      client.program,
      args,
      { env, cwd: folder, timeout: 90_000 },
      (error, stdout, stderr) => {
        const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exit, output: stdout + stderr });
      },
    );
    child.stdin?.end(given.input ?? '');
  });
}

function check(given: KubectlCase, outcome: Outcome): void {
  expect(outcome, outcome.output).toMatchObject({ exit: given.exit ?? 0 });
  for (const text of given.shows ?? []) {
    if (typeof text === 'string') expect(outcome.output).toContain(text);
    else expect(outcome.output).toMatch(text);
  }
  for (const text of given.hides ?? []) expect(outcome.output).not.toMatch(text);
}

/** Clients that this machine lacks are counted as not run. */
for (let missing = clients.length; missing < wantedMinors; missing++) {
  test.skip(`kubectl of ${missing === 0 ? 'any' : 'another'} minor version (not run: none on the PATH)`, () =>
    undefined);
}

describe.each(clients.map((client) => [client.version, client] as const))(
  'kubectl %s',
  (_version, client) => {
    let cluster: EmbeddedCluster;
    let folder: string;

    beforeAll(async () => {
      cluster = await startEmbeddedCluster({
        apiPort: 0,
        env: createEnv({ format: 'text', level: 'error' }),
      });
      folder = mkdtempSync(join(tmpdir(), 'tidegate-kubectl-'));
      writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfigText, { mode: 0o600 });
    });

    afterAll(async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    describe.each(sessions)('%s', (namespace, cases) => {
      if (namespace !== 'default') {
        test('begins', () => {
          cluster.api.store.create('namespaces', {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: namespace },
          });
        });
      }
      for (const [index, given] of cases.entries()) {
        test.skipIf(client.minor < (given.since ?? 0))(
          `${index + 1}. kubectl ${argumentsOf(given).join(' ')}`,
          async () => check(given, await run(client, folder, namespace, given)),
        );
      }
    });
  },
);
