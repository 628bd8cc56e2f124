// A node's own part: registers the Node object, and renews its lease every ten seconds.

import type { Timer } from '../../../src/ports/clock.ts';
import type { ControllerPorts } from '../controllers/controller.ts';
import { kubernetesVersion } from '../kubernetes-version.ts';
import { formatMicroTime, formatTime } from '../timestamp.ts';

export interface NodeSpec {
  readonly name: string;
  readonly address: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface NodeAgent {
  readonly alive: boolean;
  setAlive(alive: boolean): void;
  stop(): void;
}

const leaseNamespace = 'kube-node-lease';
const leases = 'leases.coordination.k8s.io';
const renewMsDefault = 10_000;
const leaseSeconds = 40;

export function startNodeAgent(
  ports: ControllerPorts & { readonly heartbeatMs?: number },
  node: NodeSpec,
): NodeAgent {
  const renewMs = ports.heartbeatMs ?? renewMsDefault;
  const { store, clock, log } = ports;
  let alive = true;
  let timer: Timer;

  function beat(): void {
    timer = clock.after(renewMs, beat);
    if (!alive) return;
    register();
    renew();
  }

  function register(): void {
    const current = store.get('nodes', undefined, node.name);
    const status = nodeStatus(node, formatTime(clock.wallMs()));
    if (current === null) {
      const created = store.create('nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node.name, labels: nodeLabels(node) },
        spec: {},
        status,
      });
      if (!created.ok)
        log.warn('a node could not register', { node: node.name, error: created.error.message });
      else store.updateStatus('nodes', { ...created.value, status });
      return;
    }
    const conditions = (current.status?.['conditions'] ?? []) as readonly { type: string; status: string }[];
    const ready = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    if (!ready) store.updateStatus('nodes', { ...current, status: { ...current.status, ...status } });
  }

  function renew(): void {
    const renewTime = formatMicroTime(clock.wallMs());
    const renewed = store.mergePatch(leases, leaseNamespace, node.name, { spec: { renewTime } });
    if (renewed.ok) return;
    const created = store.create(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: node.name, namespace: leaseNamespace },
      spec: { holderIdentity: node.name, leaseDurationSeconds: leaseSeconds, renewTime },
    });
    if (!created.ok)
      log.debug('a node lease was not renewed', { node: node.name, error: created.error.message });
  }

  beat();
  return {
    get alive() {
      return alive;
    },
    setAlive(next) {
      alive = next;
      if (alive) {
        timer.cancel();
        beat();
      }
    },
    stop: () => timer.cancel(),
  };
}

function nodeLabels(node: NodeSpec): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/hostname': node.name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    ...(node.zone === undefined ? {} : { 'topology.kubernetes.io/zone': node.zone }),
    ...node.labels,
  };
}

function nodeStatus(node: NodeSpec, now: string): Readonly<Record<string, unknown>> {
  const capacity = { cpu: '8', memory: '16Gi', pods: '1000' };
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: node.address },
      { type: 'Hostname', address: node.name },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      architecture: 'amd64',
      containerRuntimeVersion: 'tidegate://0',
      kernelVersion: 'simulated',
      kubeletVersion: kubernetesVersion,
      operatingSystem: 'linux',
      osImage: 'simulated',
    },
  };
}
