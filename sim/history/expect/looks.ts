// Looks at the cluster and at the gateways that change nothing.
import type { KubeObject } from '../../../src/kube/object.ts';
import type { StoredObject } from '../../cluster/store-api.ts';
import { configsById, differences, servedAt } from '../../properties/reading/agreement.ts';
import type { World } from '../../world/world.ts';
import type { Expectation } from '../plan.ts';

/** What looks and probes need of a world, which may also be a cluster of somebody else. */
export interface Surveyed extends Pick<World, 'evidence' | 'addClient'> {
  readonly scheduler: Pick<World['scheduler'], 'nowUs' | 'after' | 'lane'>;
  readonly cluster: {
    readonly api: {
      readonly store: {
        list(resource: string): readonly StoredObject[];
        get(resource: string, namespace: string | undefined, name: string): StoredObject | null;
      };
    };
  };
}

export interface Look {
  /** 'open': nothing was there to be seen yet. */
  readonly answer: 'yes' | 'no' | 'open';
  /** For people: what there was to see. */
  readonly seen: string;
}

interface EventLike extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly involvedObject?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
}

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { readonly kind: Kind }>;

export function lookForEvent({ cluster }: Surveyed, { on, type, reason }: Of<'event'>): Look {
  const about = (cluster.api.store.list('events') as readonly EventLike[]).filter(
    ({ involvedObject }) =>
      involvedObject?.kind === on.kind &&
      (involvedObject.namespace ?? '') === on.namespace &&
      involvedObject.name === on.name,
  );
  const found = about.find(
    (event) => (type === '' || event.type === type) && (reason === '' || event.reason === reason),
  );
  const shown = found ?? about.at(-1);
  const name = `${on.kind} ${on.namespace}/${on.name}`;
  return {
    answer: found === undefined ? 'no' : 'yes',
    seen:
      shown === undefined
        ? `no Event is about ${name}`
        : `${name} has ${shown.type} ${shown.reason}: ${shown.message ?? ''}`,
  };
}

/** Path of the first member that `object` has not as `like` has it; null: it has all. */
export function firstUnlike(object: unknown, like: unknown, path = ''): string | null {
  if (Array.isArray(like)) {
    const own = Array.isArray(object) ? object : [];
    // Every item of the list that is asked for is there, in any place.
    const lacking = like.findIndex((item) => !own.some((other) => firstUnlike(other, item) === null));
    return lacking < 0 ? null : `${path}[${lacking}]`;
  }
  if (typeof like === 'object' && like !== null) {
    const own = typeof object === 'object' && object !== null ? (object as Record<string, unknown>) : {};
    for (const [key, value] of Object.entries(like)) {
      const unlike = firstUnlike(own[key], value, path === '' ? key : `${path}.${key}`);
      if (unlike !== null) return unlike;
    }
    return null;
  }
  return object === like ? null : path;
}

export function lookForObject(
  { cluster }: Surveyed,
  { resource, namespace, name, like }: Of<'object'>,
): Look {
  const object = cluster.api.store.get(resource, namespace === '' ? undefined : namespace, name);
  const shown = `${resource} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  if (object === null) return { answer: like === null ? 'yes' : 'no', seen: `there is no ${shown}` };
  if (like === null) return { answer: 'no', seen: `${shown} is there` };
  const unlike = firstUnlike(object, like);
  return unlike === null
    ? { answer: 'yes', seen: `${shown} is so` }
    : { answer: 'no', seen: `${shown} differs in ${unlike}` };
}

/** Objects of the kinds that routing depends on, as they are now. */
function routingObjects({ cluster, evidence }: World): ReadonlyMap<string, readonly KubeObject[]> {
  const resources = new Set(evidence.store.map(({ resource }) => resource));
  return new Map([...resources].map((resource) => [resource, cluster.api.store.list(resource)]));
}

/** Whether all workers serve one config, and that is what the objects of now ask for. */
export function lookAtConfig(world: World): Look {
  const { evidence, gateways, shape, scheduler } = world;
  const served = new Set(
    gateways.flatMap(({ host }) =>
      Array.from({ length: shape.workers }, (_, index) =>
        servedAt(evidence, host.name, index, scheduler.nowUs),
      ),
    ),
  );
  const [id] = served;
  if (served.size !== 1 || id === undefined) return { answer: 'no', seen: 'workers serve different configs' };
  const config = configsById(evidence).get(id);
  if (config === undefined) return { answer: 'no', seen: 'a worker serves nothing' };
  const [first] = differences(config, routingObjects(world));
  return first === undefined
    ? { answer: 'yes', seen: 'all workers serve what the objects ask for' }
    : { answer: 'no', seen: first.message };
}
