// What others do to the objects that controllers follow or write: a second writer, bursts of changes, an object that is
// deleted and created again under its name at once.
import type { StoredObject } from '../cluster/store-api.ts';
import { formatTime } from '../cluster/timestamp.ts';
import type { PlannedObject } from '../history/plan.ts';
import { wallOriginMs } from '../hosts/clock.ts';
import type { World } from '../world/world.ts';
import { type Aim, type Fault, nothing, pick } from './fault.ts';
import { controllerHosts } from './hosts.ts';
import { createChance, isTargets, standInTheWay } from './in-the-way.ts';

interface ObjectPath {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** '/apis/networking.k8s.io/v1/namespaces/default/ingresses/shop/status' */
function readObjectPath(path: string): ObjectPath | null {
  const match = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(?:namespaces\/([^/]+)\/)?([^/]+)\/([^/?]+)/.exec(path);
  if (match === null) return null;
  const [, group, namespace, plural, name] = match;
  return { resource: group === undefined ? plural! : `${plural}.${group}`, namespace, name: name! };
}

/** 'ingresses.networking.k8s.io default/shop', as the ids of planned objects. */
function readObjectId(id: string): ObjectPath {
  const [resource, place] = id.split(' ') as [string, string];
  const [namespace, name] = place.includes('/') ? place.split('/') : [undefined, place];
  return { resource, namespace, name: name! };
}

function annotate(
  world: World,
  { resource, namespace, name }: ObjectPath,
  key: string,
  value: string,
): boolean {
  const patch = { metadata: { annotations: { [key]: value } } };
  return world.cluster.api.store.mergePatch(resource, namespace, name, patch).ok;
}

interface WithConditions extends StoredObject {
  readonly status?: { readonly conditions?: readonly { readonly type?: string }[] };
}

const foreignCondition = 'example.com/Audited';

/** What somebody else has to say in the status of an object; null: nothing. */
function foreignStatus({ cluster, scheduler }: World, { resource, namespace, name }: ObjectPath) {
  if (resource === 'ingresses.networking.k8s.io')
    return { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } };
  const object = cluster.api.store.get(resource, namespace, name) as WithConditions | null;
  if (resource !== 'kongconsumers.configuration.konghq.com' || object === null) return null;
  const others = (object.status?.conditions ?? []).filter(({ type }) => type !== foreignCondition);
  const lastTransitionTime = formatTime(wallOriginMs + Math.floor(scheduler.nowUs / 1000));
  const own = { type: foreignCondition, status: 'True', reason: 'Audited', message: '', lastTransitionTime };
  return { conditions: [...others, own] };
}

const secondWriter: Fault = {
  id: 'C11',
  name: 'second-writer',
  summary: 'Somebody else writes an object just before the controller does, its metadata or its status too.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, shape) => ({
    target: pick(['', ...controllerHosts(shape)], draw('target', 64)),
    parameters: {
      permille: pick([300, 700], draw('permille', 2)),
      status: draw('status', 2) === 1,
      leases: draw('leases', 3) === 0,
    },
    ...(draw('early', 2) === 1 ? { atMs: 0 } : {}),
  }),
  begin(stage) {
    const { world, record, entry } = stage;
    const { permille, status, leases } = entry.parameters;
    const { store } = world.cluster.api;
    const isHit = createChance(stage, Number(permille));
    return standInTheWay(world, {
      matches: (facts) =>
        isTargets(stage, facts) &&
        (facts.method === 'PUT' || facts.method === 'PATCH') &&
        (leases === true || !facts.isLease) &&
        isHit(facts),
      wrap({ path }, next) {
        const written = readObjectPath(path);
        if (written === null) return next;
        if (annotate(world, written, 'example.com/second-writer', `${record.hits}`)) record.hits++;
        const { resource, namespace, name } = written;
        const other = status === true ? foreignStatus(world, written) : null;
        if (other !== null) store.mergePatch(resource, namespace, name, { status: other }, 'status');
        return next;
      },
    });
  },
};

const followed: ReadonlySet<string> = new Set([
  'services',
  'secrets',
  'ingresses.networking.k8s.io',
  'kongplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongconsumergroups.configuration.konghq.com',
]);

function aimAtFollowed(draw: Aim, objects: readonly PlannedObject[]): string | null {
  const choice = objects.filter(({ resource }) => followed.has(resource));
  return choice.length === 0 ? null : pick(choice, draw('object', 1024)).id;
}

const burst: Fault = {
  id: 'C16',
  name: 'event-burst',
  summary: 'One object changes many times in the same moment.',
  harms: ['control'],
  lastsMsMax: 0,
  isChange: true,
  aim(draw, _shape, { objects }) {
    const target = aimAtFollowed(draw, objects);
    return target === null
      ? null
      : { target, parameters: { changes: pick([5, 40, 200], draw('changes', 64)) } };
  },
  begin({ world, entry, record }) {
    const object = readObjectId(entry.target);
    for (let change = 1; change <= Number(entry.parameters['changes']); change++)
      if (annotate(world, object, 'example.com/burst', `${entry.id} ${change}`)) record.hits++;
    return nothing;
  },
};

/** As it would be written into a manifest: without what the server adds. */
export function asManifest(object: StoredObject): StoredObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const { status: _status, ...rest } = object;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

const recreate: Fault = {
  id: 'C24',
  name: 'recreate-object',
  summary: 'An object is deleted and created again under the same name in the same moment.',
  harms: ['control'],
  lastsMsMax: 0,
  isChange: true,
  aim(draw, _shape, { objects }) {
    const target = aimAtFollowed(draw, objects);
    return target === null ? null : { target, parameters: { times: pick([1, 1, 3], draw('times', 64)) } };
  },
  begin({ world, entry, record }) {
    const { resource, namespace, name } = readObjectId(entry.target);
    const { store } = world.cluster.api;
    for (let time = 0; time < Number(entry.parameters['times']); time++) {
      const object = store.get(resource, namespace, name);
      if (object === null || !store.delete(resource, namespace, name).ok) break;
      if (store.create(resource, asManifest(object)).ok) record.hits++;
    }
    return nothing;
  },
};

export const objectFaults: readonly Fault[] = [secondWriter, burst, recreate];
