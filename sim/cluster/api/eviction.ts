// Evictions: deletions of pods that their disruption budgets are asked about first.
import { budgetOf, isHealthy, selects } from '../disruption-budget.ts';
import { failures } from '../failure.ts';
import { isRecord, textAt } from '../json.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { deleteObject, type WriteCore } from '../store-writes.ts';
import { readDeletion } from './deletion.ts';
import { type ApiRequest, readObject } from './request.ts';
import { sendFailure, sendJson } from './respond.ts';

/** Pods that serve nobody: they go whatever budgets say. */
function isFree(pod: StoredObject): boolean {
  const phase = textAt(pod, 'status', 'phase');
  return pod.metadata.deletionTimestamp !== undefined || ['Pending', 'Succeeded', 'Failed'].includes(phase);
}

function refusal(core: WriteCore, pod: StoredObject): ApiFailure | null {
  if (isFree(pod)) return null;
  const { store } = core.admission(core.clock.wallMs());
  const { namespace = '' } = pod.metadata;
  const budgets = store
    .list('poddisruptionbudgets.policy', { namespace })
    .filter((budget) => selects(budget, pod));
  const [budget, second] = budgets;
  if (budget === undefined) return null;
  if (second !== undefined) {
    const message =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return { code: 500, reason: 'InternalError', message };
  }
  const { disruptionsAllowed, desiredHealthy, currentHealthy } = budgetOf(store, budget);
  const isUnhealthyAndSpare = !isHealthy(pod) && currentHealthy >= desiredHealthy;
  if (disruptionsAllowed > 0 || isUnhealthyAndSpare) return null;
  const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return {
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  };
}

export function serveEviction(core: WriteCore, request: ApiRequest): void {
  const { definition, namespace, name, reply, http } = request;
  if (http.method !== 'POST') {
    sendFailure(reply, failures.methodNotAllowed(definition));
    return;
  }
  const body = readObject(http);
  if (!body.ok) {
    sendFailure(reply, body.error);
    return;
  }
  const pod = core.store.get('pods', namespace, name!);
  if (pod === null) {
    sendFailure(reply, failures.notFound(definition, name!));
    return;
  }
  const refused = refusal(core, pod);
  if (refused !== null) {
    sendFailure(reply, refused);
    return;
  }
  const options = body.value['deleteOptions'];
  const deletion = readDeletion(isRecord(options) ? options : {}, request.query);
  if (!deletion.ok) {
    sendFailure(reply, deletion.error);
    return;
  }
  const result = deleteObject(core, definition, namespace, name!, deletion.value);
  if (result.ok) sendJson(reply, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  else sendFailure(reply, result.error);
}
