// Collects the state that a server streams before its changes (sendInitialEvents), until the bookmark that ends it.
import type { KubeObject } from '../kube/object.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { StreamEvent } from './stream.ts';

export interface InitialState {
  add(event: StreamEvent): void;
  cancel(): void;
  readonly done: boolean;
}

export function collectInitial(
  clock: Clock,
  limits: { readonly initialPauseMs: number; readonly initialTotalMs: number },
  handler: { onDone(objects: readonly KubeObject[], revision: string): void; onStalled(): void },
): InitialState {
  const objects = new Map<string, KubeObject>();
  let done = false;
  const startedUs = clock.monotonicUs();
  let heardUs = startedUs;
  let timer: Timer;
  const arm = (delayMs: number): void => {
    timer = clock.after(delayMs, () => {
      const nowUs = clock.monotonicUs();
      const quietMs = (nowUs - heardUs) / 1000;
      const tooLong = nowUs - startedUs >= limits.initialTotalMs * 1000;
      if (quietMs >= limits.initialPauseMs || tooLong) handler.onStalled();
      else arm(Math.ceil(limits.initialPauseMs - quietMs));
    });
  };
  arm(limits.initialPauseMs);
  return {
    add(event) {
      if (event.type === 'bookmark') {
        if (!event.initialEnd) return;
        done = true;
        timer.cancel();
        handler.onDone([...objects.values()], event.revision);
        return;
      }
      heardUs = clock.monotonicUs();
      const { namespace, name } = event.object.metadata;
      const key = `${namespace ?? ''}/${name}`;
      if (event.type === 'changed') objects.set(key, event.object);
      else objects.delete(key);
    },
    cancel() {
      timer.cancel();
    },
    get done() {
      return done;
    },
  };
}
