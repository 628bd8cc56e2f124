// Workers as hosts on their parent's machine: they share its addresses, talk over a channel, and die with it.
import type { Channel, ChannelMessage } from '../../src/ports/channel.ts';
import type { SharedMemory } from '../../src/ports/shared.ts';
import type { Worker, Workers } from '../../src/ports/workers.ts';
import type { Owned } from '../network/process.ts';
import { copyMessage, createChannel } from './channel.ts';
import { createHost, type Host, type HostEnv } from './host.ts';

export type WorkerFactory = (
  env: HostEnv,
  channel: Channel,
  options: ChannelMessage,
  shared: SharedMemory,
) => void;

export interface HostWorkers extends Workers {
  /** The worker hosts by index, for faults. Kept from one life of the parent to the next when the map is. */
  readonly hosts: ReadonlyMap<number, Host>;
}

/** `hosts` outlives the parent's lives, so that a worker's streams go on where they were. */
export function createWorkers(
  parent: HostEnv,
  hosts: Map<number, Host>,
  factory: WorkerFactory,
): HostWorkers {
  const { world, machine, name } = parent.host;
  const { scheduler } = world;
  const hostOf = (index: number): Host => {
    let host = hosts.get(index);
    if (host === undefined) {
      host = createHost(world, { name: `${name}/worker-${index}`, machine: machine.name });
      hosts.set(index, host);
    }
    return host;
  };
  return {
    hosts,
    start(index, options, shared) {
      const host = hostOf(index);
      if (host.alive) throw new Error(`worker ${index} of ${name} runs already`);
      const relay = createRelay();
      const worker: Worker = {
        channel: relay,
        onExit: null,
        terminate: () => host.crash(),
      };
      const child: Owned = {
        processEnded: (silent) => host.crash(silent ? 'power' : 'process'),
        processResumed() {},
      };
      parent.life.owned.add(child);
      host.onExit = (reason) => {
        parent.life.owned.delete(child);
        scheduler.after(0, () => parent.life.enter(() => worker.onExit?.(reason)), parent.life.lane);
      };
      const copied = copyMessage(options);
      host.start((env) => {
        const label = `channel ${host.name} ${host.lives}`;
        const [mine, its] = createChannel(scheduler, label, parent.life, env.life);
        relay.join(mine);
        factory(env, its, copied, shared);
      });
      return worker;
    },
  };
}

/** The parent's end while the worker is not up yet: keeps what is posted and who listens. */
function createRelay(): Channel & { join(channel: Channel): void } {
  let joined: Channel | null = null;
  let listener: ((message: ChannelMessage) => void) | null = null;
  const early: ChannelMessage[] = [];
  return {
    post(message) {
      if (joined === null) early.push(copyMessage(message));
      else joined.post(message);
    },
    get onMessage() {
      return listener;
    },
    set onMessage(next) {
      listener = next;
      if (joined !== null) joined.onMessage = next;
    },
    join(channel) {
      joined = channel;
      channel.onMessage = listener;
      for (const message of early.splice(0)) channel.post(message);
    },
  };
}
