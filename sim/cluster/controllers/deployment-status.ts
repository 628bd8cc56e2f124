// A Deployment's status: counts, and the Available and Progressing conditions that `kubectl rollout status` reads.
import { sameJson } from '../json.ts';
import { formatTime, parseTimeMs } from '../timestamp.ts';
import type { Condition, Workload, WorkloadStatus } from './kinds.ts';
import { conditionOf, withCondition } from './pod-state.ts';

/** What Kubernetes takes for "no deadline". */
const noDeadlineSeconds = 2_147_483_647;
const defaultDeadlineSeconds = 600;

export interface RolloutFacts {
  readonly deployment: Workload;
  readonly newSet: Workload | null;
  readonly sets: readonly Workload[];
  readonly maxUnavailable: number;
  readonly nowMs: number;
  /** What this sync did to the new ReplicaSet, if anything. */
  readonly newSetChange: 'created' | 'found' | 'none' | 'failed';
  readonly failure: string | null;
  readonly collisionCount: number;
}

export interface RolloutStatus {
  readonly status: Readonly<Record<string, unknown>>;
  /** Look again then, because the progress deadline may have passed. */
  readonly againMs: number | null;
}

function sum(sets: readonly Workload[], member: 'replicas' | 'readyReplicas' | 'availableReplicas'): number {
  return sets.reduce((total, set) => total + (set.status?.[member] ?? 0), 0);
}

function deadlineSecondsOf(deployment: Workload): number | null {
  const seconds = deployment.spec['progressDeadlineSeconds'];
  if (seconds === noDeadlineSeconds) return null;
  return typeof seconds === 'number' ? seconds : defaultDeadlineSeconds;
}

/** Setting Progressing also stamps lastUpdateTime, from which the deadline counts; equal reason and status: unchanged. */
function withProgress(
  conditions: readonly Condition[],
  status: Condition['status'],
  reason: string,
  message: string,
  now: string,
  refresh = false,
): readonly Condition[] {
  const current = conditionOf(conditions, 'Progressing');
  if (!refresh && current?.status === status && current.reason === reason) return conditions;
  const next = withCondition(conditions, { type: 'Progressing', status, reason, message }, now);
  return next.map((condition) =>
    condition.type === 'Progressing' ? { ...condition, lastUpdateTime: now } : condition,
  );
}

function countsOf(facts: RolloutFacts): WorkloadStatus {
  const { deployment, newSet, sets } = facts;
  const replicas = sum(sets, 'replicas');
  const available = sum(sets, 'availableReplicas');
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum(sets, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, replicas - available),
  };
}

function isComplete(deployment: Workload, counts: WorkloadStatus): boolean {
  const replicas = deployment.spec.replicas ?? 1;
  return (
    counts.updatedReplicas === replicas &&
    counts.replicas === replicas &&
    counts.availableReplicas === replicas
  );
}

function hasProgressed(deployment: Workload, counts: WorkloadStatus): boolean {
  const old = deployment.status ?? {};
  const oldUpdated = old.updatedReplicas ?? 0;
  return (
    counts.updatedReplicas! > oldUpdated ||
    counts.replicas! - counts.updatedReplicas! < (old.replicas ?? 0) - oldUpdated ||
    counts.readyReplicas! > (old.readyReplicas ?? 0) ||
    counts.availableReplicas! > (old.availableReplicas ?? 0)
  );
}

