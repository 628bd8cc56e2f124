// Pods that are ill for a while and then well again, while the cluster takes them for ready all the time: what health checks
// of gateways are for. Visitors come before, meanwhile and after.

import type { MischiefKind } from '../pod/mischief.ts';
import type { Aim, AimedPlan, Fault } from './fault.ts';
import { pick } from './fault.ts';
import { misbehave } from './mischief.ts';
import { stepsOf } from './steps.ts';
import { aimAtPods, chosenPods, plannedApplications } from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

const always = 1_000_000;
const beginMs = 6_000;
const policies = 'kongupstreampolicies.configuration.konghq.com';

interface PolicySpec {
  readonly healthchecks?: { readonly active?: unknown };
}

/** Applications whose policy has health checks; `probed`: active ones. */
function checkedApplications(plan: AimedPlan, probed: boolean): readonly string[] {
  const policed = new Set(
    plan.objects.flatMap(({ resource, object: { metadata, spec } }) => {
      const { healthchecks } = (spec ?? {}) as PolicySpec;
      const isChecked = healthchecks !== undefined && (!probed || healthchecks.active !== undefined);
      return resource === policies && isChecked ? [`${metadata.namespace}/${metadata.name}`] : [];
    }),
  );
  return plannedApplications(plan).filter((application) => policed.has(`${application}-balancing`));
}

function sickness(id: string, name: string, summary: string, kind: MischiefKind, probed: boolean): Fault {
  return {
    id,
    name,
    summary,
    harms: ['pods', 'traffic'],
    lastsMsMax: 10_000,
    aim(draw, shape, plan) {
      const applications = checkedApplications(plan, probed);
      if (applications.length === 0) return null;
      const target = pick(applications, draw('application', 64));
      const comes: Aim = (what, below) => (what === 'visits' ? 1 : draw(what, below));
      const visits = aimVisits(comes, shape, plan, target);
      const parameters = { pods: aimAtPods(draw), sickMs: 2_200 + draw('sick', 800), ...visits };
      return {
        target,
        parameters: { ...parameters, visitMs: 80 + draw('visitors', 160), slow: false },
        // Early, so that there is time for being well again.
        atMs: beginMs + draw('begin', 1_000),
      };
    },
    begin(stage) {
      const { world, entry, record } = stage;
      const pods = chosenPods(world, entry.target, entry.parameters['pods']);
      const end = misbehave(world, pods, { kind, count: always, ms: 0, bytes: 0 }, () => record.hits++);
      const steps = stepsOf(stage);
      steps.after(Number(entry.parameters['sickMs']), end);
      const stop = letVisit(stage);
      return () => {
        steps.stop();
        stop();
        end();
      };
    },
  };
}

export const sicknessFaults: readonly Fault[] = [
  sickness(
    'X35',
    'pod-sick',
    'A pod of a service with health checks answers everything with 503 for some seconds, and is well again.',
    'fails',
    false,
  ),
  sickness(
    'X36',
    'pod-mute',
    'A pod that gateways probe takes requests and says nothing for some seconds, and is well again.',
    'says-nothing',
    true,
  ),
];
