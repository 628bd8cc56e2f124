// Looks at the readiness of a gateway whenever it may have changed, without asking it anything: after each message of a
// worker and each config.
import type { Worker, Workers } from '../../src/ports/workers.ts';
import type { Host } from '../hosts/host.ts';
import type { WorldSeams } from './seams.ts';

/** Takes down what `reason` says where it says something new. */
export function noted({ evidence, scheduler }: WorldSeams, host: Host, reason: () => string): () => void {
  const life = host.lives;
  let last: string | null = null;
  return () => {
    const now = reason();
    if (now === last) return;
    last = now;
    evidence.readiness.push({ gateway: host.name, life, atUs: scheduler.nowUs, reason: now });
  };
}

function attendedWorker(worker: Worker, look: () => void): Worker {
  const { channel } = worker;
  let onExit: Worker['onExit'] = null;
  worker.onExit = (reason) => {
    onExit?.(reason);
    look();
  };
  return {
    channel: {
      post: (message) => channel.post(message),
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
    },
    get onExit() {
      return onExit;
    },
    set onExit(listener) {
      onExit = listener;
    },
    terminate: () => worker.terminate(),
  };
}

/** The same workers; `look` is called after the main thread has heard something of one. */
export function attended(workers: Workers, look: () => void): Workers {
  return {
    start: (index, options, shared) => attendedWorker(workers.start(index, options, shared), look),
  };
}
