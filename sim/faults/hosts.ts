// Faults of our own controllers: they crash or stop for a while.
import type { WorldShape } from '../history/plan.ts';
import type { Host } from '../hosts/host.ts';
import { controllerPlace, gatewayPlace } from '../world/places.ts';
import { recordLife } from '../world/seams.ts';
import type { World } from '../world/world.ts';
import { type Fault, pick } from './fault.ts';

/** Hosts that run a controller. */
export function controllerHosts(shape: WorldShape): readonly string[] {
  const count = shape.mode === 'combined' ? shape.gateways : shape.controllers;
  return Array.from({ length: count }, (_, index) =>
    shape.mode === 'combined' ? gatewayPlace(index).name : controllerPlace(index).name,
  );
}

export function gatewayHosts(shape: WorldShape): readonly string[] {
  return Array.from({ length: shape.gateways }, (_, index) => gatewayPlace(index).name);
}

/** A host of ours by name: 'controller-1', 'gateway-1', 'gateway-1/worker-0'. Null when there is none. */
export function findHost(world: World, name: string): Host | null {
  const controller = world.controllers.find(({ host }) => host.name === name);
  if (controller !== undefined) return controller.host;
  for (const gateway of world.gateways) {
    if (gateway.host.name === name) return gateway.host;
    for (const worker of gateway.workers.values()) if (worker.name === name) return worker;
  }
  return null;
}

const crashController: Fault = {
  id: 'C01',
  name: 'crash-controller',
  summary: 'A controller crashes, also in the middle of a write, and starts again later.',
  harms: ['control'],
  lastsMsMax: 20_000,
  aim: (draw, shape) =>
    shape.mode === 'combined'
      ? null
      : { target: pick(controllerHosts(shape), draw('target', 64)), parameters: {} },
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host === null || !host.alive) return () => undefined;
    record.hits++;
    host.crash();
    return () => {
      if (!host.alive) host.restart();
    };
  },
};

const pauseController: Fault = {
  id: 'C20',
  name: 'pause-controller',
  summary:
    'A controller stops for a while, as under a long garbage collection, and then everything reaches it at once.',
  harms: ['control'],
  lastsMsMax: 20_000,
  aim: (draw, shape) =>
    shape.mode === 'combined'
      ? null
      : { target: pick(controllerHosts(shape), draw('target', 64)), parameters: {} },
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host === null || !host.alive) return () => undefined;
    record.hits++;
    host.pause();
    recordLife(world, host, 'pause');
    return () => {
      host.resume();
      recordLife(world, host, 'resume');
    };
  },
};

export const hostFaults: readonly Fault[] = [crashController, pauseController];
