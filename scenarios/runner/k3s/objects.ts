// What a scenario's world begins with in a cluster: namespaces, proxies, and the objects of the scenario, all with the run's label.
import type { CompiledWorld } from '../../compile/world.ts';
import { type Api, applyObject } from './api.ts';
import type { Names } from './names.ts';
import { type GatedWays, type ManifestsOf, proxyObjects, runLabel } from './proxies.ts';
import { withPodServers } from './workloads.ts';

export interface BeginOptions {
  readonly api: Api;
  readonly run: string;
  readonly image: string;
  readonly manifestsOf: ManifestsOf;
  readonly say: (sentence: string) => void;
}

export function namespacesOf({ objects }: CompiledWorld): readonly string[] {
  const named = objects.map(({ resource, object: { metadata } }) =>
    resource === 'namespaces' ? metadata.name : metadata.namespace,
  );
  return [...new Set(['default', ...named.filter((name) => name !== undefined)])];
}

const labelled = (
  object: Readonly<Record<string, unknown>>,
  run: string,
): Readonly<Record<string, unknown>> => {
  const metadata = object['metadata'] as { readonly labels?: Readonly<Record<string, string>> };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [runLabel]: run } } };
};

export async function makeObjects(
  world: CompiledWorld,
  names: Names,
  options: BeginOptions,
  ingressClass: string,
  gates: GatedWays | null,
): Promise<void> {
  const { api, run, image, manifestsOf } = options;
  for (const object of proxyObjects(run, image, ingressClass, world, manifestsOf, gates))
    await applyObject(api, labelled(object, run));
  for (const { resource, object } of world.objects) {
    if (resource === 'namespaces') continue;
    const own = withPodServers(names.into(object as unknown as Readonly<Record<string, unknown>>), image);
    await applyObject(api, labelled(own, run));
  }
}

export async function makeNamespaces(
  names: Names,
  spaces: readonly string[],
  { api, run, say }: BeginOptions,
): Promise<void> {
  for (const name of [run, ...spaces.map(names.namespace)]) {
    say(`makes namespace ${name}`);
    await applyObject(api, labelled({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, run));
  }
}
