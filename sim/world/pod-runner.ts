// Pods as hosts: each pod's server listens on a machine of its own, with the pod's address, and can crash like any host.
import type { Tcp } from '../../src/ports/tcp.ts';
import type { PodRunner, RunningPod } from '../cluster/pod-runner.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { ReceiptRecord } from '../evidence/evidence.ts';
import { createHost, type Host, type HostEnv, type HostWorld } from '../hosts/host.ts';
import { createAddressPool } from '../pod/addresses.ts';
import type { Receipt } from '../pod/receipts.ts';
import { createPodRunner } from '../pod/runner.ts';
import type { PodServer, TakenRequest } from '../pod/server.ts';
import type { WorldSeams } from './seams.ts';

export interface WorldPods {
  /** Names of the pods that run, as 'namespace/name', in order of start on their node. */
  names(): readonly string[];
  /** The process dies; its kubelet hears of it as of any container that ended. */
  crash(pod: string): void;
  /** Its machine is gone without a word; the kubelet hears of it when the returned call is made. */
  losePower(pod: string): () => void;
  /** Servers of its containers, to make them misbehave; none when it does not run. */
  servers(pod: string): readonly PodServer[];
  /** A server of it listens: the process is there. */
  isUp(pod: string): boolean;
  /** Where the pod runs; null when it does not. */
  addressOf(pod: string): string | null;
  /** Name of the pod's machine in the network; null when it does not run. */
  machineOf(pod: string): string | null;
  receipts(): ReadonlyMap<string, readonly Receipt[]>;
}

const crashExitCode = 137;

/** One pod's machine over the lives of its containers. */
interface PodHost {
  readonly host: Host;
  readonly tcp: Tcp;
  readonly exits: Map<string, (exitCode: number) => void>;
  start(): void;
  release(): void;
}

function createPodHost(world: HostWorld, pod: string, address: string): PodHost {
  const host = createHost(world, { name: `pod ${pod}`, machine: `pod ${pod} ${address}` });
  world.network.attach(host.machine, address);
  let env: HostEnv = host.launch();
  return {
    host,
    exits: new Map(),
    tcp: {
      listen: (options, accept, done) => env.tcp.listen(options, accept, done),
      connect: (to, port, handler) => env.tcp.connect(to, port, handler),
    },
    start() {
      if (!host.alive) env = host.launch();
    },
    release() {
      host.crash();
      world.network.detach(host.machine, address);
    },
  };
}

/** What it returns hears what the pod does wrong with its answer. */
export function recordRequest(
  seams: Pick<WorldSeams, 'evidence' | 'scheduler'>,
  pod: StoredObject,
  address: string,
  taken: TakenRequest,
): (kind: string) => void {
  const { request, status, port, connectedUs, originPort } = taken;
  const { namespace, name, uid } = pod.metadata;
  const receipt: ReceiptRecord = {
    nonce: request.headers['x-nonce'] ?? '',
    atUs: seams.scheduler.nowUs,
    pod: `${namespace}/${name}`,
    uid: uid ?? '',
    address,
    port,
    method: request.method,
    path: request.path,
    bodyHash: request.bodyHash,
    headers: request.headers,
    status,
    connectedUs,
    originPort,
    mischief: '',
  };
  seams.evidence.receipts.push(receipt);
  return (kind) => {
    receipt.mischief = kind;
  };
}

