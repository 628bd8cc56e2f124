// What runs have made in a cluster, found by its label and deleted, and nodes that they have cordoned.
import { type Api, sentenceOf } from './api.ts';
import { uncordonAll } from './nodes.ts';
import { runLabel } from './proxies.ts';

/** Kinds of the whole cluster; what lives in namespaces goes with them. */
const kinds = [
  'clusterrolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'ingressclasses.networking.k8s.io',
  'namespaces',
] as const;

interface Listed {
  readonly items?: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  }[];
}

/** Of one run, or of all where `run` is null. Answers how many objects it deleted or set right; throws a sentence. */
export async function clean(api: Api, run: string | null, say: (sentence: string) => void): Promise<number> {
  let count = await uncordonAll(api, run, say);
  for (const name of kinds) {
    const resource = api.find(name)!;
    const selector = encodeURIComponent(run === null ? runLabel : `${runLabel}=${run}`);
    const reply = await api.call('GET', `${api.path(resource, '')}?labelSelector=${selector}`);
    if (reply.status !== 200) throw new Error(`${name}: ${sentenceOf(reply)}`);
    for (const { metadata } of (reply.body as Listed).items ?? []) {
      // On its way already.
      if (metadata.deletionTimestamp !== undefined) continue;
      const deleted = await api.call('DELETE', api.path(resource, '', metadata.name));
      if (deleted.status >= 300 && deleted.status !== 404)
        throw new Error(`${resource.kind} ${metadata.name}: ${sentenceOf(deleted)}`);
      say(`deletes ${resource.kind} ${metadata.name}`);
      count++;
    }
  }
  return count;
}
