// Whether a run may end before its time: when faults are over and all is provably as it should be, waiting shows nothing. A
// state that is wrong but stable, or right by chance while something still waits, must never be taken for the end.
import type { KubeObject } from '../../src/kube/object.ts';
import { withoutStatus } from '../properties/converges.ts';
import type { Circumstances } from '../properties/property.ts';
import { configsById, differences, workersAt } from '../properties/reading/agreement.ts';
import { controllerNames, livesOf } from '../properties/reading/hosts.ts';
import { lastChangeUs } from '../properties/reading/quiet.ts';
import { isLease, isWrite } from '../properties/reading/writes.ts';
import { expectedRouting } from '../reference/routing.ts';
import type { World } from '../world/world.ts';
import { freshMs } from './bounds.ts';
import type { Plan } from './plan.ts';

/** After the heal point, before the first look, and from one look to the next. */
export const firstLookMs = 3_000;
export const lookEveryMs = 1_000;

const us = 1_000;

function areHostsUp({ gateways, controllers, shape }: World): boolean {
  return (
    gateways.every(({ host, workers }) => {
      const alive = [...workers.values()].filter((worker) => worker.alive).length;
      return host.alive && alive >= shape.workers;
    }) && controllers.every(({ host }) => host.alive)
  );
}

/** Whoever led before may be gone without anything being missed yet. */
const isLed = ({ controllers, shape }: World): boolean =>
  shape.mode === 'combined' || controllers.some(({ controller }) => controller()?.state().leading === true);

/** All that was planned was asked, and all that was asked, by the plan or by faults, has come to an end. */
function isTimelineOver(plan: Plan, { evidence, scheduler }: World): boolean {
  return (
    plan.timeline.every(({ atMs }) => atMs * us < scheduler.nowUs) &&
    evidence.requests.every(({ doneUs }) => doneUs !== -1)
  );
}

interface DeploymentLike extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
}

export function isRolledOut(object: KubeObject): boolean {
  const { metadata, spec, status = {} } = object as DeploymentLike;
  const wanted = spec.replicas ?? 1;
  const counts = [status.replicas, status.updatedReplicas, status.readyReplicas];
  return (
    status.observedGeneration === metadata.generation && counts.every((count) => (count ?? 0) === wanted)
  );
}

/** Whose changes make a cluster's own controllers change what ours follow: a pod that is ready again gets its place in a slice. */
const causes: readonly string[] = ['pods', 'replicasets.apps', 'deployments.apps', 'nodes'];

/** Nothing goes on in the cluster by itself. */
function isClusterAtRest({ cluster, evidence, scheduler }: World, quietUs: number): boolean {
  const { store } = cluster.api;
  const changed = evidence.store.findLast(({ resource }) => causes.includes(resource))?.atUs ?? 0;
  return (
    scheduler.nowUs - Math.max(lastChangeUs(evidence), changed) >= quietUs &&
    store.list('deployments.apps').every(isRolledOut) &&
    store.list('pods').every(({ metadata }) => metadata.deletionTimestamp === undefined)
  );
}

/**
 * Where a fault touched the way to the API, each watch must have shown since the heal point that it is alive: a dead one looks
 * like a quiet one.
 */
function areWatchesAlive(plan: Plan, { evidence, scheduler }: World, circumstances: Circumstances): boolean {
  const { calls, faults } = evidence;
  if (!faults.some(({ harms, hits }) => hits > 0 && (harms.includes('control') || harms.includes('traffic'))))
    return true;
  const healUs = plan.healMs * us;
  const lives = new Map<string, number>();
  const collections = new Set<string>();
  const alive = new Set<string>();
  for (const { host, life, path, isWatch, endUs, status, heardUs } of calls) {
    if (life > (lives.get(host) ?? 0)) lives.set(host, life);
    if (!isWatch) continue;
    const collection = path.slice(0, path.indexOf('?'));
    collections.add(collection);
    const isHeard = endUs === -1 && status === 200 && heardUs > healUs && heardUs <= scheduler.nowUs;
    if (isHeard) alive.add(`${host} ${life} ${collection}`);
  }
  return controllerNames(circumstances).every((host) =>
    [...collections].every((collection) => alive.has(`${host} ${lives.get(host)} ${collection}`)),
  );
}

/** Writes to the API have stopped, so nothing of them waits for an answer or is tried again at once. */
function areWritesOver({ evidence, scheduler }: World): boolean {
  const recent = scheduler.nowUs - lookEveryMs * us;
  const lives = new Map(livesOf(evidence).map(({ host, life }) => [host, life]));
  return evidence.calls.every((call) => {
    if (!isWrite(call) || isLease(call)) return true;
    // What a process of the past sent is over with it.
    return call.sentUs < recent && (call.endUs !== -1 || lives.get(call.host) !== call.life);
  });
}

function isServedRight({ evidence, scheduler }: World, circumstances: Circumstances): boolean {
  const ids = new Set(workersAt(evidence, circumstances, scheduler.nowUs));
  if (ids.size !== 1) return false;
  const config = configsById(evidence).get([...ids][0]!);
  return config !== undefined && differences(config, circumstances.objects).length === 0;
}

interface ConsumerLike extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

function areConsumersTold({ objects }: Circumstances): boolean {
  return (objects.get('kongconsumers.configuration.konghq.com') ?? []).every((object) =>
    (object as ConsumerLike).status?.conditions?.some(({ type }) => type === 'Programmed'),
  );
}

export function hasConverged(plan: Plan, world: World, circumstances: Circumstances): boolean {
  const { evidence, scheduler } = world;
  return (
    evidence.faults.every(({ toUs }) => toUs < scheduler.nowUs) &&
    isTimelineOver(plan, world) &&
    areHostsUp(world) &&
    isLed(world) &&
    isClusterAtRest(world, 2 * freshMs(plan) * us) &&
    areWritesOver(world) &&
    areWatchesAlive(plan, world, circumstances) &&
    withoutStatus(circumstances).length === 0 &&
    areConsumersTold(circumstances) &&
    expectedRouting(circumstances.objects).rules.every(({ isKnown }) => isKnown) &&
    isServedRight(world, circumstances)
  );
}
