// `tidegate cluster`: the simulated cluster in real time, for kubectl and for controllers that run elsewhere.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { createEnv } from '../io/env.ts';
import type { Command, CommandInput } from './command.ts';
import { nodesNamed, readCrdTexts, startEmbeddedCluster } from './embedded-cluster.ts';
import { exitOk } from './exit-codes.ts';
import { readTexts } from './manifests.ts';
import { demandWritable, writeOutput } from './output-file.ts';
import { parseCount, parsePort } from './parse.ts';
import { readyFileOf, readyFileOption } from './ready-file.ts';
import { waitForStop } from './wait-for-stop.ts';

function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return value === undefined ? undefined : String(value);
}

async function run(input: CommandInput): Promise<number> {
  const apiPort = parsePort(input, 'api-port');
  const nodes = nodesNamed(parseCount(input, 'nodes', 1, 100));
  const definitions = (input.options['crds'] ?? []) as readonly string[];
  const crdTexts = definitions.length === 0 ? readCrdTexts() : readTexts(definitions);
  const kubeconfig = textOption(input, 'kubeconfig') ?? join(homedir(), '.tidegate', 'kubeconfig');
  demandWritable(kubeconfig);
  const tellReady = readyFileOf(input);
  const env = createEnv({ format: process.stderr.isTTY ? 'text' : 'json', level: 'info' });
  const stopped = waitForStop();
  const cluster = await startEmbeddedCluster({ apiPort, env, crdTexts, nodes });
  // The token in it gives all rights.
  writeOutput(kubeconfig, cluster.kubeconfigText, 0o600);
  const ready = { pid: process.pid, api: cluster.url, kubeconfig };
  tellReady(ready);
  env.log.info('cluster is up', ready);
  await stopped;
  await cluster.stop();
  return exitOk;
}

export const command: Command = {
  name: 'cluster',
  summary: 'only the simulated cluster, behind a Kubernetes API on loopback',
  usage: '',
  options: {
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      help: 'where to write how kubectl gets in, default ~/.tidegate/kubeconfig',
    },
    'api-port': {
      type: 'string',
      value: 'PORT',
      default: '6443',
      help: 'port of the Kubernetes API, 0 for any free one',
    },
    nodes: { type: 'string', value: 'N', default: '3', help: 'number of nodes' },
    crds: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: "custom resource definitions (file or folder, may be given several times) instead of Kong's",
    },
    'ready-file': readyFileOption,
  },
  examples: [
    ['tidegate cluster --kubeconfig kube.yaml', 'then: kubectl --kubeconfig kube.yaml get nodes'],
    ['tidegate cluster --api-port 0 --ready-file ready.json', 'any free port, told in a file'],
  ],
  run,
};
