// Whose doing a broken promise of a scenario is, asked of the simulator: the same history again with manifests as they should
// be, and without its faults. What a repair of a manifest heals was the manifest's; what is gone without the faults was theirs.
// Properties hold in every history, so one that is broken needs no such question.
import type { Plan, PlannedObject } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

export interface Repair {
  /** What a person would call it: 'no preStop'. */
  readonly lacks: string;
  /** Where it is missing, or wrong, in a Deployment. */
  readonly field: string;
  /** The spec of a Deployment, or of a merge patch of one, as it should be; the same where there is nothing to repair. */
  readonly repair: (spec: Fields) => Fields;
}

const container = 'spec.template.spec.containers[0]';
const drainSeconds = 5;
const graceSecondsMin = 30;

function withPod(spec: Fields, change: (pod: Fields) => Fields): Fields {
  const template = fieldsOf(spec['template']);
  if (!Array.isArray(fieldsOf(template['spec'])['containers'])) return spec;
  const pod = fieldsOf(template['spec']);
  const changed = change(pod);
  return changed === pod ? spec : { ...spec, template: { ...template, spec: changed } };
}

function withContainers(spec: Fields, change: (one: Fields) => Fields): Fields {
  return withPod(spec, (pod) => {
    const before = listOf(pod['containers']);
    const containers = before.map(change);
    return containers.every((one, index) => one === before[index]) ? pod : { ...pod, containers };
  });
}

/** Variables of the pod server left out or replaced; null: left out. */
const withoutVariables =
  (isWrong: (name: string, value: string) => boolean) =>
  (spec: Fields): Fields =>
    withContainers(spec, (one) => {
      const env = listOf(one['env']);
      const kept = env.filter(({ name, value }) => !isWrong(String(name), String(value)));
      return kept.length === env.length ? one : { ...one, env: kept };
    });

const isCutting = (name: string, value: string): boolean =>
  name === 'POD_DRAIN' && (value === 'resets' || value === 'closes-idle');
const isCrashing = (name: string): boolean => name === 'POD_CRASH_AFTER_MS';
const isFailing = (name: string, value: string): boolean =>
  (name === 'POD_ERROR_RATE' && Number(value) > 0) || (name === 'POD_STATUS' && Number(value) >= 500);

const preStop = { sleep: { seconds: drainSeconds } };

export const repairs: readonly Repair[] = [
  {
    lacks: 'no preStop',
    field: container,
    repair: (spec) =>
      withPod(spec, (pod) => {
        const containers = listOf(pod['containers']);
        if (containers.every((one) => fieldsOf(one['lifecycle'])['preStop'] !== undefined)) return pod;
        const grace = Number(pod['terminationGracePeriodSeconds'] ?? graceSecondsMin);
        return {
          ...pod,
          terminationGracePeriodSeconds: Math.max(grace, graceSecondsMin) + drainSeconds,
          containers: containers.map((one) => ({
            ...one,
            lifecycle: { preStop, ...fieldsOf(one['lifecycle']) },
          })),
        };
      }),
  },
  {
    lacks: 'terminationGracePeriodSeconds is shorter than its pods need to end',
    field: 'spec.template.spec.terminationGracePeriodSeconds',
    repair: (spec) =>
      withPod(spec, (pod) => {
        const grace = pod['terminationGracePeriodSeconds'];
        return typeof grace !== 'number' || grace >= graceSecondsMin
          ? pod
          : { ...pod, terminationGracePeriodSeconds: graceSecondsMin };
      }),
  },
  {
    lacks: 'its pods cut connections when they are told to end',
    field: container,
    repair: withoutVariables(isCutting),
  },
  {
    lacks: 'no readinessProbe',
    field: container,
    repair: (spec) =>
      withContainers(spec, (one) => {
        const [port] = listOf(one['ports']);
        if (one['readinessProbe'] !== undefined || port === undefined) return one;
        return {
          ...one,
          readinessProbe: { httpGet: { path: '/healthz', port: port['containerPort'] }, periodSeconds: 1 },
        };
      }),
  },
  {
    lacks: 'a rollout may take pods away before others are ready (maxUnavailable)',
    field: 'spec.strategy',
    repair(spec) {
      if (spec['selector'] === undefined) return spec;
      const strategy = fieldsOf(spec['strategy']);
      const rolling = fieldsOf(strategy['rollingUpdate']);
      if (strategy['type'] !== 'Recreate' && rolling['maxUnavailable'] === 0) return spec;
      return {
        ...spec,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      };
    },
  },
  { lacks: 'its pods crash', field: container, repair: withoutVariables(isCrashing) },
  { lacks: 'its pods answer with errors', field: container, repair: withoutVariables(isFailing) },
];

const deployments = 'deployments.apps';

/** The plan with this in order, in all Deployments or in one of them; null: nothing of it was out of order. */
export function repaired(plan: Plan, { repair }: Repair, only: string | null = null): Plan | null {
  let isChanged = false;
  const mend = (place: string, body: Fields): Fields => {
    if (only !== null && place !== only) return body;
    const spec = fieldsOf(body['spec']);
    const made = repair(spec);
    if (made === spec) return body;
    isChanged = true;
    return { ...body, spec: made };
  };
  const objects = plan.objects.map((planned): PlannedObject => {
    if (planned.resource !== deployments) return planned;
    const object = mend(planned.id, planned.object) as PlannedObject['object'];
    return { ...planned, object };
  });
  const timeline = plan.timeline.map((entry) => {
    if (entry.do !== 'operate' || entry.operation.resource !== deployments || entry.operation.body === null)
      return entry;
    const { operation } = entry;
    const place = `${deployments} ${operation.namespace}/${operation.name}`;
    return { ...entry, operation: { ...operation, body: mend(place, operation.body!) } };
  });
  return isChanged ? { ...plan, objects, timeline } : null;
}

/** Ids of the Deployments that a plan begins with. */
export const deploymentsIn = ({ objects }: Plan): readonly string[] =>
  objects.filter(({ resource }) => resource === deployments).map(({ id }) => id);

/** null: there are none. */
export function withoutFaults(plan: Plan): Plan | null {
  const timeline = plan.timeline.filter((entry) => entry.do !== 'fault');
  return timeline.length === plan.timeline.length ? null : { ...plan, timeline };
}
