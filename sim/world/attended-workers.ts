// The workers of a gateway, with somebody beside who hears what their main thread has heard. Simulated and real gateways are
// looked at in the same way.
import type { Channel } from '../../src/ports/channel.ts';
import type { Worker, Workers } from '../../src/ports/workers.ts';

export interface Attention {
  onStart?(index: number, worker: Worker): void;
  /** Before the main thread hears of it. */
  onEnd?(index: number): void;
  /** After the main thread has heard something of a worker: what it thinks of itself may have changed. */
  look(): void;
}

function attendedChannel(channel: Channel, { look }: Attention): Channel {
  return {
    post: (message, moved) => channel.post(message, moved),
    get onMessage() {
      return channel.onMessage;
    },
    set onMessage(listener) {
      channel.onMessage =
        listener === null
          ? null
          : (message) => {
              listener(message);
              look();
            };
    },
  };
}

function attendedWorker(worker: Worker, index: number, attention: Attention): Worker {
  let onExit: Worker['onExit'] = null;
  worker.onExit = (reason) => {
    attention.onEnd?.(index);
    onExit?.(reason);
    attention.look();
  };
  return {
    channel: attendedChannel(worker.channel, attention),
    get onExit() {
      return onExit;
    },
    set onExit(listener) {
      onExit = listener;
    },
    terminate: () => worker.terminate(),
  };
}

export function attended(workers: Workers, attention: Attention): Workers {
  return {
    start(index, options, shared) {
      const worker = workers.start(index, options, shared);
      attention.onStart?.(index, worker);
      return attendedWorker(worker, index, attention);
    },
  };
}
