// Nodes and zones that are lost: kubelets fall silent, their pods run on where nobody reaches them, and later all is back.
import type { WorldNode } from '../world/cluster.ts';
import { gatewayPlace, kubeletName, nodePlace, podNetwork } from '../world/places.ts';
import type { Fault, Stage } from './fault.ts';
import { isPodOn } from './targets.ts';

/** Cuts these nodes, and machines by name, off from all others until the returned call. */
function cutOff({ world, record }: Stage, indices: readonly number[], others: readonly string[]): () => void {
  const { cluster, faults } = world;
  const nodes: readonly WorldNode[] = indices.flatMap((index) => cluster.nodes[index] ?? []);
  const names = new Set([...others, ...nodes.map(({ name }) => kubeletName(name))]);
  const isOn = isPodOn(indices);
  const inside = (machine: string): boolean => names.has(machine) || isOn(machine);
  const outside = (machine: string): boolean => !inside(machine);
  const networks = indices.map((index) => `${podNetwork(index)}.`);
  const isLost = (pod: string): boolean => {
    const address = cluster.pods.addressOf(pod) ?? '';
    return networks.some((network) => address.startsWith(network));
  };
  record.hits += cluster.pods.names().filter(isLost).length;
  const before = faults.traffic(inside, outside).waits;
  const heal = faults.partition(inside, outside);
  for (const { name, kubelets } of nodes) kubelets.setNodeAlive(name, false);
  return () => {
    record.hits += faults.traffic(inside, outside).waits - before;
    heal();
    for (const { name, kubelets } of nodes) kubelets.setNodeAlive(name, true);
  };
}

const loseNode: Fault = {
  id: 'K03',
  name: 'node-lost',
  summary: 'A node is cut off with all its pods, and comes back with them still running.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 10_000,
  aim: (draw, shape) => ({ target: nodePlace(draw('node', shape.nodes)).name, parameters: {} }),
  begin(stage) {
    const index = stage.world.cluster.nodes.findIndex(({ name }) => name === stage.entry.target);
    return cutOff(stage, [index], []);
  },
};

const zones = 3;

const loseZone: Fault = {
  id: 'K18',
  name: 'zone-lost',
  summary: 'A zone is cut off: its nodes with their pods, and its gateway where there is another one.',
  harms: ['pods', 'traffic', 'control', 'push'],
  lastsMsMax: 8_000,
  aim: (draw, shape) => ({
    target: `zone-${draw('zone', Math.min(zones, shape.nodes))}`,
    parameters: {},
  }),
  begin(stage) {
    const { shape } = stage.world;
    const zone = Number(stage.entry.target.slice('zone-'.length));
    const members = (count: number): readonly number[] =>
      Array.from({ length: count }, (_, index) => index).filter((index) => index % zones === zone);
    const gateways =
      shape.gateways < 2 ? [] : members(shape.gateways).map((index) => gatewayPlace(index).name);
    return cutOff(stage, members(shape.nodes), gateways);
  },
};

export const nodeFaults: readonly Fault[] = [loseNode, loseZone];
