// One more pod for a Service that wants slow start, while many ask for it.
import { slowStartAnnotation } from '../reference/balancing.ts';
import { type Aim, type AimedPlan, type Fault, pick } from './fault.ts';
import { stepsOf } from './steps.ts';
import { deployments, plannedApplications, splitTarget } from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

/** Those that no policy speaks of: in turn, and without health checks. */
function plainApplications(plan: AimedPlan): readonly string[] {
  const plain = new Set(
    plan.objects.flatMap(({ resource, object: { metadata, spec } }) =>
      resource === 'services' &&
      spec?.['selector'] !== undefined &&
      metadata.annotations?.['konghq.com/upstream-policy'] === undefined
        ? [`${metadata.namespace}/${metadata.name}`]
        : [],
    ),
  );
  return plannedApplications(plan).filter((application) => plain.has(application));
}

const slowNewcomer: Fault = {
  id: 'X40',
  name: 'slow-newcomer',
  summary: 'A Service wants slow start, its application gets one more pod, and many ask for it meanwhile.',
  harms: [],
  lastsMsMax: 12_000,
  isChange: true,
  aim(draw, shape, plan) {
    const applications = plainApplications(plan);
    if (applications.length === 0) return null;
    const target = pick(applications, draw('application', 64));
    const comes: Aim = (what, below) => (what === 'visits' ? 1 : draw(what, below));
    const visits = aimVisits(comes, shape, plan, target);
    const parameters = { seconds: 2 + draw('seconds', 4), ...visits };
    return { target, parameters: { ...parameters, visitMs: 30 + draw('visitors', 60), slow: false } };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { store } = world.cluster.api;
    const [namespace, name] = splitTarget(entry.target);
    const ask = (value: string | null): boolean =>
      store.mergePatch('services', namespace, name, {
        metadata: { annotations: { [slowStartAnnotation]: value } },
      }).ok;
    const grow = (by: number): boolean => {
      const replicas = Number(store.get(deployments, namespace, name)?.spec?.['replicas'] ?? 1);
      // Nobody is new where nobody is there.
      if (replicas + by < 1 || (by > 0 && replicas < 1)) return false;
      return store.mergePatch(deployments, namespace, name, { spec: { replicas: replicas + by } }).ok;
    };
    const steps = stepsOf(stage);
    const before =
      store.get('services', namespace, name)?.metadata.annotations?.[slowStartAnnotation] ?? null;
    let hasGrown = false;
    if (ask(`${entry.parameters['seconds']}s`)) record.hits++;
    steps.after(500, () => {
      hasGrown = grow(1);
      if (hasGrown) record.hits++;
    });
    const stop = letVisit(stage);
    return () => {
      steps.stop();
      stop();
      ask(before);
      if (hasGrown) grow(-1);
    };
  },
};

export const newcomerFaults: readonly Fault[] = [slowNewcomer];
