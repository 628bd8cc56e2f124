// The nodes of the simulated cluster: a scheduler, and one kubelet per Node object, all over one pod runner.
import { type Controller, type ControllerPorts, createFrame } from '../controllers/controller.ts';
import { delayOf } from '../controllers/delays.ts';
import { createEventRecorder } from '../controllers/events.ts';
import { asPod } from '../controllers/kinds.ts';
import { isTerminal } from '../controllers/pod-state.ts';
import { keyOf, splitKey } from '../controllers/queue.ts';
import type { PodRunner } from '../pod-runner.ts';
import type { StoredObject } from '../store-api.ts';
import { type NodeAgent, type NodeSpec, startNodeAgent } from './node-agent.ts';
import { type KubeletPorts, type PodWorker, startPodWorker } from './pod-worker.ts';
import { startScheduler } from './scheduler.ts';

export interface KubeletsOptions extends ControllerPorts {
  readonly runner: PodRunner;
  /** Nodes to register and keep alive. Pods on other nodes are left alone. */
  readonly nodes: readonly NodeSpec[];
  /** How often a node renews its lease. Default: ten seconds. */
  readonly heartbeatMs?: number;
  /** False where another call brings the cluster's scheduler. Default: true. */
  readonly scheduling?: boolean;
}

export interface Kubelets extends Controller {
  /** Pods whose workers are alive, for tests and live views. */
  readonly podCount: number;
  /** A node that is cut off: no heartbeat, no reaction to the API, containers run on. */
  setNodeAlive(name: string, alive: boolean): void;
}

/** Three nodes in three zones, the default of `dev` and `cluster`. */
export const defaultNodes: readonly NodeSpec[] = ['a', 'b', 'c'].map((zone, i) => ({
  name: `node-${i + 1}`,
  address: '127.0.0.1',
  zone: `zone-${zone}`,
}));

export function startKubelets(options: KubeletsOptions): Kubelets {
  const workers = new Map<string, PodWorker>();
  const agents = new Map<string, NodeAgent>();
  const ports = new Map<string, KubeletPorts>();
  for (const node of options.nodes) {
    agents.set(node.name, startNodeAgent(options, node));
    ports.set(node.name, {
      ...options,
      delays: options.delays,
      events: createEventRecorder(options, 'kubelet', node.name),
      hostAddress: node.address,
      online: () => agents.get(node.name)?.alive === true,
    });
  }

  /** Pod that last had the key, so that its worker is found when the object is gone or replaced. */
  const uids = new Map<string, { readonly uid: string; readonly nodeName: string }>();

  function sync(key: string): string | null {
    const { namespace, name } = splitKey(key);
    const object = options.store.get('pods', namespace, name);
    const known = uids.get(key);
    if (known !== undefined && known.uid !== object?.metadata.uid) {
      // A node that is cut off does not hear of it: what it runs it runs on.
      if (agents.get(known.nodeName)?.alive !== true) return null;
      workers.get(known.uid)?.dispose();
      workers.delete(known.uid);
      uids.delete(key);
    }
    if (object === null) return null;
    const pod = asPod(object);
    const nodeName = pod.spec.nodeName ?? '';
    if (agents.get(nodeName)?.alive !== true) return null;
    const uid = pod.metadata.uid ?? '';
    const worker = workers.get(uid);
    if (worker !== undefined) worker.update(pod);
    else if (!isTerminal(pod) || pod.metadata.deletionTimestamp !== undefined) {
      workers.set(uid, startPodWorker(ports.get(nodeName)!, pod));
      uids.set(key, { uid, nodeName });
    }
    return null;
  }

  const delays = { ...options.delays, 'kubelet-watch': delayOf(options.delays, 'kubelet-watch') };
  const frame = createFrame({ ...options, delays }, 'kubelet-watch', sync);
  frame.watch('pods', (object: StoredObject) => [keyOf(object)]);
  const scheduler = options.scheduling === false ? null : startScheduler(options);

  return {
    get podCount() {
      return workers.size;
    },
    setNodeAlive(name, alive) {
      const agent = agents.get(name);
      if (agent === undefined) return;
      agent.setAlive(alive);
      if (!alive) return;
      for (const [key, known] of uids) {
        if (known.nodeName !== name) continue;
        frame.queue.add(key);
        // Somebody may have spoken for the node meanwhile.
        workers.get(known.uid)?.resync();
      }
      for (const pod of options.store.list('pods')) {
        if (asPod(pod).spec.nodeName === name) frame.queue.add(keyOf(pod));
      }
    },
    stop() {
      scheduler?.stop();
      frame.stop();
      for (const agent of agents.values()) agent.stop();
      for (const worker of workers.values()) worker.dispose();
      workers.clear();
    },
  };
}
