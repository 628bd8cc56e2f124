// A node that a cluster loses, as far as that can be brought about through its API alone: it is cordoned, and the pods that the
// run has on it are deleted without a grace period, as for a node that is marked out of service. Other pods stay.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { type Api, sentenceOf } from './api.ts';
import { runLabel } from './proxies.ts';

interface NodeLike {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean };
}

async function listNodes(api: Api, selector = ''): Promise<readonly NodeLike[]> {
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  const reply = await api.call('GET', `${api.path(api.find('nodes')!, '')}${query}`);
  if (reply.status !== 200) throw new Error(`nodes: ${sentenceOf(reply)}`);
  return (reply.body as { readonly items?: readonly NodeLike[] }).items ?? [];
}

/** The label tells whose it is, so that a run that was killed leaves nothing which `clean` would not find. */
async function patchNode(api: Api, name: string, run: string | null): Promise<void> {
  const patch = {
    metadata: { labels: { [runLabel]: run } },
    spec: { unschedulable: run === null ? null : true },
  };
  const path = api.path(api.find('nodes')!, '', name);
  const reply = await api.call('PATCH', path, patch, 'application/merge-patch+json');
  if (reply.status !== 200) throw new Error(`Node ${name}: ${sentenceOf(reply)}`);
}

/** Which node of the cluster stands for 'node-1' of a scenario; a sentence where none can. */
export async function findNode(api: Api, target: string): Promise<{ readonly name: string } | string> {
  const all = (await listNodes(api)).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  if (all.length < 2) return 'a cluster of one node cannot lose it';
  const free = all.filter(({ spec }) => spec?.unschedulable !== true);
  if (free.length < 2) return 'all nodes but one are cordoned already';
  const number = Number(/(\d+)$/.exec(target)?.[1] ?? 1);
  return { name: free[(number - 1) % free.length]!.metadata.name };
}

export const cordon = (api: Api, name: string, run: string): Promise<void> => patchNode(api, name, run);
export const uncordon = (api: Api, name: string): Promise<void> => patchNode(api, name, null);

/** Of one run, or of all where `run` is null; how many. */
export async function uncordonAll(
  api: Api,
  run: string | null,
  say: (sentence: string) => void,
): Promise<number> {
  const nodes = await listNodes(api, run === null ? runLabel : `${runLabel}=${run}`);
  for (const { metadata } of nodes) {
    await uncordon(api, metadata.name);
    say(`uncordons Node ${metadata.name}`);
  }
  return nodes.length;
}

export const isOnNode =
  (name: string) =>
  ({ spec }: StoredObject): boolean =>
    spec?.['nodeName'] === name;
