// Begins something around the n-th write of a host to the Kubernetes API: before it is sent, after the server applied it
// and before the host hears of it, or after the answer arrived. Renewals of leases do not count, as their number follows
// from time alone.
import type { WriteTrigger } from '../history/plan.ts';
import type { CallFacts, Disturbance, Forward } from '../world/calls.ts';
import type { World } from '../world/world.ts';

const noCall = { cancel() {} };

/** The writes that triggers count. */
export function isCountedWrite({ server, method, isLease }: CallFacts): boolean {
  return server === 'api' && method !== 'GET' && !isLease;
}

/** What it returns gives up waiting. */
export function onWrite(world: World, trigger: WriteTrigger, begin: () => void): () => void {
  const { host, index, point } = trigger;
  let seen = 0;
  const disturbance: Disturbance = {
    matches: (facts) => facts.host === host && isCountedWrite(facts) && seen++ === index,
    wrap(_facts, next): Forward {
      world.disturbances.delete(disturbance);
      return (request, handler) => {
        if (point === 'before-send') {
          begin();
          return noCall;
        }
        if (point === 'after-response')
          return next(request, {
            onHead: (status, headers) => handler.onHead(status, headers),
            onData: (bytes) => handler.onData(bytes),
            onEnd(error) {
              handler.onEnd(error);
              begin();
            },
          });
        let begun = false;
        const beginOnce = (): void => {
          if (!begun) begin();
          begun = true;
        };
        return next(request, { onHead: beginOnce, onData() {}, onEnd: beginOnce });
      };
    },
  };
  world.disturbances.add(disturbance);
  return () => world.disturbances.delete(disturbance);
}
