// The cluster's changes as short lines for people: what was scaled, rolled, started, broken.
import type { ChangeType, ClusterStore, StoredObject } from '../../../sim/cluster/store-api.ts';
import type { PodRow } from './live-view.ts';

const followed = [
  'deployments.apps',
  'pods',
  'services',
  'ingresses.networking.k8s.io',
  'kongplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'secrets',
];

function member(object: StoredObject | null, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const key of path)
    value = value === null || typeof value !== 'object' ? undefined : (value as Record<string, unknown>)[key];
  return value;
}

export function isPodReady(pod: StoredObject): boolean {
  const conditions = member(pod, ['status', 'conditions']);
  if (!Array.isArray(conditions)) return false;
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

export function podRow(pod: StoredObject): PodRow {
  const phase = String(member(pod, ['status', 'phase']) ?? 'Pending');
  const state =
    pod.metadata.deletionTimestamp !== undefined
      ? 'terminating'
      : isPodReady(pod)
        ? 'ready'
        : phase === 'Running' || phase === 'Pending'
          ? 'starting'
          : phase.toLowerCase();
  return { name: pod.metadata.name, state, address: String(member(pod, ['status', 'podIP']) ?? '') };
}

function describePod(type: ChangeType, pod: StoredObject, previous: StoredObject | null): string | null {
  if (type === 'DELETED') return `pod ${pod.metadata.name} is gone`;
  const before = previous === null ? '' : podRow(previous).state;
  const after = podRow(pod).state;
  return before === after ? null : `pod ${pod.metadata.name} is ${after}`;
}

function describeDeployment(deployment: StoredObject, previous: StoredObject | null): string | null {
  const name = `deployment ${deployment.metadata.name}`;
  const [before, after] = [member(previous, ['spec', 'replicas']), member(deployment, ['spec', 'replicas'])];
  if (previous !== null && before !== after) return `${name} scaled from ${before} to ${after}`;
  const template = (object: StoredObject | null) => JSON.stringify(member(object, ['spec', 'template']));
  return previous !== null && template(previous) !== template(deployment)
    ? `${name} rolls out a new template`
    : null;
}

/** One line about a change, or null where nothing changed that a person would want to see. */
function describeChange(
  type: ChangeType,
  object: StoredObject,
  previous: StoredObject | null,
): string | null {
  if (object.kind === 'Pod') return describePod(type, object, previous);
  const name = `${object.kind.toLowerCase()} ${object.metadata.name}`;
  if (type === 'ADDED') return `${name} created`;
  if (type === 'DELETED') return `${name} deleted`;
  if (object.kind === 'Deployment') return describeDeployment(object, previous);
  const isSame =
    JSON.stringify([
      previous?.spec,
      previous?.metadata.annotations,
      previous?.['config'],
      previous?.['data'],
    ]) === JSON.stringify([object.spec, object.metadata.annotations, object['config'], object['data']]);
  return isSame ? null : `${name} changed`;
}

/** Also Warning events: what the controller has to say about a broken object. */
export function followChanges(store: ClusterStore, onLine: (line: string) => void): () => void {
  const stops = followed.map((resource) =>
    store.subscribe(resource, (type, object, previous) => {
      const line = describeChange(type, object, previous);
      if (line !== null) onLine(line);
    }),
  );
  stops.push(
    store.subscribe('events', (type, event) => {
      if (type === 'DELETED' || event['type'] !== 'Warning') return;
      const name = `${String(member(event, ['involvedObject', 'kind'])).toLowerCase()} ${member(event, ['involvedObject', 'name'])}`;
      onLine(`warning on ${name}: ${event['message']}`);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
