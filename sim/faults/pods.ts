// Pods that crash, are deleted or evicted, drain in every way there is, and addresses that go to somebody else at once.
import type { StoredObject } from '../cluster/store-api.ts';
import { type Fault, nothing, pick, type Stage } from './fault.ts';
import { stepsOf } from './steps.ts';
import {
  addressOf,
  aimAtApplication,
  chosenPods,
  deployments,
  plannedApplications,
  podKey,
  splitTarget,
} from './targets.ts';

const crashContainer: Fault = {
  id: 'K01',
  name: 'container-crashes',
  summary: 'The container of a pod dies, again and again; it is started anew after growing pauses.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 8_000,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    const parameters = {
      pods: draw('pod', 8),
      everyMs: 200 + draw('pace', 3_000),
      times: 1 + draw('times', 4),
    };
    return target === null ? null : { target, parameters };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { pods, everyMs, times } = entry.parameters;
    const [pod] = chosenPods(world, entry.target, pods);
    if (pod === undefined) return nothing;
    const key = podKey(pod);
    const steps = stepsOf(stage);
    steps.every(Number(everyMs), (index) => {
      // A container that waits for its next start has nothing to crash.
      if (index >= Number(times) || !world.cluster.pods.isUp(key)) return;
      world.cluster.pods.crash(key);
      record.hits++;
    });
    return steps.stop;
  },
};

const deletions = ['now', 'graceful', 'evicted'] as const;
const evictedGraceSeconds = 30;

function deletePod({ world }: Stage, pod: StoredObject, how: string): boolean {
  const { namespace, name, uid } = pod.metadata;
  const gracePeriodSeconds = how === 'now' ? 0 : evictedGraceSeconds;
  const options = {
    ...(uid === undefined ? {} : { uid }),
    ...(how === 'graceful' ? {} : { gracePeriodSeconds }),
  };
  return world.cluster.api.store.delete('pods', namespace, name, options).ok;
}

const removePod: Fault = {
  id: 'K02',
  name: 'pod-deleted',
  summary: 'Somebody deletes a pod: at once, with its own grace, or with the thirty seconds of an eviction.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 0,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    const parameters = {
      pods: draw('all', 8) === 0 ? 'all' : draw('pod', 8),
      how: pick(deletions, draw('how', 64)),
    };
    return target === null ? null : { target, parameters };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { pods, how } = entry.parameters;
    for (const pod of chosenPods(world, entry.target, pods))
      if (deletePod(stage, pod, String(how))) record.hits++;
    return nothing;
  },
};

const drains = ['serves', 'closes-listener', 'closes-idle', 'resets', 'ignores-term'] as const;

const terminatePod: Fault = {
  id: 'K08',
  name: 'pod-terminates',
  summary: 'A pod is deleted and drains in one of five ways, with its readiness failing meanwhile or not.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 0,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    const drain = pick(drains, draw('drain', 64));
    const parameters = {
      pods: draw('pod', 8),
      drain,
      unready: draw('unready', 2) === 0,
      drainMs: draw('ms', 4_000),
    };
    return target === null ? null : { target, parameters };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { pods, drain, unready, drainMs } = entry.parameters;
    for (const pod of chosenPods(world, entry.target, pods)) {
      for (const server of world.cluster.pods.servers(podKey(pod)))
        server.become({
          drain: drain as (typeof drains)[number],
          drainUnready: unready === true,
          drainMs: Number(drainMs),
        });
      if (deletePod(stage, pod, 'graceful')) record.hits++;
    }
    return nothing;
  },
};

/** A pod that nobody owns, on a node of choice, that the Service of `application` selects. */
function strayPod(stage: Stage, application: string, nodeName: unknown): StoredObject | null {
  const [namespace, name] = splitTarget(application);
  const deployment = stage.world.cluster.api.store.get(deployments, namespace, name);
  if (deployment === null) return null;
  const template = deployment.spec?.['template'] as {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: Readonly<Record<string, unknown>>;
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: `${name}-${stage.entry.id}`, labels: template.metadata?.labels ?? {} },
    spec: { ...template.spec, nodeName },
  };
}

const reuseAddress: Fault = {
  id: 'K09',
  name: 'address-reused',
  summary: 'A pod goes at once and its address is given to a pod of another application.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 8_000,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    const others = plannedApplications(plan).filter((name) => name !== target);
    if (target === null || others.length === 0 || plan.knobs.addressReuse !== 'soon') return null;
    return { target, parameters: { pods: draw('pod', 8), heir: pick(others, draw('heir', 64)) } };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { store } = world.cluster.api;
    const [pod] = chosenPods(world, entry.target, entry.parameters['pods']);
    if (pod === undefined) return nothing;
    const stray = strayPod(stage, String(entry.parameters['heir']), pod.spec?.['nodeName']);
    const address = addressOf(pod);
    const seen = new Set([pod.metadata.uid]);
    const unsubscribe = store.subscribe('pods', (_type, object) => {
      if (addressOf(object) !== address || seen.has(object.metadata.uid)) return;
      seen.add(object.metadata.uid);
      record.hits++;
    });
    const created = stray === null ? null : store.create('pods', stray);
    // It goes, whether or not somebody gets its address.
    if (deletePod(stage, pod, 'now')) record.hits++;
    return () => {
      unsubscribe();
      if (created?.ok !== true) return;
      const { namespace, name } = created.value.metadata;
      store.delete('pods', namespace, name, { gracePeriodSeconds: 0 });
    };
  },
};

export const podFaults: readonly Fault[] = [crashContainer, removePod, terminatePod, reuseAddress];
