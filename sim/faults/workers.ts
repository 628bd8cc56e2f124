// Workers of a gateway that crash, hang, or come up slowly.
import type { WorldShape } from '../history/plan.ts';
import type { Host } from '../hosts/host.ts';
import { recordLife } from '../world/seams.ts';
import type { World } from '../world/world.ts';
import { type Aim, type AimedFault, type Fault, nothing, pick } from './fault.ts';
import { findHost, gatewayHosts } from './hosts.ts';
import { stepsOf } from './steps.ts';

function aimAtWorker(draw: Aim, shape: WorldShape): AimedFault {
  const gateway = pick(gatewayHosts(shape), draw('gateway', 64));
  return { target: `${gateway}/worker-${draw('worker', shape.workers)}`, parameters: {} };
}

/** SIGSTOP until the returned call. */
function hang(world: World, host: Host): () => void {
  const { lives } = host;
  host.pause();
  recordLife(world, host, 'pause');
  return () => {
    if (!host.alive || host.lives !== lives) return;
    host.resume();
    recordLife(world, host, 'resume');
  };
}

const crashWorker: Fault = {
  id: 'X15',
  name: 'crash-worker',
  summary: 'A worker of a gateway crashes; only the requests that it carries may be lost.',
  harms: ['traffic'],
  lastsMsMax: 0,
  aim: aimAtWorker,
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host?.alive === true) {
      record.hits++;
      host.crash();
    }
    return nothing;
  },
};

const hangWorker: Fault = {
  id: 'X15',
  name: 'hang-worker',
  summary: 'A worker of a gateway stops for a while, then everything reaches it at once.',
  harms: ['traffic', 'push'],
  lastsMsMax: 5_000,
  aim: aimAtWorker,
  begin({ world, entry, record }) {
    const host = findHost(world, entry.target);
    if (host?.alive !== true) return nothing;
    record.hits++;
    return hang(world, host);
  },
};

const lookMs = 5;

const slowWorker: Fault = {
  id: 'X15',
  name: 'slow-worker-start',
  summary: 'A worker crashes, and the one that takes its place needs long to come up.',
  harms: ['traffic', 'push'],
  lastsMsMax: 5_000,
  aim: aimAtWorker,
  begin(stage) {
    const { world, entry, record } = stage;
    const host = findHost(world, entry.target);
    if (host?.alive !== true) return nothing;
    const { lives } = host;
    const steps = stepsOf(stage);
    let resume: (() => void) | null = null;
    // Where the fault is over before there is one in its place, the crash alone has cost requests.
    record.hits++;
    host.crash();
    steps.every(lookMs, () => {
      if (resume !== null || !host.alive || host.lives === lives) return;
      record.hits++;
      resume = hang(world, host);
    });
    return () => {
      steps.stop();
      resume?.();
    };
  },
};

export const workerFaults: readonly Fault[] = [crashWorker, hangWorker, slowWorker];
