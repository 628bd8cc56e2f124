// metav1.DeleteOptions, out of a body and the query beside it.
import { isRecord } from '../json.ts';
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

export function readDeletion(given: Readonly<Record<string, unknown>>, query: URLSearchParams): Deletion {
  const grace =
    given['gracePeriodSeconds'] ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const policy = policyOf(given, query);
  const uid = textIn(given['preconditions'], 'uid');
  const resourceVersion = textIn(given['preconditions'], 'resourceVersion');
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    dryRun: query.get('dryRun') === 'All' || Array.isArray(given['dryRun']),
  };
}
