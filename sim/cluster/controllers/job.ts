// Job: enough pods at a time until enough have succeeded, or too many have failed.

import { formatTime, parseTimeMs } from '../timestamp.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  ownerKeys,
  ownKey,
  writeStatus,
} from './controller.ts';
import { asWorkload, type Condition, type Pod, type Workload } from './kinds.ts';
import { createPod, deletePod, ownedPods } from './pod-control.ts';
import { conditionOf, isActive, isReady } from './pod-state.ts';
import { splitKey } from './queue.ts';

const resource = 'jobs.batch';
const backoffBaseMs = 10_000;
const backoffMaxMs = 600_000;

export function startJobController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'job', sync);
  frame.watch(resource, ownKey);
  frame.watch('pods', ownerKeys('Job'));
  return frame;
}

function count(job: Workload, member: string, fallback: number): number {
  const value = job.spec[member];
  return typeof value === 'number' ? value : fallback;
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get(resource, namespace, name);
  if (object === null || object.metadata.deletionTimestamp !== undefined) return null;
  const job = asWorkload(object);
  const ended = ['Complete', 'Failed'].some(
    (type) => conditionOf(job.status?.conditions, type)?.status === 'True',
  );
  if (ended) return expire(frame, key, job);
  const pods = ownedPods(frame.store, job, undefined);
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed').length;
  const active = pods.filter(isActive);
  const outcome = outcomeOf(job, succeeded, failed, active, frame.clock.wallMs());
  let failure: string | null = null;
  if (outcome !== null || job.spec['suspend'] === true) {
    for (const pod of active) failure = deletePod(frame, job, pod) ?? failure;
  } else failure = fill(frame, key, job, pods, succeeded, active.length);
  const now = ownedPods(frame.store, job, undefined).filter(isActive);
  return (
    writeStatus(frame.store, resource, job, statusOf(frame, job, now, succeeded, failed, outcome)) ?? failure
  );
}

/** `ttlSecondsAfterFinished`: the job goes by itself, its pods with it. */
function expire(frame: ControllerFrame, key: string, job: Workload): string | null {
  const seconds = job.spec['ttlSecondsAfterFinished'];
  if (typeof seconds !== 'number') return null;
  const finished = (job.status?.conditions ?? []).find((condition) => condition.status === 'True');
  const endMs = (parseTimeMs(finished?.lastTransitionTime) ?? 0) + seconds * 1000;
  const leftMs = endMs - frame.clock.wallMs();
  if (leftMs <= 0) return deleteObject(frame.store, resource, job);
  frame.queue.addAfter(key, leftMs);
  return null;
}

/** A finished job's condition, or null while there is work left. */
function outcomeOf(
  job: Workload,
  succeeded: number,
  failed: number,
  active: readonly Pod[],
  nowMs: number,
): Pick<Condition, 'type' | 'reason' | 'message'> | null {
  const wanted = typeof job.spec['completions'] === 'number' ? count(job, 'completions', 1) : null;
  if (wanted === null ? succeeded > 0 && active.length === 0 : succeeded >= wanted) {
    return {
      type: 'Complete',
      reason: 'CompletionsReached',
      message: 'Reached expected number of succeeded pods',
    };
  }
  if (failed > count(job, 'backoffLimit', 6)) {
    return {
      type: 'Failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    };
  }
  const startedMs = parseTimeMs(job.status?.['startTime'] as string | undefined);
  const deadline = job.spec['activeDeadlineSeconds'];
  if (typeof deadline === 'number' && startedMs !== null && startedMs + deadline * 1000 <= nowMs) {
    return {
      type: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    };
  }
  return null;
}

function fill(
  frame: ControllerFrame,
  key: string,
  job: Workload,
  pods: readonly Pod[],
  succeeded: number,
  active: number,
): string | null {
  const parallelism = count(job, 'parallelism', 1);
  const openEnded = typeof job.spec['completions'] !== 'number';
  const left = openEnded ? (succeeded > 0 ? 0 : parallelism) : count(job, 'completions', 1) - succeeded;
  const missing = Math.min(parallelism, left) - active;
  const deadline = job.spec['activeDeadlineSeconds'];
  if (typeof deadline === 'number' && job.status?.['startTime'] === undefined) {
    frame.queue.addAfter(key, deadline * 1000 + 1000);
  }
  if (missing <= 0) return null;
  const waitMs = backoffLeftMs(pods, frame.clock.wallMs());
  if (waitMs > 0) {
    frame.queue.addAfter(key, waitMs);
    return null;
  }
  const labels = {
    'batch.kubernetes.io/job-name': job.metadata.name,
    'batch.kubernetes.io/controller-uid': job.metadata.uid ?? '',
    'job-name': job.metadata.name,
  };
  for (let i = 0; i < missing; i++) {
    const created = createPod(frame, job, job.spec.template, { labels });
    if (!created.ok) return created.error.message;
  }
  return null;
}

/** After the n-th failure the next pod waits 10 s doubled n-1 times, from when the last one failed. */
function backoffLeftMs(pods: readonly Pod[], nowMs: number): number {
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed');
  if (failed.length === 0) return 0;
  const lastMs = Math.max(...failed.map(finishedMs));
  return lastMs + Math.min(backoffBaseMs * 2 ** (failed.length - 1), backoffMaxMs) - nowMs;
}

function finishedMs(pod: Pod): number {
  const times = (pod.status?.containerStatuses ?? []).map((status) => {
    const ended = status.state?.['terminated'] as { finishedAt?: string } | undefined;
    return parseTimeMs(ended?.finishedAt) ?? 0;
  });
  return Math.max(0, ...times);
}

function statusOf(
  frame: ControllerFrame,
  job: Workload,
  active: readonly Pod[],
  succeeded: number,
  failed: number,
  outcome: Pick<Condition, 'type' | 'reason' | 'message'> | null,
): Readonly<Record<string, unknown>> {
  const now = formatTime(frame.clock.wallMs());
  const ready = active.filter(isReady).length;
  const condition = { ...outcome, status: 'True', lastProbeTime: now, lastTransitionTime: now };
  const conditions = [...(job.status?.conditions ?? []), ...(outcome === null ? [] : [condition])];
  if (outcome?.type === 'Complete') frame.events.normal(job, 'Completed', 'Job completed');
  else if (outcome !== null) frame.events.warning(job, outcome.reason ?? 'Failed', outcome.message ?? '');
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    startTime: job.status?.['startTime'] ?? now,
    ...(outcome?.type === 'Complete' ? { completionTime: now } : {}),
    ...(active.length === 0 ? {} : { active: active.length }),
    ready,
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    uncountedTerminatedPods: {},
  };
}
