// One life of the controller: everything that calls back into it goes through here, so that an exception ends this life
// and nothing else, and so that nothing of an ended life is ever called again.
import type { AdminApi } from '../ports/admin-api.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall, HttpClient } from '../ports/http.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';

export interface LifeEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly api: KubeApi;
  readonly gateways: readonly AdminApi[];
}

export interface Life {
  /** What this life gets instead of the real surroundings. */
  readonly env: LifeEnv;
  /** Runs now, as part of this life. */
  run(step: () => void): void;
  /** Cancels its timers and requests. */
  end(): void;
  readonly over: boolean;
}

export function createLife(env: LifeEnv, onCrash: (error: unknown) => void): Life {
  const open = new Set<{ cancel(): void }>();
  let over = false;

  const end = (): void => {
    over = true;
    for (const one of open) one.cancel();
    open.clear();
  };
  const run = (step: () => void): void => {
    if (over) return;
    try {
      step();
    } catch (error) {
      end();
      onCrash(error);
    }
  };
  const after = (delayMs: number, step: () => void): Timer => {
    if (over) return { cancel() {} };
    const timer = env.clock.after(delayMs, () => {
      open.delete(timer);
      run(step);
    });
    open.add(timer);
    return {
      cancel() {
        open.delete(timer);
        timer.cancel();
      },
    };
  };
  const guard = (http: HttpClient): HttpClient => ({
    request(request, handler) {
      if (over) return { cancel() {} };
      let call: HttpCall | null = null;
      let finished = false;
      const started = http.request(request, {
        onHead: (status, headers) => run(() => handler.onHead(status, headers)),
        onData: (bytes) => run(() => handler.onData(bytes)),
        onEnd(error) {
          finished = true;
          if (call !== null) open.delete(call);
          run(() => handler.onEnd(error));
        },
      });
      call = started;
      if (over) started.cancel();
      else if (!finished) open.add(started);
      return {
        cancel() {
          open.delete(started);
          started.cancel();
        },
      };
    },
  });
  return {
    env: {
      ...env,
      clock: { wallMs: () => env.clock.wallMs(), monotonicUs: () => env.clock.monotonicUs(), after },
      api: guard(env.api),
      gateways: env.gateways.map(({ name, http }) => ({ name, http: guard(http) })),
    },
    run,
    end,
    get over() {
      return over;
    },
  };
}
