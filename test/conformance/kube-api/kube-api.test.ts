// The script against the simulated cluster, over HTTPS as against any other: its log is the golden file that a real
// cluster's log is compared with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createKubeApi, type KubeConnection } from '../../../src/io/kube-api.ts';
import { createCluster } from './cluster.ts';
import { cleanUp, type Played, play, prepare } from './play.ts';

let server: EmbeddedCluster;
let folder: string;
let connection: KubeConnection;
let played: Played;

beforeAll(async () => {
  server = await startEmbeddedCluster({ apiPort: 0, env: createEnv({ format: 'text', level: 'error' }) });
  folder = mkdtempSync(join(tmpdir(), 'tidegate-kube-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfigText, { mode: 0o600 });
  connection = await createKubeApi({ kubeconfig, context: 'tidegate' });
  const cluster = createCluster(connection.api);
  await prepare(cluster);
  played = await play(cluster);
  await cleanUp(cluster);
});

afterAll(async () => {
  connection.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
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
