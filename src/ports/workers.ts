// Starting workers by parameter: threads in production, hosts in the simulator.
import type { Channel, ChannelMessage } from './channel.ts';
import type { SharedMemory } from './shared.ts';

export interface Worker {
  readonly channel: Channel;
  /** Set by the owner: called once when the worker has ended for whatever reason. */
  onExit: ((reason: string) => void) | null;
  /** Ends it at once. `onExit` is still called. */
  terminate(): void;
}

export interface Workers {
  /** Starts one proxy worker. `options` are structured-clone data; `shared` is the same memory on both sides. */
  start(index: number, options: ChannelMessage, shared: SharedMemory): Worker;
}
