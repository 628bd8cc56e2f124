// Faults of our own controllers: they crash, fail inside, or stop for a while.
import type { WorldShape, WriteTrigger } from '../history/plan.ts';
import type { Host } from '../hosts/host.ts';
import type { Disturbance } from '../world/calls.ts';
import { controllerPlace, gatewayPlace } from '../world/places.ts';
import { recordLife } from '../world/seams.ts';
import type { World } from '../world/world.ts';
import { type Aim, type Fault, nothing, pick } from './fault.ts';

/** A controller that calls nobody for so long does not throw any more. */
const throwsWithinMs = 2_000;

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

const points: readonly WriteTrigger['point'][] = ['before-send', 'after-apply', 'after-response'];

/** Around one of the first writes of a life, where most of them are. */
function firstWrites(draw: Aim, host: string): WriteTrigger {
  return {
    host,
    index: pick([0, 0, 1, 1, 2, 3, 5], draw('write', 64)),
    point: pick(points, draw('point', 3)),
  };
}

const crashController: Fault = {
  id: 'C01',
  name: 'crash-controller',
  summary: 'A controller crashes, also in the middle of a write, and starts again later.',
  harms: ['control'],
  lastsMsMax: 10_000,
  aim(draw, shape) {
    if (shape.mode === 'combined') return null;
    const target = pick(controllerHosts(shape), draw('target', 64));
    if (draw('trigger', 3) === 0) return { target, parameters: {} };
    return {
      target,
      parameters: {},
      atMs: pick([0, 0, 6_000], draw('at', 3)),
      when: firstWrites(draw, target),
    };
  },
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host === null || !host.alive) return nothing;
    record.hits++;
    host.crash();
    return () => {
      if (!host.alive) host.restart();
    };
  },
};

/** How long its supervisor waits at most before the next life: half a second, doubled each time, half a minute at most. */
function awayMsMax(world: World, name: string): number {
  const all = world.controllers.length > 0 ? world.controllers : world.gateways;
  const crashes =
    all
      .find(({ host }) => host.name === name)
      ?.controller()
      ?.state().crashes ?? 0;
  return Math.min(30_000, 500 * 2 ** crashes);
}

const controllerError: Fault = {
  id: 'C01',
  name: 'controller-error',
  summary:
    'Something in a controller throws: that life of it ends, while the process, and what it serves, goes on.',
  harms: ['control'],
  lastsMsMax: 0,
  aim(draw, shape) {
    const target = pick(controllerHosts(shape), draw('target', 64));
    if (draw('trigger', 2) === 0) return { target, parameters: {} };
    return { target, parameters: {}, atMs: pick([0, 6_000], draw('at', 2)), when: firstWrites(draw, target) };
  },
  begin({ world, entry, record, plan }) {
    const disturbance: Disturbance = {
      matches: ({ host }) => host === entry.target,
      // Here and not in what is returned: another fault may call that later, when no controller is there to catch it.
      wrap() {
        world.disturbances.delete(disturbance);
        record.hits++;
        record.toUs = world.scheduler.nowUs + awayMsMax(world, entry.target) * 1000;
        throw new Error('a fault of the simulator');
      },
    };
    world.disturbances.add(disturbance);
    const { scheduler } = world;
    const giveUp = (): void => void world.disturbances.delete(disturbance);
    const giveUpUs = Math.min(scheduler.nowUs + throwsWithinMs * 1000, plan.healMs * 1000);
    scheduler.at(giveUpUs, giveUp, scheduler.lane(`fault ${entry.id}`));
    return nothing;
  },
};

/** In combined mode the main thread alone: workers serve on with what they have. */
const pauseController: Fault = {
  id: 'C20',
  name: 'pause-controller',
  summary:
    'A controller stops for a while, as under a long garbage collection, and then everything reaches it at once.',
  harms: ['control', 'push'],
  lastsMsMax: 10_000,
  aim: (draw, shape) => ({ target: pick(controllerHosts(shape), draw('target', 64)), parameters: {} }),
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host === null || !host.alive) return nothing;
    record.hits++;
    host.pause();
    recordLife(world, host, 'pause');
    return () => {
      host.resume();
      recordLife(world, host, 'resume');
    };
  },
};

export const hostFaults: readonly Fault[] = [crashController, controllerError, pauseController];
