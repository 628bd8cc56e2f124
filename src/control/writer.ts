// Writes to the API server that nothing waits for: a few at a time, the newest of each kind only, again after a pause when
// they fail, and a bound on how many wait.
import { type Backoff, createBackoff } from '../base/backoff.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { callJson, type JsonReply, type JsonRequest, retryAfterMs } from '../ports/json-call.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';

export interface WriterEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly api: KubeApi;
}

/** What comes after an answer: the next request of the same write, or null when it is over. */
export type NextStep = (reply: JsonReply) => JsonRequest | null;

export interface Write {
  /** A later write of the same key takes the place of one that still waits. */
  readonly key: string;
  readonly request: JsonRequest;
  /** What follows the answer to the first request, then to the second, and so on. */
  readonly steps?: readonly NextStep[];
  /** Given up or refused: it may be asked for again. */
  readonly onFailed?: () => void;
}

export interface Writer {
  put(write: Write): void;
  /** Forgets what waits; what is under way is let finish. */
  clear(): void;
  stop(): void;
  readonly waiting: number;
  /** Writes for which there was no room, since the start. */
  readonly dropped: number;
}

const atOnceMax = 4;
const waitingMax = 5_000;
const attemptsMax = 8;
const callLimits = { timeoutMs: 10_000, bytesMax: 4 * 1024 * 1024 };

/** `may` is asked before each request: a process that was stopped for a while may have lost the right to write meanwhile. */
export function createWriter(env: WriterEnv, may: () => boolean = () => true): Writer {
  const waiting = new Map<string, Write>();
  /** Keys under way or in a pause: one write of a key at a time keeps their order. */
  const busy = new Set<string>();
  const timers = new Set<Timer>();
  let running = 0;
  let generation = 0;
  let dropped = 0;
  let stopped = false;

  const pump = (): void => {
    if (stopped || !may()) return;
    for (const [key, write] of waiting) {
      if (running >= atOnceMax) return;
      if (busy.has(key)) continue;
      waiting.delete(key);
      busy.add(key);
      const backoff = createBackoff({ firstMs: 1_000, maxMs: 30_000 });
      const mine = generation;
      send(write, write.request, mine, backoff);
    }
  };
  const over = (write: Write, failed: boolean): void => {
    busy.delete(write.key);
    if (failed) write.onFailed?.();
    pump();
  };
  const send = (write: Write, request: JsonRequest, mine: number, backoff: Backoff): void => {
    if (!may()) {
      over(write, false);
      return;
    }
    running++;
    callJson(env.api, env.clock, request, callLimits, (reply) => {
      running--;
      if (stopped) return;
      const again = reply.error !== null || reply.status === 429 || reply.status >= 500;
      if (again && (mine !== generation || waiting.has(write.key))) {
        over(write, false);
        return;
      }
      if (again && backoff.attempts < attemptsMax) {
        const delayMs = Math.max(
          backoff.nextMs(env.random.uint32('writer')),
          retryAfterMs(reply.headers) ?? 0,
        );
        const timer = env.clock.after(delayMs, () => {
          timers.delete(timer);
          if (mine === generation) send(write, request, mine, backoff);
          else over(write, false);
        });
        timers.add(timer);
        pump();
        return;
      }
      const [step, ...steps] = write.steps ?? [];
      const following = again ? null : (step?.(reply) ?? null);
      if (following !== null && mine === generation) {
        send({ ...write, steps }, following, mine, backoff);
        return;
      }
      // 404 and 409: the object went on without us; its next change brings it back here.
      const isLost = reply.status === 404 || reply.status === 409;
      const refused = reply.error !== null || (reply.status >= 400 && !isLost);
      if (refused) env.log.warn(`cannot write ${request.path}: ${reply.error ?? `HTTP ${reply.status}`}`);
      over(write, refused);
    });
  };
  return {
    put(write) {
      if (stopped) return;
      if (waiting.size >= waitingMax && !waiting.has(write.key)) {
        if (dropped++ === 0)
          env.log.warn(`over ${waitingMax} writes wait for the API server; more are dropped`);
        write.onFailed?.();
        return;
      }
      waiting.set(write.key, write);
      pump();
    },
    clear() {
      generation++;
      waiting.clear();
    },
    stop() {
      stopped = true;
      waiting.clear();
      for (const timer of timers) timer.cancel();
    },
    get waiting() {
      return waiting.size;
    },
    get dropped() {
      return dropped;
    },
  };
}
