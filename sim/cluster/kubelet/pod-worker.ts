// One pod on one node: starts its containers, watches over them, and takes it down step by step.
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Random } from '../../../src/ports/random.ts';
import type { Delays } from '../controllers/delays.ts';
import { delayOf } from '../controllers/delays.ts';
import type { EventRecorder } from '../controllers/events.ts';
import { type Container, type Pod, type Probe, portMapAnnotation } from '../controllers/kinds.ts';
import { keyOf } from '../controllers/queue.ts';
import type { PodRunner, RunningPod } from '../pod-runner.ts';
import type { ClusterStore } from '../store-api.ts';
import { type ContainerRecord, formatBackoff, newContainerRecord, nextBackoffMs } from './container-state.ts';
import { createInitRun, type InitRun } from './init-containers.ts';
import { phaseOf, podStatusOf } from './pod-status.ts';
import { type ProbeKind, startProber } from './prober.ts';
import { startTermination, type Termination } from './termination.ts';

export interface KubeletPorts {
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly runner: PodRunner;
  readonly events: EventRecorder;
  readonly delays: Delays | undefined;
  readonly hostAddress: string;
  /** The node reaches the API server. */
  online(): boolean;
}

export interface PodWorker {
  /** The pod object changed. */
  update(pod: Pod): void;
  /** Tells the API server how the pod is, whatever that knew. */
  resync(): void;
  /** The object is gone, or the node is: everything stops at once. */
  dispose(): void;
}

const runnerRetryMs = 1000;
const probeKinds: readonly ProbeKind[] = ['startup', 'liveness', 'readiness'];

