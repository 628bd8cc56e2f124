// `tidegate cluster`: only the simulated cluster, in real time, behind a Kubernetes API.
import { renameSync, writeFileSync } from 'node:fs';
import { createEnv } from '../io/env.ts';
import type { Command, CommandInput } from './command.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { CommandError, exitOk, exitUsage } from './exit-codes.ts';
import { waitForStop } from './wait-for-stop.ts';

function numberOption(input: CommandInput, name: string, max: number): number {
  const text = String(input.options[name]);
  const value = /^\d{1,5}$/.test(text) ? Number(text) : max + 1;
  if (value > max)
    throw new CommandError(exitUsage, `--${name} is '${text}', but it must be from 0 to ${max}`);
  return value;
}

/** Complete or not there: readers wait for the file to appear. */
function writeWhole(file: string, text: string): void {
  const part = `${file}.part`;
  writeFileSync(part, text, { mode: 0o600 });
  renameSync(part, file);
}

export const command: Command = {
  name: 'cluster',
  summary: 'only the simulated cluster, behind a Kubernetes API on loopback',
  usage: '',
  options: {
    kubeconfig: { type: 'string', value: 'FILE', help: 'write a kubeconfig here when the cluster is ready' },
    'api-port': {
      type: 'string',
      value: 'N',
      default: '6443',
      help: 'port of the Kubernetes API, 0 for any',
    },
    'ready-file': { type: 'string', value: 'FILE', help: 'write addresses and pid as JSON here when ready' },
    nodes: { type: 'string', value: 'N', default: '3', help: 'number of nodes' },
    crds: {
      type: 'string',
      value: 'DIR',
      help: 'custom resource definitions to start with (default: our own)',
    },
  },
  examples: [
    ['tidegate cluster --kubeconfig kube.yaml', 'then: KUBECONFIG=kube.yaml kubectl get nodes'],
    ['tidegate cluster --api-port 0 --ready-file ready.json', 'any free port; scripts wait for the file'],
  ],
  async run(input) {
    const { kubeconfig, crds } = input.options;
    const cluster = await startEmbeddedCluster({
      apiPort: numberOption(input, 'api-port', 65_535),
      nodes: numberOption(input, 'nodes', 1000),
      ...(typeof crds === 'string' ? { crds } : {}),
      env: createEnv({ format: 'text', level: 'warn' }),
    });
    if (typeof kubeconfig === 'string') writeWhole(kubeconfig, cluster.kubeconfigText);
    const readyFile = input.options['ready-file'];
    if (typeof readyFile === 'string') {
      const ready = { api: cluster.url, kubeconfig: kubeconfig ?? null, pid: process.pid };
      writeWhole(readyFile, `${JSON.stringify(ready)}\n`);
    }
    const hint = typeof kubeconfig === 'string' ? `; try: kubectl --kubeconfig ${kubeconfig} get nodes` : '';
    process.stderr.write(`cluster: Kubernetes API at ${cluster.url}${hint}\n`);
    await waitForStop();
    await cluster.stop();
    return exitOk;
  },
};
