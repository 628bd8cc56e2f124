// What faults of the data path aim at: applications by their Deployment, the pods that run of one, the gateways' processes.
import { matchesLabels } from '../cluster/controllers/selector.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { podNetwork } from '../world/places.ts';
import type { World } from '../world/world.ts';
import { type Aim, type AimedPlan, pick } from './fault.ts';

export const deployments = 'deployments.apps';

/** 'namespace/name' of every Deployment that the plan begins with. */
export function plannedApplications({ objects }: Pick<AimedPlan, 'objects'>): readonly string[] {
  return objects
    .filter(({ resource }) => resource === deployments)
    .map(({ object: { metadata } }) => `${metadata.namespace}/${metadata.name}`);
}

/** One of them; null where the plan has none. */
export function aimAtApplication(draw: Aim, plan: AimedPlan): string | null {
  const applications = plannedApplications(plan);
  return applications.length === 0 ? null : pick(applications, draw('application', 64));
}

/** Namespace and name of 'namespace/name'. */
export function splitTarget(target: string): readonly [namespace: string, name: string] {
  const slash = target.indexOf('/');
  return [target.slice(0, slash), target.slice(slash + 1)];
}

interface Selecting {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

/** Pods of a Deployment that run and are not being deleted, by name. */
export function podsOf({ cluster }: World, target: string): readonly StoredObject[] {
  const [namespace, name] = splitTarget(target);
  const { store } = cluster.api;
  const labels = (store.get(deployments, namespace, name)?.spec as Selecting | undefined)?.selector
    ?.matchLabels;
  if (labels === undefined) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const running = new Set(cluster.pods.names());
  return store
    .list('pods', { namespace, labelSelector })
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) => running.has(`${namespace}/${metadata.name}`));
}

/** Services that select the pods of a Deployment, by name. */
export function servicesOf({ cluster }: World, target: string): readonly StoredObject[] {
  const [namespace, name] = splitTarget(target);
  const { store } = cluster.api;
  const template = store.get(deployments, namespace, name)?.spec?.['template'] as
    | { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
    | undefined;
  return store.list('services', { namespace }).filter(({ spec }) => {
    const selector = spec?.['selector'] as Readonly<Record<string, string>> | undefined;
    return selector !== undefined && matchesLabels(selector, template?.metadata?.labels);
  });
}

/** 'all', or one of them by a draw that the plan spells out. */
export function chosenPods(world: World, target: string, which: unknown): readonly StoredObject[] {
  const pods = podsOf(world, target);
  if (which === 'all' || pods.length === 0) return pods;
  return [pick(pods, Number(which))];
}

/** For the parameter that `chosenPods` reads. */
export function aimAtPods(draw: Aim): number | string {
  return draw('every pod', 3) === 0 ? 'all' : draw('pod', 8);
}

export const podKey = ({ metadata }: StoredObject): string => `${metadata.namespace}/${metadata.name}`;

/** A gateway's main thread or one of its workers. */
export const isGateway = (host: string): boolean => host.startsWith('gateway-');

/** A pod's machine in the network. */
export const isPod = (machine: string): boolean => machine.startsWith('pod ');

/** A pod's machine on one of these nodes, by index. */
export function isPodOn(nodes: readonly number[]): (machine: string) => boolean {
  const networks = nodes.map((index) => ` ${podNetwork(index)}.`);
  return (machine) => isPod(machine) && networks.some((network) => machine.includes(network));
}

export const addressOf = ({ status }: StoredObject): string => String(status?.['podIP'] ?? '');

/** Connections that gateways began to the pods after the first `from` of all. */
export function dialsSince({ dials }: Evidence, from: number, pods: readonly StoredObject[]): number {
  const addresses = new Set(pods.map(addressOf));
  return dials.slice(from).filter(({ address }) => addresses.has(address)).length;
}

/** Connections that gateways have to these pods. */
export function dialsOpen({ dials }: Evidence, pods: readonly StoredObject[]): number {
  const addresses = new Set(pods.map(addressOf));
  return dials.filter(({ address, goneUs }) => goneUs === -1 && addresses.has(address)).length;
}

/** Names of the pods' machines. */
export function machinesOf({ cluster }: World, pods: readonly StoredObject[]): readonly string[] {
  return pods.flatMap((pod) => cluster.pods.machineOf(podKey(pod)) ?? []);
}