function isOver(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

export function startPodWorker(ports: KubeletPorts, initial: Pod): PodWorker {
  return new Worker(ports, initial);
}

class Worker implements PodWorker {
  private readonly ports: KubeletPorts;
  private pod: Pod;
  private readonly containers: readonly ContainerRecord[];
  private readonly init: InitRun;
  private readonly startedMs: number;
  private readonly timers = new Set<Timer>();
  private running: RunningPod | null = null;
  private termination: Termination | null = null;
  private statusTimer: Timer | null = null;
  private disposed = false;
  /** What has to wait until the API server was told of the state before it. */
  private afterReport: (() => void)[] = [];

  constructor(ports: KubeletPorts, pod: Pod) {
    this.ports = ports;
    this.pod = pod;
    const reason = (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.containers = pod.spec.containers.map((spec) =>
      newContainerRecord(spec.name, spec.image ?? '', reason),
    );
    this.init = createInitRun({
      containers: pod.spec.initContainers ?? [],
      nowMs: () => ports.clock.wallMs(),
      tell: (message) => ports.events.normal(this.pod, 'Started', message),
      later: (run) => this.later(delayOf(ports.delays, 'container-start')(keyOf(this.pod)), run),
      onChange: () => this.reportSoon(),
    });
    this.startedMs = ports.clock.wallMs();
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.update(pod);
      return;
    }
    const pullMs = delayOf(ports.delays, 'image-pull')(keyOf(pod));
    this.later(pullMs, () => this.acquire());
    this.reportSoon();
  }

  update(pod: Pod): void {
    this.pod = pod;
    if (this.disposed) return;
    if (pod.metadata.deletionTimestamp === undefined) {
      // A readiness gate may have been set by someone else.
      if ((pod.spec.readinessGates ?? []).length > 0) this.reportSoon();
      return;
    }
    const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? 30;
    if (this.termination === null) this.terminate(graceSeconds);
    else this.termination.shorten(graceSeconds * 1000);
  }

  resync(): void {
    this.reportSoon();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const timer of this.timers) timer.cancel();
    this.statusTimer?.cancel();
    this.termination?.stop();
    for (const container of this.containers) {
      this.stopProbes(container, probeKinds);
      if (container.phase === 'running') this.running?.kill(container.name);
    }
    this.running?.dispose();
  }

  private later(delayMs: number, run: () => void): void {
    const timer = this.ports.clock.after(delayMs, () => {
      this.timers.delete(timer);
      if (!this.disposed) run();
    });
    this.timers.add(timer);
  }

  private acquire(): void {
    if (this.termination !== null) return;
    this.ports.runner.run(this.pod, (error, running) => {
      if (this.disposed || this.termination !== null) {
        running?.dispose();
        return;
      }
      if (running === null) {
        this.ports.events.warning(
          this.pod,
          'FailedCreatePodSandBox',
          `Failed to create pod sandbox: ${error}`,
        );
        this.later(runnerRetryMs, () => this.acquire());
        return;
      }
      this.running = running;
      this.publishPorts(running.portMap ?? {});
      this.reportSoon();
      this.init.start(() => {
        const startMs = delayOf(this.ports.delays, 'container-start')(keyOf(this.pod));
        for (const container of this.containers) this.later(startMs, () => this.start(container));
        this.reportSoon();
      });
    });
  }

  /** Ports that moved are told on the pod before its address is: endpoints must not point at the declared ones. */
  private publishPorts(portMap: Readonly<Record<string, number>>): void {
    if (Object.keys(portMap).length === 0) return;
    const { namespace, name } = this.pod.metadata;
    const annotations = { [portMapAnnotation]: JSON.stringify(portMap) };
    const result = this.ports.store.mergePatch('pods', namespace, name, { metadata: { annotations } });
    if (!result.ok) this.ports.events.warning(this.pod, 'FailedPortMap', result.error.message);
  }

  private specOf(container: ContainerRecord): Container {
    return this.pod.spec.containers.find((spec) => spec.name === container.name)!;
  }

  private start(container: ContainerRecord): void {
    if (this.termination !== null || this.running === null) return;
    const spec = this.specOf(container);
    const image = spec.image ?? '';
    this.ports.events.normal(this.pod, 'Pulled', `Container image "${image}" already present on machine`);
    container.run++;
    container.phase = 'running';
    container.startedMs = this.ports.clock.wallMs();
    container.started = false;
    container.ready = false;
    const run = container.run;
    this.running.startContainer(container.name, (exitCode) => this.ended(container, run, exitCode));
    if (container.run !== run || container.phase !== 'running') return;
    this.ports.events.normal(this.pod, 'Created', `Created container: ${container.name}`);
    this.ports.events.normal(this.pod, 'Started', `Started container ${container.name}`);
    this.later(this.noticeMs(), () => this.noticed(container, run));
    this.reportSoon();
  }

  private noticeMs(): number {
    return delayOf(this.ports.delays, 'container-notice')(keyOf(this.pod));
  }

  /** Only a container that the kubelet has seen running can be ready, and only then is it probed. */
  private noticed(container: ContainerRecord, run: number): void {
    if (container.run !== run || container.phase !== 'running') return;
    const spec = this.specOf(container);
    container.started = spec.startupProbe === undefined;
    container.ready = spec.readinessProbe === undefined && container.started;
    const kinds = this.termination === null ? probeKinds : (['readiness'] as const);
    container.probers = kinds.flatMap((kind) => this.probe(container, spec, kind));
    this.reportSoon();
  }

  private probe(container: ContainerRecord, spec: Container, kind: ProbeKind) {
    const probe: Probe | undefined =
      kind === 'readiness'
        ? spec.readinessProbe
        : kind === 'liveness'
          ? spec.livenessProbe
          : spec.startupProbe;
    if (probe === undefined) return [];
    const prober = startProber({
      kind,
      probe,
      clock: this.ports.clock,
      phaseDraw: this.ports.random.uint32(`kubelet/${keyOf(this.pod)}/${container.name}/${kind}`),
      enabled: () => kind === 'startup' || container.started,
      run: (what, done) => this.running?.probe(container.name, what, done),
      onFailure: (timedOut) => this.probeFailed(container, kind, timedOut),
      onChange: (ok) => this.probeTurned(container, kind, ok),
    });
    return [prober];
  }

  private probeFailed(container: ContainerRecord, kind: ProbeKind, timedOut: boolean): void {
    const name = `${kind[0]!.toUpperCase()}${kind.slice(1)}`;
    const why = timedOut
      ? 'no answer within the probe timeout'
      : 'the container refused or answered with an error';
    this.ports.events.warning(this.pod, 'Unhealthy', `${name} probe failed: ${container.name}: ${why}`);
  }

  private probeTurned(container: ContainerRecord, kind: ProbeKind, ok: boolean): void {
    if (container.phase !== 'running') return;
    if (kind === 'readiness') {
      container.ready = ok;
    } else if (kind === 'startup' && ok) {
      container.started = true;
      this.stopProbes(container, ['startup']);
      if (this.specOf(container).readinessProbe === undefined) container.ready = true;
      for (const prober of container.probers) prober.trigger();
    } else if (!ok && this.termination === null) {
      this.restartUnhealthy(container, kind);
    }
    this.reportSoon();
  }

  private restartUnhealthy(container: ContainerRecord, kind: ProbeKind): void {
    const message = `Container ${container.name} failed ${kind} probe, will be restarted`;
    this.ports.events.normal(this.pod, 'Killing', message);
    const run = container.run;
    this.stopProbes(container, probeKinds);
    container.ready = false;
    this.running?.terminate(container.name);
    const graceSeconds = this.pod.spec.terminationGracePeriodSeconds ?? 30;
    this.later(graceSeconds * 1000, () => this.kill(container, run));
  }

  private kill(container: ContainerRecord, run: number): void {
    if (container.run !== run || container.phase !== 'running') return;
    this.running?.kill(container.name);
    // A runner that reports the end itself has done so by now, or its late word is told apart by the run.
    this.exited(container, run, 137, this.ports.clock.wallMs());
  }

  private stopProbes(container: ContainerRecord, kinds: readonly ProbeKind[]): void {
    for (const prober of container.probers) if (kinds.includes(prober.kind)) prober.stop();
    container.probers = container.probers.filter((prober) => !kinds.includes(prober.kind));
  }

  /** The process is gone. Whoever stops a container waits for its end; any other end is noticed later. */
  private ended(container: ContainerRecord, run: number, exitCode: number): void {
    const finishedMs = this.ports.clock.wallMs();
    if (this.termination !== null) this.exited(container, run, exitCode, finishedMs);
    else this.later(this.noticeMs(), () => this.exited(container, run, exitCode, finishedMs));
  }

  private exited(container: ContainerRecord, run: number, exitCode: number, finishedMs: number): void {
    if (this.disposed || container.run !== run || container.phase !== 'running') return;
    this.stopProbes(container, probeKinds);
    container.phase = 'terminated';
    container.exitCode = exitCode;
    container.finishedMs = finishedMs;
    container.ready = false;
    container.started = false;
    this.reportSoon();
    if (this.termination !== null) {
      this.termination.exited(container.name);
      return;
    }
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    const again = policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
    // A kubelet tells of the end before it starts anew, so nobody can miss that the pod was not ready.
    if (again) this.afterReport.push(() => this.restart(container));
  }

  private restart(container: ContainerRecord): void {
    if (this.termination !== null) return;
    const { exitCode, startedMs, finishedMs } = container;
    const pauseMs = nextBackoffMs(container);
    container.lastRun = { exitCode, startedMs, finishedMs };
    if (pauseMs > 0) {
      container.phase = 'waiting';
      container.waitingReason = 'CrashLoopBackOff';
      const podName = `${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`;
      const pause = formatBackoff(pauseMs);
      container.waitingMessage = `back-off ${pause} restarting failed container=${container.name} pod=${podName}`;
      const message = `Back-off restarting failed container ${container.name} in pod ${podName}`;
      this.ports.events.warning(this.pod, 'BackOff', message);
      this.reportSoon();
    }
    this.later(pauseMs + delayOf(this.ports.delays, 'container-start')(keyOf(this.pod)), () => {
      if (this.termination !== null) return;
      container.restartCount++;
      this.start(container);
    });
  }

  private terminate(graceSeconds: number): void {
    for (const container of this.containers) this.stopProbes(container, ['liveness', 'startup']);
    const alive = this.containers.filter((container) => container.phase === 'running');
    for (const container of alive) {
      this.ports.events.normal(this.pod, 'Killing', `Stopping container ${container.name}`);
    }
    this.termination = startTermination({
      clock: this.ports.clock,
      graceMs: graceSeconds * 1000,
      containers: alive.map((container) => ({
        name: container.name,
        preStop: this.specOf(container).lifecycle?.preStop,
      })),
      terminate: (name) => this.running?.terminate(name),
      kill: (name) => {
        const container = this.containers.find((candidate) => candidate.name === name)!;
        this.kill(container, container.run);
      },
      onEnded: () => this.remove(),
    });
  }

  /** The last word about the pod, then the API server may forget it. */
  private remove(): void {
    if (this.disposed) return;
    if (!this.ports.online()) {
      this.later(runnerRetryMs, () => this.remove());
      return;
    }
    this.statusTimer?.cancel();
    this.init.stop();
    this.report();
    const { namespace, name, uid } = this.pod.metadata;
    const result = this.ports.store.delete('pods', namespace, name, { gracePeriodSeconds: 0, uid });
    if (!result.ok && result.error.reason !== 'NotFound' && result.error.reason !== 'Conflict') {
      this.later(runnerRetryMs, () => this.remove());
    }
  }

  private reportSoon(): void {
    if (this.statusTimer !== null || this.disposed) return;
    const delayMs = delayOf(this.ports.delays, 'kubelet-status')(keyOf(this.pod));
    this.statusTimer = this.ports.clock.after(delayMs, () => {
      this.statusTimer = null;
      this.report();
      for (const run of this.afterReport.splice(0)) if (!this.disposed) run();
    });
  }

  /** A node that is cut off tells when it is back. */
  private report(): void {
    if (this.disposed || !this.ports.online()) return;
    const { namespace, name, uid } = this.pod.metadata;
    const current = this.ports.store.get('pods', namespace, name);
    if (current === null || current.metadata.uid !== uid) return;
    this.pod = current as Pod;
    if (isOver(phaseOf(this.pod, this.containers, false))) this.init.stop();
    const ending = this.termination !== null;
    const status = podStatusOf({
      pod: this.pod,
      containers: this.containers,
      initContainers: this.init.containers,
      address: this.running?.address ?? '',
      hostAddress: this.ports.hostAddress,
      startedMs: this.startedMs,
      initialized: this.init.completed,
      ending,
      nowMs: this.ports.clock.wallMs(),
    });
    const result = this.ports.store.updateStatus('pods', { ...current, status });
    if (!result.ok) {
      if (result.error.reason !== 'NotFound') this.later(runnerRetryMs, () => this.reportSoon());
      return;
    }
    this.releaseIfDone();
  }

  /** A pod that ended by itself keeps its object but gives its address back. */
  private releaseIfDone(): void {
    if (this.termination !== null || this.running === null) return;
    if (!isOver(phaseOf(this.pod, this.containers, false))) return;
    this.running.dispose();
    this.running = null;
  }
}