function progressConditions(
  facts: RolloutFacts,
  counts: WorkloadStatus,
  deadlineSeconds: number,
  given: readonly Condition[],
): readonly Condition[] {
  const { deployment, newSet } = facts;
  const now = formatTime(facts.nowMs);
  const subject =
    newSet === null ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  let conditions = given;
  const current = conditionOf(conditions, 'Progressing');
  if (facts.newSetChange === 'created') {
    const message = `Created new replica set "${newSet?.metadata.name ?? ''}"`;
    conditions = withProgress(conditions, 'True', 'NewReplicaSetCreated', message, now);
  } else if (facts.newSetChange === 'failed') {
    conditions = withProgress(conditions, 'False', 'ReplicaSetCreateError', facts.failure ?? '', now);
  } else if (facts.newSetChange === 'found' || (current === undefined && newSet !== null)) {
    const message = `Found new replica set "${newSet?.metadata.name ?? ''}"`;
    conditions = withProgress(conditions, 'True', 'FoundNewReplicaSet', message, now);
  }
  if (deployment.spec['paused'] === true) {
    return withProgress(conditions, 'Unknown', 'DeploymentPaused', 'Deployment is paused', now);
  }
  if (current?.reason === 'DeploymentPaused') {
    return withProgress(conditions, 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now);
  }
  const settled = counts.replicas === counts.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (settled && facts.newSetChange === 'none') return conditions;
  if (isComplete(deployment, counts)) {
    const message = `${subject} has successfully progressed.`;
    return withProgress(conditions, 'True', 'NewReplicaSetAvailable', message, now);
  }
  if (hasProgressed(deployment, counts)) {
    return withProgress(conditions, 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now, true);
  }
  const latest = conditionOf(conditions, 'Progressing');
  const sinceMs = parseTimeMs(latest?.lastUpdateTime);
  const waiting = latest !== undefined && latest.reason !== 'NewReplicaSetAvailable' && sinceMs !== null;
  if (
    waiting &&
    latest.reason !== 'ProgressDeadlineExceeded' &&
    sinceMs + deadlineSeconds * 1000 < facts.nowMs
  ) {
    const message = `${subject} has timed out progressing.`;
    return withProgress(conditions, 'False', 'ProgressDeadlineExceeded', message, now);
  }
  return conditions;
}

/** The status to write after a sync. */
export function rolloutStatus(facts: RolloutFacts): RolloutStatus {
  const { deployment } = facts;
  const counts = countsOf(facts);
  const now = formatTime(facts.nowMs);
  const enough = counts.availableReplicas! >= (deployment.spec.replicas ?? 1) - facts.maxUnavailable;
  let conditions: readonly Condition[] = deployment.status?.conditions ?? [];
  const deadlineSeconds = deadlineSecondsOf(deployment);
  if (deadlineSeconds === null)
    conditions = conditions.filter((condition) => condition.type !== 'Progressing');
  else conditions = progressConditions(facts, counts, deadlineSeconds, conditions);
  const before = conditionOf(conditions, 'Available');
  const available: Condition = enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  if (before?.status !== available.status) {
    conditions = withCondition(conditions, available, now).map((condition) =>
      condition.type === 'Available' ? { ...condition, lastUpdateTime: now } : condition,
    );
  }
  const status = {
    ...Object.fromEntries(
      Object.entries(counts).filter(([name, value]) => name === 'observedGeneration' || value !== 0),
    ),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(facts.collisionCount === 0 ? {} : { collisionCount: facts.collisionCount }),
  };
  const changed = !sameJson(status, deployment.status ?? {});
  return { status, againMs: changed ? null : deadlineLeftMs(conditions, deadlineSeconds, facts.nowMs) };
}

function deadlineLeftMs(
  conditions: readonly Condition[],
  deadlineSeconds: number | null,
  nowMs: number,
): number | null {
  const progressing = conditionOf(conditions, 'Progressing');
  if (deadlineSeconds === null || progressing === undefined) return null;
  if (progressing.reason === 'NewReplicaSetAvailable' || progressing.reason === 'ProgressDeadlineExceeded')
    return null;
  if (progressing.reason === 'DeploymentPaused') return null;
  const sinceMs = parseTimeMs(progressing.lastUpdateTime);
  // One second more than the deadline: timestamps carry whole seconds.
  return sinceMs === null ? null : Math.max(1000, sinceMs + (deadlineSeconds + 1) * 1000 - nowMs);
}
