// The pod status a kubelet reports, made from what it remembers of the containers.
import type { Condition, ContainerStatus, Pod, PodStatus } from '../controllers/kinds.ts';
import { conditionOf, withCondition } from '../controllers/pod-state.ts';
import { formatTime } from '../timestamp.ts';
import type { ContainerRecord } from './container-state.ts';

function exitReason(exitCode: number): string {
  return exitCode === 0 ? 'Completed' : 'Error';
}

function terminatedState(run: {
  readonly exitCode: number;
  readonly startedMs: number;
  readonly finishedMs: number;
}): Readonly<Record<string, unknown>> {
  return {
    terminated: {
      exitCode: run.exitCode,
      reason: exitReason(run.exitCode),
      startedAt: formatTime(run.startedMs),
      finishedAt: formatTime(run.finishedMs),
    },
  };
}

function stateOf(container: ContainerRecord): Readonly<Record<string, unknown>> {
  if (container.phase === 'running') return { running: { startedAt: formatTime(container.startedMs) } };
  if (container.phase === 'terminated') return terminatedState(container);
  const message = container.waitingMessage === '' ? {} : { message: container.waitingMessage };
  return { waiting: { reason: container.waitingReason, ...message } };
}

export function containerStatusOf(container: ContainerRecord, podUid: string): ContainerStatus {
  const image = container.image === '' ? 'none' : container.image;
  return {
    name: container.name,
    image,
    imageID: '',
    containerID: container.run === 0 ? '' : `tidegate://${podUid}/${container.name}/${container.run}`,
    ready: container.ready,
    started: container.phase === 'running' && container.started,
    restartCount: container.restartCount,
    state: stateOf(container),
    lastState: container.lastRun === null ? {} : terminatedState(container.lastRun),
  };
}

/** All done: Succeeded or Failed; else Running once every container ran; else Pending. */
export function phaseOf(pod: Pod, containers: readonly ContainerRecord[], ending: boolean): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const ended = containers.every((container) => container.phase === 'terminated');
  if (ended && containers.length > 0) {
    const failed = containers.some((container) => container.exitCode !== 0);
    if (ending || policy === 'Never' || (policy === 'OnFailure' && !failed))
      return failed ? 'Failed' : 'Succeeded';
  }
  return containers.every((container) => container.run > 0) ? 'Running' : 'Pending';
}

export interface StatusFacts {
  readonly pod: Pod;
  readonly containers: readonly ContainerRecord[];
  readonly initContainers: readonly ContainerRecord[];
  readonly address: string;
  readonly hostAddress: string;
  readonly startedMs: number;
  readonly initialized: boolean;
  /** Terminating or ended for good: no container will be started again. */
  readonly ending: boolean;
  readonly nowMs: number;
}

function readyCondition(facts: StatusFacts, phase: string): readonly [Condition, Condition] {
  const done = phase === 'Succeeded' || phase === 'Failed';
  const unready = facts.containers.filter((container) => !container.ready).map((container) => container.name);
  const containersReady: Condition = done
    ? { type: 'ContainersReady', status: 'False', reason: phase === 'Failed' ? 'PodFailed' : 'PodCompleted' }
    : unready.length > 0
      ? {
          type: 'ContainersReady',
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        }
      : { type: 'ContainersReady', status: 'True' };
  if (containersReady.status !== 'True') return [containersReady, { ...containersReady, type: 'Ready' }];
  const missing = (facts.pod.spec.readinessGates ?? [])
    .map((gate) => gate.conditionType)
    .filter((type) => conditionOf(facts.pod.status?.conditions, type)?.status !== 'True');
  if (missing.length === 0) return [containersReady, { type: 'Ready', status: 'True' }];
  const message = missing.map(
    (type) => `corresponding condition of pod readiness gate "${type}" does not exist.`,
  );
  return [
    containersReady,
    { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: message.join(' ') },
  ];
}

function initializedCondition(facts: StatusFacts): Condition {
  if (facts.initialized) return { type: 'Initialized', status: 'True' };
  const incomplete = facts.initContainers.filter((container) => !container.ready);
  return {
    type: 'Initialized',
    status: 'False',
    reason: 'ContainersNotInitialized',
    ...(incomplete.length === 0
      ? {}
      : {
          message: `containers with incomplete status: [${incomplete.map((container) => container.name).join(' ')}]`,
        }),
  };
}

/** Conditions of other writers (readiness gates, PodScheduled) stay as they are. */
export function podStatusOf(facts: StatusFacts): PodStatus {
  const { pod, containers } = facts;
  const now = formatTime(facts.nowMs);
  const phase = phaseOf(pod, containers, facts.ending);
  const [containersReady, ready] = readyCondition(facts, phase);
  const initialized = initializedCondition(facts);
  const statuses = (records: readonly ContainerRecord[]): readonly ContainerStatus[] =>
    records.map((container) => containerStatusOf(container, pod.metadata.uid ?? ''));
  let conditions = pod.status?.conditions;
  conditions = withCondition(conditions, initialized, now);
  conditions = withCondition(conditions, ready, now);
  conditions = withCondition(conditions, containersReady, now);
  if (conditionOf(conditions, 'PodScheduled') === undefined) {
    conditions = withCondition(conditions, { type: 'PodScheduled', status: 'True' }, now);
  }
  return {
    ...pod.status,
    phase,
    conditions,
    hostIP: facts.hostAddress,
    ...(facts.address === '' ? {} : { podIP: facts.address, podIPs: [{ ip: facts.address }] }),
    startTime: formatTime(facts.startedMs),
    ...(facts.initContainers.length === 0 ? {} : { initContainerStatuses: statuses(facts.initContainers) }),
    containerStatuses: statuses(containers),
    qosClass: pod.status?.['qosClass'] ?? 'BestEffort',
  };
}
