// Messages between threads over a MessagePort.
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Channel, ChannelMessage } from '../ports/channel.ts';

/** What arrives before the owner has set `onMessage` waits. */
export function createChannel(port: MessagePort | Worker): Channel {
  const waiting: ChannelMessage[] = [];
  let receiver: ((message: ChannelMessage) => void) | null = null;
  (port as Worker).on('message', (message: ChannelMessage) => {
    if (receiver === null) waiting.push(message);
    else receiver(message);
  });
  const channel = {
    post(message: ChannelMessage, moved: readonly ArrayBuffer[] = []) {
      // The union of both ends' overloads cannot be called; this one is right for either.
      (port as MessagePort).postMessage(message, moved as ArrayBuffer[]);
    },
  };
  Object.defineProperty(channel, 'onMessage', {
    enumerable: true,
    get: () => receiver,
    set(next: ((message: ChannelMessage) => void) | null) {
      receiver = next;
      while (receiver !== null && waiting.length > 0) receiver(waiting.shift()!);
    },
  });
  return channel as Channel;
}
