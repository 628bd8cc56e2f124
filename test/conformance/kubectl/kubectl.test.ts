// The stock kubectl of this machine against the simulated cluster: about a hundred commands in one session.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createEnv } from '../../../src/io/env.ts';
import { cases, type KubectlCase, placeholders } from './commands.ts';

function clientVersion(): string | null {
  try {
    return (
      /Client Version: (\S+)/.exec(execFileSync('kubectl', ['version', '--client']).toString())?.[1] ?? null
    );
  } catch {
    return null;
  }
}

const version = clientVersion();

interface Outcome {
  readonly exit: number;
  readonly output: string;
}

function run(folder: string, given: KubectlCase): Promise<Outcome> {
  const args = given.args.split(' ').map((arg) => placeholders[arg] ?? arg);
  const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), KUBECACHEDIR: join(folder, 'cache') };
  return new Promise((resolve) => {
    const child = execFile('kubectl', args, { env, timeout: 90_000 }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exit, output: stdout + stderr });
    });
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

describe.skipIf(version === null)(`kubectl ${version ?? '(not run: none on the PATH)'}`, () => {
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

  for (const [index, given] of cases.entries()) {
    test(`${index + 1}. kubectl ${given.args}`, async () => check(given, await run(folder, given)));
  }
});
