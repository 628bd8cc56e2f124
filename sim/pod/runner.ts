// Runs pods as pod servers: on real loopback addresses in `dev` and `cluster`, on simulated hosts in virtual time.
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Tcp } from '../../src/ports/tcp.ts';
import { asPod, type Container, type Pod, type Probe } from '../cluster/controllers/kinds.ts';
import type { PodRunner, RunningPod } from '../cluster/pod-runner.ts';
import { type AddressPool, createAddressPool } from './addresses.ts';
import { containerPorts, type PortPlan, planPorts, podPorts } from './port-plan.ts';
import { callProbe } from './probe-call.ts';
import type { Receipt } from './receipts.ts';
import { createPodServer, type PodServer, type TakenRequest } from './server.ts';

export interface PodRunnerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The byte streams of the node: probes and, without `tcpFor`, all pods. */
  readonly tcp: Tcp;
  /** Byte streams of the host with that address, where each pod is a host of its own. */
  readonly tcpFor?: (address: string, pod: string) => Tcp;
  /** Default: 127.1.0.1 and up, released ones last. */
  readonly addresses?: AddressPool;
  /** Further ports a pod must answer on, such as numeric targetPorts that its containers do not declare. */
  readonly extraPorts?: (pod: Pod) => readonly number[];
  /** What answers name as their service. Default: the pod's `app` label. */
  readonly serviceOf?: (pod: Pod) => string;
  /** Hears of every request that a pod took. */
  readonly onRequest?: (pod: Pod, address: string, taken: TakenRequest) => (kind: string) => void;
}

export interface PodServerRunner extends PodRunner {
  /** Receipts of all pods, also of those that are gone, by 'namespace/name'; the oldest pods are forgotten. */
  receipts(): ReadonlyMap<string, readonly Receipt[]>;
  /** Requests answered by all pods since the start. */
  readonly requestCount: number;
  /** The pod of that name that runs, or ran last, for logs. */
  find(namespace: string, pod: string): RunningPod | null;
  /** Servers of the pod's containers, in their present runs. */
  servers(namespace: string, pod: string): readonly PodServer[];
  /** Ends all pods at once, for a program that ends. */
  killAll(): void;
}

/** Pods that are gone and whose receipts are still kept. */
const departedMax = 2000;
/** Pods that went last, whose logs somebody may still be reading. */
const recentMax = 100;

export function createPodRunner(options: PodRunnerOptions): PodServerRunner {
  const pool = options.addresses ?? createAddressPool({ prefix: '127.1' });
  const live = new Set<PodProcess>();
  const departed = new Map<string, readonly Receipt[]>();
  const recent: PodProcess[] = [];
  let departedCount = 0;

  function forget(running: PodProcess): void {
    if (!live.delete(running)) return;
    departed.set(running.key, [...(departed.get(running.key) ?? []), ...running.receipts()]);
    departedCount += running.requestCount();
    recent.push(running);
    if (recent.length > recentMax) recent.shift();
    if (departed.size > departedMax) departed.delete(departed.keys().next().value!);
  }

  return {
    run(object, done) {
      const pod = asPod(object);
      const ports = podPorts(pod, options.extraPorts?.(pod) ?? []);
      const started = (plan: PortPlan) => {
        const running = new PodProcess(options, pod, plan, forget);
        live.add(running);
        done(null, running);
      };
      if (options.tcpFor !== undefined) {
        const address = pool.take();
        if (address === null) done('no pod address is free', null);
        else started({ address, moved: new Map(), release: () => pool.release(address) });
        return;
      }
      planPorts(options.tcp, pool, ports, (error, plan) => {
        if (plan === null) done(error, null);
        else started(plan);
      });
    },
    receipts() {
      const all = new Map(departed);
      for (const running of live)
        all.set(running.key, [...(all.get(running.key) ?? []), ...running.receipts()]);
      return all;
    },
    get requestCount() {
      let count = departedCount;
      for (const running of live) count += running.requestCount();
      return count;
    },
    find(namespace, pod) {
      const key = `${namespace}/${pod}`;
      let found: PodProcess | null = null;
      for (const running of live) if (running.key === key) found = running;
      return found ?? recent.findLast((running) => running.key === key) ?? null;
    },
    servers(namespace, pod) {
      for (const running of live) if (running.key === `${namespace}/${pod}`) return running.current();
      return [];
    },
    killAll() {
      for (const running of [...live]) running.dispose();
    },
  };
}

const formerRunsMax = 20;

class PodProcess implements RunningPod {
  readonly key: string;
  readonly address: string;
  readonly portMap: Readonly<Record<string, number>>;
  private readonly options: PodRunnerOptions;
  private readonly pod: Pod;
  private readonly plan: PortPlan;
  private readonly tcp: Tcp;
  private readonly onGone: (running: PodProcess) => void;
  private readonly servers = new Map<string, PodServer>();
  /** Ended runs, kept for their receipts; of each container the latest few. */
  private readonly former = new Map<string, PodServer[]>();
  /** Log lines of runs that are kept no more, so that those that follow keep their numbers. */
  private readonly forgottenLines = new Map<string, number>();

  constructor(options: PodRunnerOptions, pod: Pod, plan: PortPlan, onGone: (running: PodProcess) => void) {
    this.options = options;
    this.pod = pod;
    this.plan = plan;
    this.onGone = onGone;
    this.key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    this.address = plan.address;
    this.portMap = Object.fromEntries([...plan.moved].map(([declared, real]) => [String(declared), real]));
    this.tcp = options.tcpFor?.(plan.address, pod.metadata.name) ?? options.tcp;
  }

