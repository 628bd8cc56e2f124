// The script against the simulated cluster, over HTTPS as against any other: its log is the golden file that a real
// cluster's log is compared with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createKubeApi } from '../../../src/io/kube-api.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { createCluster } from './cluster.ts';
import { cleanUp, type Played, play, prepare } from './play.ts';

const env = createEnv({ format: 'text', level: 'error' });

async function playOn(clock: Clock): Promise<Played> {
  const server = await startEmbeddedCluster({ apiPort: 0, env: { ...env, clock } });
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-kube-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfigText, { mode: 0o600 });
  const connection = await createKubeApi({ kubeconfig, context: 'tidegate' });
  try {
    const cluster = createCluster(connection.api);
    await prepare(cluster);
    const played = await play(cluster);
    await cleanUp(cluster);
    return played;
  } finally {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

let played: Played;
beforeAll(async () => {
  played = await playOn(env.clock);
});

test('every answer is one that the rules of Kubernetes allow', () => {
  expect(played.problems).toEqual([]);
});

test('the script is long enough to mean something', () => {
  const operations = new Set(
    played.log.filter((line) => !line.startsWith(' ')).map((line) => line.split(/ (config|serv|widg)/)[0]),
  );
  expect(operations.size).toBeGreaterThanOrEqual(28);
  expect(played.log.filter((line) => /^ {3}(ADDED|MODIFIED|DELETED) /.test(line)).length).toBeGreaterThan(20);
});

test('the log is the one that clusters are compared by', async () => {
  await expect(`${played.log.join('\n')}\n`).toMatchFileSnapshot('golden/tidegate.log');
});

test('the log is the same however long each operation takes: ages, times and the order of writers do not show', async () => {
  const startMs = env.clock.wallMs();
  let looks = 0;
  // Two looks at the clock are seldom in the same second.
  const late = await playOn({ ...env.clock, wallMs: () => startMs + 700 * looks++ });
  expect(late).toEqual(played);
});
