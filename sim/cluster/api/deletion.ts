// metav1.DeleteOptions, out of a body and the query beside it.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { type FieldCause, failures } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { isRecord } from '../json.ts';
import type { ApiFailure } from '../store-api.ts';
import type { Deletion } from '../store-writes.ts';

function textIn(record: unknown, member: string): string | undefined {
  const value = isRecord(record) ? record[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** `orphanDependents` is how clients said it before there was a policy. */
function policyOf(given: Readonly<Record<string, unknown>>, query: URLSearchParams): string | undefined {
  const policy = textIn(given, 'propagationPolicy') ?? query.get('propagationPolicy');
  if (policy !== null) return policy;
  const orphan = given['orphanDependents'] ?? query.get('orphanDependents');
  if (orphan === undefined || orphan === null) return undefined;
  return orphan === true || orphan === 'true' ? 'Orphan' : 'Background';
}

const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

function deletionProblem(
  given: Readonly<Record<string, unknown>>,
  policy: string | undefined,
): ApiFailure | null {
  const causes: FieldCause[] = [];
  const both = given['orphanDependents'] !== undefined && textIn(given, 'propagationPolicy') !== undefined;
  if (both) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    causes.push(fieldErrors.invalid('propagationPolicy', policy, why));
  }
  if (policy !== undefined && !policies.slice(0, 3).includes(policy))
    causes.push(fieldErrors.unsupported('propagationPolicy', policy, policies));
  const subject = { group: 'meta.k8s.io', plural: 'deleteoptions', kind: 'DeleteOptions' };
  return causes.length === 0 ? null : failures.invalid(subject, '', causes);
}

export function readDeletion(
  given: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
): Result<Deletion, ApiFailure> {
  const grace =
    given['gracePeriodSeconds'] ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const policy = policyOf(given, query);
  const uid = textIn(given['preconditions'], 'uid');
  const resourceVersion = textIn(given['preconditions'], 'resourceVersion');
  const problem = deletionProblem(given, policy);
  if (problem !== null) return fail(problem);
  return ok({
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    dryRun: query.get('dryRun') === 'All' || Array.isArray(given['dryRun']),
  });
}
