// `scenario run --on k3s` and `scenario clean`, as far as they are about a cluster.
import type { CommandInput, OptionSpec } from '../command.ts';
import { CommandError, exitEnvironment, exitOk, exitUsage } from '../exit-codes.ts';
import { textOption } from '../simulate/options.ts';
import type { Pool } from '../simulate/pool.ts';
import { k3sImage } from './choices.ts';
import { wantedImages } from './findings.ts';
import { type OpenCluster, openCluster, openNamed } from './open.ts';
import { createClusterPool } from './pool.ts';

export const clusterOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    help: 'k3s: run on a cluster that is there, instead of in a container; needs --context',
  },
  context: {
    type: 'string',
    value: 'NAME',
    help: 'k3s: which cluster of the kubeconfig; never taken from it',
  },
  'allow-disruptive': {
    type: 'boolean',
    default: false,
    help: 'k3s: also faults of nodes and of the API, on a cluster that others may use too',
  },
  keep: { type: 'boolean', default: false, help: 'k3s: leave the namespaces of a scenario that failed' },
  'k3s-image': { type: 'string', value: 'IMAGE', default: k3sImage, help: 'k3s: image of the node' },
  'k3s-image-tar': {
    type: 'string',
    value: 'FILE',
    help: 'k3s: an archive with that image, from docker save',
  },
  image: {
    type: 'string',
    value: 'IMAGE',
    default: wantedImages.image,
    help: 'k3s: image of Tidegate; built from a clone where it is not there',
  },
  registry: { type: 'string', value: 'HOST', help: 'k3s: where images are pulled from' },
};

/** The options that name the cluster of a command line, as they would be typed again. */
export function clusterWords(input: CommandInput): string {
  return Object.entries(clusterOptionSpecs)
    .flatMap(([name, { default: usual }]) => {
      const value = input.options[name];
      if (value === undefined || value === usual) return [];
      return value === true ? [` --${name}`] : [` --${name} ${String(value)}`];
    })
    .join('');
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function announce({ context, image, gate }: OpenCluster): void {
  if (context === '') return;
  say(`runs on context ${context}; for each scenario it makes, and deletes at the end:`);
  say(`  namespaces tg-*, and in them what the scenario has, and pods of ${image}`);
  say(
    '  a ClusterRole and a ClusterRoleBinding: the pods of a run may list Services, Secrets, EndpointSlices, Ingresses',
  );
  say('  an IngressClass of its own. Nothing else is written to.');
  if (gate === null) return;
  say('as --allow-disruptive was given, for scenarios with such faults also:');
  say(`  proxies of the run call the API through this machine, at a port of ${gate.host}`);
  say('  a node is cordoned for a while, and the pods of the run on it are deleted');
}

export async function openClusterPool(input: CommandInput, jobs: number): Promise<Pool> {
  const cluster = await openCluster(input);
  announce(cluster);
  return createClusterPool({ cluster, jobs, keepsFailed: input.options['keep'] === true, say });
}

/** `tidegate scenario clean`: what runs that were cut off have left in a cluster. */
export async function cleanCluster(input: CommandInput): Promise<number> {
  const kubeconfig = textOption(input, 'kubeconfig');
  if (kubeconfig === null)
    throw new CommandError(exitUsage, 'clean needs --kubeconfig FILE and --context NAME');
  const cluster = await openNamed(input, kubeconfig);
  const { clean } = await import('../../../scenarios/runner/k3s/clean.ts');
  try {
    const count = await clean(cluster.api, null, (sentence) => process.stdout.write(`${sentence}\n`));
    process.stdout.write(count === 0 ? 'nothing of ours is there\n' : '');
    return exitOk;
  } catch (error) {
    throw new CommandError(exitEnvironment, (error as Error).message);
  } finally {
    await cluster.close();
  }
}
