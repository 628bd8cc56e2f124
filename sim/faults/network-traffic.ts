// The network of the data path: links between clients, gateways, pods and nodes that lose, hold, delay or cut.
import type { WorldShape } from '../history/plan.ts';
import type { Side, Traffic } from '../network/faults.ts';
import { type Aim, type Fault, pick, type Stage } from './fault.ts';
import { gatewayHosts } from './hosts.ts';
import { stepsOf } from './steps.ts';
import {
  addressOf,
  aimAtApplication,
  aimAtPods,
  chosenPods,
  dialsOpen,
  dialsSince,
  isGateway,
  isPod,
  isPodOn,
  machinesOf,
  podKey,
} from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

const dropConnects: Fault = {
  id: 'X02',
  name: 'pod-hears-no-connect',
  summary: 'Connections to a pod are never answered, as with a full backlog; what is open goes on.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 5_000,
  aim(draw, shape, plan) {
    const target = aimAtApplication(draw, plan);
    if (target === null) return null;
    const visits = aimVisits(draw, shape, plan, target);
    return { target, parameters: { pods: aimAtPods(draw), cuts: draw('cuts', 2) === 0, ...visits } };
  },
  begin(stage) {
    const { world, entry, record, evidence } = stage;
    const stop = letVisit(stage);
    const pods = chosenPods(world, entry.target, entry.parameters['pods']);
    const from = evidence.dials.length;
    const deaf = machinesOf(world, pods).map((machine) => world.faults.deafen(machine));
    // Kept connections would hide it.
    if (entry.parameters['cuts'] === true)
      for (const pod of pods) record.hits += world.faults.reset({ destination: `${addressOf(pod)}:` });
    return () => {
      stop();
      record.hits += dialsSince(evidence, from, pods);
      for (const { end } of deaf) end();
    };
  },
};

const cutConnections: Fault = {
  id: 'X03',
  name: 'connections-cut',
  summary: 'Connections are reset at one byte of a request or of an answer, towards a pod or a client.',
  harms: ['traffic'],
  lastsMsMax: 8_000,
  aim(draw, shape, plan) {
    const bytes = [0, 1, draw('early', 60), draw('byte', 900)][draw('where', 4)]!;
    const side = draw('side', 2) === 0 ? 'client' : 'server';
    const parameters = { side, bytes, count: 1 + draw('count', 6), pods: aimAtPods(draw) };
    const client = pick(plan.clients, draw('client', 64))?.name;
    const application = aimAtApplication(draw, plan);
    if (draw('between', 3) === 0 && client !== undefined)
      return { target: client, parameters: { ...parameters, between: 'client' } };
    if (application === null) return null;
    const visits = aimVisits(draw, shape, plan, application);
    return { target: application, parameters: { ...parameters, between: 'pod', ...visits } };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { side, bytes, count, pods, between } = entry.parameters;
    const addresses = between === 'pod' ? chosenPods(world, entry.target, pods).map(addressOf) : [];
    const stop = letVisit(stage);
    const end = world.faults.cutAt({
      client: between === 'pod' ? isGateway : (name) => name === entry.target,
      destination: (name) => between !== 'pod' || addresses.some((address) => name.startsWith(`${address}:`)),
      side: side === 'client' ? 'client' : 'server',
      bytes: Number(bytes),
      onCut: () => ++record.hits < Number(count),
    });
    return () => {
      stop();
      end();
    };
  },
};

const losePower: Fault = {
  id: 'X04',
  name: 'pod-vanishes',
  summary: 'The machine of a pod is gone without a word: connections stay open and nothing answers on them.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 8_000,
  aim(draw, shape, plan) {
    const target = aimAtApplication(draw, plan);
    if (target === null) return null;
    return { target, parameters: { pods: draw('pod', 8), ...aimVisits(draw, shape, plan, target) } };
  },
  begin(stage) {
    const { world, entry, record, evidence } = stage;
    const stop = letVisit(stage);
    const pods = chosenPods(world, entry.target, entry.parameters['pods']);
    const machines = machinesOf(world, pods);
    const before = world.faults.traffic(isGateway, machines);
    // Whoever uses one of these learns only then, perhaps when the fault is over, that nobody knows it any more.
    record.hits += dialsOpen(evidence, pods);
    const ends = pods.map((pod) => world.cluster.pods.losePower(podKey(pod)));
    return () => {
      stop();
      record.hits += world.faults.traffic(isGateway, machines).waits - before.waits;
      for (const end of ends) end();
    };
  },
};

const segmentSizes = [1, 2, 7, 40] as const;

