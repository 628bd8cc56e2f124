// P30: eventually stable reconciliation. Whenever the cluster has been quiet for long enough, and nothing was in the way,
// every worker serves what the objects ask for, and statuses say so; the expectation comes from the independent reference.
import type { Evidence } from '../evidence/evidence.ts';
import { all, isOurs } from '../reference/objects.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { configsById, differences, objectsAt, workersAt } from './reading/agreement.ts';
import { createPast, type Past } from './reading/past.ts';
import { endsSettled, quietMoments } from './reading/quiet.ts';

/** What the workers serve at a quiet moment that they should not, and whose Ingress it is. */
export function wrongServed(
  evidence: Evidence,
  circumstances: Circumstances,
  past: Past,
  atUs: number,
): readonly { readonly ingress: string; readonly violation: Violation }[] {
  const configs = configsById(evidence);
  const objects = objectsAt(past, past.versionAt(atUs));
  const served = new Set(workersAt(evidence, circumstances, atUs).filter((id) => id !== ''));
  return [...served].flatMap((id) => {
    const config = configs.get(id);
    if (config === undefined) return [];
    return differences(config, objects).map(({ message, about, ingress }) => ({
      ingress,
      violation: { atUs, message: `in a quiet cluster ${message}`, witnesses: [about] },
    }));
  });
}

/** A few of them are enough. */
export function wrongAt(
  evidence: Evidence,
  circumstances: Circumstances,
  past: Past,
  atUs: number,
): readonly Violation[] {
  return wrongServed(evidence, circumstances, past, atUs)
    .slice(0, 3)
    .map(({ violation }) => violation);
}

interface StatusLike {
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
}

/** Ingresses of ours whose status has no address although a controller has had the time to write it. */
export function withoutStatus({ objects }: Pick<Circumstances, 'objects'>): readonly string[] {
  return all(objects, 'ingresses.networking.k8s.io')
    .filter((ingress) => isOurs(objects, ingress, ingress.spec?.ingressClassName))
    .filter((ingress) => ((ingress as StatusLike).status?.loadBalancer?.ingress ?? []).length === 0)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function lateWorkers(evidence: Evidence, circumstances: Circumstances, atUs: number): readonly Violation[] {
  const without = workersAt(evidence, circumstances, atUs).filter((id) => id === '').length;
  if (without === 0) return [];
  return [{ atUs, message: `${without} workers serve no config in the end`, witnesses: [] }];
}

export const converges: Property = {
  id: 'P30',
  name: 'everything comes to what the objects ask for',
  promise:
    'Once the cluster is quiet, every worker serves exactly what its objects ask for, and their status says so.',
  type: 'liveness',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    const moments = quietMoments(evidence, circumstances);
    const violations = moments.flatMap((atUs) => wrongAt(evidence, circumstances, past, atUs));
    let premises = moments.length;
    if (endsSettled(evidence, circumstances)) {
      const { endUs } = circumstances;
      premises++;
      violations.push(
        ...lateWorkers(evidence, circumstances, endUs),
        ...wrongAt(evidence, circumstances, past, endUs),
        ...withoutStatus(circumstances).map((key) => ({
          atUs: endUs,
          message: `Ingress ${key} has no address in its status in the end`,
          witnesses: [`ingresses ${key}`],
        })),
      );
    }
    return { premises, violations };
  },
};