/** `kubelet` is the host whose clock and sockets run the containers' life cycles and probes. */
export function createWorldPods(kubelet: HostEnv, seams: WorldSeams, prefix: string): WorldPods & PodRunner {
  const world = kubelet.host.world;
  const hosts: Map<string, PodHost> = new Map();
  const running: Map<string, RunningPod> = new Map();
  const addresses = createAddressPool({ prefix, reuse: seams.knobs.addressReuse });
  const runner = createPodRunner({
    clock: kubelet.clock,
    random: kubelet.random,
    log: kubelet.log,
    tcp: kubelet.tcp,
    addresses,
    onRequest: (pod, address, taken) => recordRequest(seams, pod, address, taken),
    tcpFor(address, pod) {
      const made = createPodHost(world, pod, address);
      hosts.set(address, made);
      return made.tcp;
    },
  });

  const wrap = (key: string, inner: RunningPod): RunningPod => {
    const pod = hosts.get(inner.address)!;
    const wrapped: RunningPod = {
      ...bound(inner),
      startContainer(name, onExit) {
        pod.start();
        pod.exits.set(name, onExit);
        inner.startContainer(name, (exitCode) => {
          if (pod.exits.delete(name)) onExit(exitCode);
        });
      },
      dispose() {
        inner.dispose();
        pod.release();
        hosts.delete(inner.address);
        running.delete(key);
      },
    };
    return wrapped;
  };

  /** Ends all that runs in the pod; what it returns tells the kubelet. */
  const end = (key: string, how: 'process' | 'power'): (() => void) => {
    const address = running.get(key)?.address;
    const pod = address === undefined ? undefined : hosts.get(address);
    if (pod === undefined) throw new Error(`no pod ${key} runs`);
    pod.host.crash(how);
    const ended = [...pod.exits];
    return () => {
      for (const [name, onExit] of ended) {
        if (pod.exits.get(name) !== onExit) continue;
        pod.exits.delete(name);
        running.get(key)?.kill(name);
        onExit(crashExitCode);
      }
    };
  };

  return {
    run(object: StoredObject, done) {
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      runner.run(object, (error, inner) => {
        if (inner === null) {
          done(error, null);
          return;
        }
        const wrapped = wrap(key, inner);
        running.set(key, wrapped);
        done(null, wrapped);
      });
    },
    names: () => [...running.keys()],
    addressOf: (key) => running.get(key)?.address ?? null,
    machineOf(key) {
      const address = running.get(key)?.address;
      return address === undefined ? null : (hosts.get(address)?.host.machine.name ?? null);
    },
    isUp(key) {
      const address = running.get(key)?.address;
      const machine = address === undefined ? undefined : hosts.get(address)?.host.machine.name;
      return [...seams.network.processes].some(
        (life) => life.machine.name === machine && life.listeners.size > 0,
      );
    },
    crash: (key) => end(key, 'process')(),
    losePower: (key) => end(key, 'power'),
    servers(key) {
      const [namespace, name] = key.split('/');
      return runner.servers(namespace!, name!);
    },
    receipts: () => runner.receipts(),
  };
}

function first<T>(nodes: readonly WorldPods[], ask: (node: WorldPods) => T | null): T | null {
  for (const node of nodes) {
    const answer = ask(node);
    if (answer !== null) return answer;
  }
  return null;
}

/** The pods of all nodes, as one. */
export function joinWorldPods(nodes: readonly WorldPods[]): WorldPods {
  const nodeOf = (key: string): WorldPods => {
    const node = nodes.find((one) => one.names().includes(key));
    if (node === undefined) throw new Error(`no pod ${key} runs`);
    return node;
  };
  return {
    names: () => nodes.flatMap((node) => node.names()),
    crash: (key) => nodeOf(key).crash(key),
    losePower: (key) => nodeOf(key).losePower(key),
    servers: (key) => nodes.flatMap((node) => node.servers(key)),
    isUp: (key) => nodes.some((node) => node.isUp(key)),
    addressOf: (key) => first(nodes, (node) => node.addressOf(key)),
    machineOf: (key) => first(nodes, (node) => node.machineOf(key)),
    receipts: () => new Map(nodes.flatMap((node) => [...node.receipts()])),
  };
}

/** The pod's verbs as plain members, so that single ones can be replaced. */
function bound(inner: RunningPod): RunningPod {
  return {
    address: inner.address,
    portMap: inner.portMap ?? {},
    startContainer: (name, onExit) => inner.startContainer(name, onExit),
    terminate: (name) => inner.terminate(name),
    kill: (name) => inner.kill(name),
    probe: (container, probe, done) => inner.probe(container, probe, done),
    logLines: (name, from) => inner.logLines(name, from),
    logs: (container, previous) => inner.logs(container, previous),
    dispose: () => inner.dispose(),
  };
}