const tinySegments: Fault = {
  id: 'X12',
  name: 'tiny-segments',
  summary: 'What a client or a pod sends and receives comes in pieces of down to one byte.',
  harms: [],
  lastsMsMax: 1_500,
  aim(draw, _shape, plan) {
    const segmentBytesMax = pick(segmentSizes, draw('size', 4));
    const client = pick(plan.clients, draw('client', 64))?.name;
    if (draw('between', 2) === 0 && client !== undefined)
      return { target: client, parameters: { between: 'client', segmentBytesMax } };
    const target = aimAtApplication(draw, plan);
    const parameters = { between: 'pod', segmentBytesMax, pods: draw('pod', 8) };
    return target === null ? null : { target, parameters };
  },
  begin({ world, entry, record }) {
    const { between, pods, segmentBytesMax } = entry.parameters;
    const side =
      between === 'client' ? [entry.target] : machinesOf(world, chosenPods(world, entry.target, pods));
    const before = world.faults.traffic(isGateway, side);
    const end = world.faults.shape(isGateway, side, { segmentBytesMax: Number(segmentBytesMax) });
    return () => {
      record.hits += world.faults.traffic(isGateway, side).carried - before.carried;
      end();
    };
  },
};

const partitionKinds = ['partition', 'to', 'from', 'clog', 'swizzle', 'slow'] as const;
const betweenKinds = ['application', 'node', 'pods', 'client'] as const;

interface Cut {
  readonly a: Side;
  readonly b: Side;
}

/** Who is cut off from whom. */
function sidesOf({ world, entry }: Stage): Cut {
  const { between, gateway, node } = entry.parameters;
  const a = gateway === '' ? isGateway : String(gateway);
  if (between === 'client') return { a: isGateway, b: entry.target };
  if (between === 'pods') return { a, b: isPod };
  if (between === 'node') return { a, b: isPodOn([Number(node)]) };
  return { a, b: machinesOf(world, chosenPods(world, entry.target, 'all')) };
}

function slowLink(draw: unknown): { readonly latencyUs: number; readonly bytesPerSecond: number } {
  const far = Number(draw) % 2 === 0;
  return far ? { latencyUs: 150_000, bytesPerSecond: 0 } : { latencyUs: 5_000, bytesPerSecond: 40_000 };
}

/** Every pod's links are stopped one after the other and released in another order. */
function swizzle(stage: Stage, a: Side): () => void {
  const { world, entry } = stage;
  const steps = stepsOf(stage);
  const lastMs = Math.max(1, entry.untilMs - entry.atMs);
  const open: Set<() => void> = new Set();
  const machines = world.cluster.pods.names().flatMap((pod) => world.cluster.pods.machineOf(pod) ?? []);
  for (const [index, machine] of machines.entries()) {
    const startMs = (index * lastMs) / (2 * machines.length);
    const order = (index * 7 + Number(entry.parameters['draw'])) % machines.length;
    const endMs = lastMs / 2 + (order * lastMs) / (2 * machines.length);
    steps.after(Math.floor(startMs), () => {
      const release = world.faults.clog(a, machine);
      open.add(release);
      steps.after(Math.floor(endMs - startMs), () => {
        release();
        open.delete(release);
      });
    });
  }
  return () => {
    steps.stop();
    for (const release of open) release();
  };
}

function beginPartition(stage: Stage, { a, b }: Cut): () => void {
  const { faults } = stage.world;
  const { how, draw } = stage.entry.parameters;
  switch (how as (typeof partitionKinds)[number]) {
    case 'partition':
      return faults.partition(a, b);
    case 'to':
      return faults.partition(a, b, 'to');
    case 'from':
      return faults.partition(a, b, 'from');
    case 'clog':
      return faults.clog(a, b);
    case 'slow':
      return faults.shape(a, b, slowLink(draw));
    case 'swizzle':
      return swizzle(stage, a);
  }
}

function aimPartition(draw: Aim, shape: WorldShape, clients: readonly { readonly name: string }[]) {
  const client = pick(clients, draw('client', 64))?.name ?? '';
  const how = pick(partitionKinds, draw('how', 64));
  const between = how === 'swizzle' ? 'pods' : pick(betweenKinds, draw('between', 64));
  const gateway = draw('all gateways', 2) === 0 ? '' : pick(gatewayHosts(shape), draw('gateway', 64));
  return { between, client, how, gateway, node: draw('node', shape.nodes), draw: draw('order', 1000) };
}

const partition: Fault = {
  id: 'K13',
  name: 'data-path-partition',
  summary:
    'Clients, gateways, pods or nodes cannot reach each other, in one or both directions, or only slowly.',
  harms: ['traffic'],
  lastsMsMax: 6_000,
  aim(draw, shape, plan) {
    const { client, ...parameters } = aimPartition(draw, shape, plan.clients);
    const application = aimAtApplication(draw, plan);
    if (application === null) return null;
    // Of a node, or of all pods: everybody's.
    const targets = { client, application, node: '', pods: '' };
    return { target: targets[parameters.between], parameters };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { how } = entry.parameters;
    const { a, b } = sidesOf(stage);
    const met = ({ carried, waits }: Traffic): number => (how === 'slow' ? carried : waits);
    const between = (): number => met(world.faults.traffic(a, how === 'swizzle' ? isPod : b));
    const before = between();
    const end = beginPartition(stage, { a, b });
    return () => {
      record.hits += between() - before;
      end();
    };
  },
};

export const networkFaults: readonly Fault[] = [
  dropConnects,
  cutConnections,
  losePower,
  tinySegments,
  partition,
];