  startContainer(name: string, onExit: (exitCode: number) => void): void {
    const spec = this.pod.spec.containers.find((container) => container.name === name);
    if (spec === undefined) {
      onExit(128);
      return;
    }
    const before = this.servers.get(name);
    if (before !== undefined) {
      const runs = [...(this.former.get(name) ?? []), before];
      const forgotten = runs.slice(0, -formerRunsMax);
      this.former.set(name, runs.slice(-formerRunsMax));
      for (const run of forgotten)
        this.forgottenLines.set(name, (this.forgottenLines.get(name) ?? 0) + run.logLines(0).next);
    }
    const declared = [...containerPorts(this.pod, name), ...this.extraPortsOf(name)];
    const { onRequest } = this.options;
    const server = createPodServer({
      clock: this.options.clock,
      random: this.options.random,
      tcp: this.tcp,
      host: this.address,
      ports: [...new Set(declared)].map((port) => this.plan.moved.get(port) ?? port),
      identity: {
        pod: this.pod.metadata.name,
        namespace: this.pod.metadata.namespace ?? '',
        service: this.options.serviceOf?.(this.pod) ?? this.pod.metadata.labels?.['app'] ?? '',
        node: this.pod.spec.nodeName ?? '',
        uid: this.pod.metadata.uid ?? '',
      },
      environment: environmentOf(this.pod, spec),
      healthPaths: healthPathsOf(spec),
      onExit,
      ...(onRequest === undefined
        ? {}
        : { onRequest: (taken: TakenRequest) => onRequest(this.pod, this.address, taken) }),
    });
    this.servers.set(name, server);
    server.start((error) => {
      if (error === null) return;
      this.options.log.warn('a pod could not listen', { pod: this.key, container: name, error });
      server.kill();
      onExit(1);
    });
  }

  terminate(name: string): void {
    this.servers.get(name)?.terminate();
  }

  kill(name: string): void {
    this.servers.get(name)?.kill();
  }

  probe(name: string, probe: Readonly<Record<string, unknown>>, done: (ok: boolean) => void): void {
    const { httpGet, tcpSocket } = probe as Probe;
    const grpc = probe['grpc'] as { readonly port: number } | undefined;
    const wanted = httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
    const declared = typeof wanted === 'string' ? this.namedPort(name, wanted) : wanted;
    if (wanted === undefined) {
      // exec: there is no program to run, so it succeeds while the container lives.
      done(true);
      return;
    }
    if (declared === undefined) {
      done(false);
      return;
    }
    const port = this.plan.moved.get(declared) ?? declared;
    // Pods speak no TLS: an HTTPS probe is judged by its connection.
    const plain = httpGet !== undefined && (httpGet.scheme ?? 'HTTP').toUpperCase() === 'HTTP';
    const headers = (
      (httpGet as { httpHeaders?: readonly { name: string; value: string }[] } | undefined)?.httpHeaders ?? []
    ).map(({ name: header, value }) => [header, value] as const);
    const request = plain ? { path: httpGet.path ?? '/', headers } : null;
    callProbe(this.options.tcp, this.options.clock, { host: this.address, port, request }, done);
  }

  logs(name: string, previous = false): string {
    const server = previous ? this.former.get(name)?.at(-1) : this.servers.get(name);
    return server?.logs() ?? '';
  }

  logLines(name: string, from: number): { readonly lines: readonly string[]; readonly next: number } {
    const server = this.servers.get(name);
    const runs = [...(this.former.get(name) ?? []), ...(server === undefined ? [] : [server])];
    const lines: string[] = [];
    let next = this.forgottenLines.get(name) ?? 0;
    for (const run of runs) {
      const part = run.logLines(Math.max(0, from - next));
      lines.push(...part.lines);
      next += part.next;
    }
    return { lines, next };
  }

  dispose(): void {
    this.onGone(this);
    let left = this.servers.size;
    if (left === 0) this.plan.release();
    for (const server of this.servers.values()) {
      server.kill(() => {
        if (--left === 0) this.plan.release();
      });
    }
  }

  receipts(): readonly Receipt[] {
    return this.runs().flatMap((server) => server.receipts());
  }

  requestCount(): number {
    return this.runs().reduce((sum, server) => sum + server.receiptCount, 0);
  }

  current(): readonly PodServer[] {
    return [...this.servers.values()];
  }

  private runs(): readonly PodServer[] {
    return [...[...this.former.values()].flat(), ...this.servers.values()];
  }

  private namedPort(containerName: string, portName: string): number | undefined {
    const container = this.pod.spec.containers.find((candidate) => candidate.name === containerName);
    return container?.ports?.find((port) => port.name === portName)?.containerPort;
  }

  /** Ports nobody declared belong to the first container. */
  private extraPortsOf(name: string): readonly number[] {
    if (this.pod.spec.containers[0]?.name !== name) return [];
    const declared = new Set(
      this.pod.spec.containers.flatMap((container) => containerPorts(this.pod, container.name)),
    );
    return (this.options.extraPorts?.(this.pod) ?? []).filter((port) => !declared.has(port));
  }
}

const jobRunMs = '1000';

function environmentOf(pod: Pod, container: Container): Readonly<Record<string, string | undefined>> {
  const environment: Record<string, string | undefined> = {};
  // What runs to completion has to complete; what a Job's image would do is not known.
  if ((pod.spec.restartPolicy ?? 'Always') !== 'Always') environment['POD_EXIT_AFTER_MS'] = jobRunMs;
  for (const variable of container.env ?? []) environment[variable.name] = variable.value;
  return environment;
}

/** Probed paths answer by health, except '/': that is a page. */
function healthPathsOf(container: Container): readonly string[] {
  return [container.readinessProbe, container.livenessProbe, container.startupProbe]
    .map((probe) => probe?.httpGet?.path?.split('?')[0] ?? '')
    .filter((path) => path.startsWith('/') && path !== '/');
}
