// The workers of one proxy as the main thread sees them: started in turn so that they share ports, replaced when they
// end, told everything alike.
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { TicketKeys } from '../../ports/tls.ts';
import type { Worker, Workers } from '../../ports/workers.ts';
import type { MainMessage, WorkerMessage, WorkerOptions } from './protocol.ts';
import { statisticsLayout, statisticsWords } from './statistics.ts';

export type MemberState = 'starting' | 'live' | 'drained' | 'gone';

export interface Member {
  readonly index: number;
  readonly state: MemberState;
  /** Config id of the tables it serves with. */
  readonly configId: string;
  readonly restarts: number;
}

export interface WorkerGroupHooks {
  /** What a fresh worker is told first: everything that the others have. */
  firstMessage(): MainMessage;
  /** null: TLS is not served. */
  ticketKeys(): TicketKeys | null;
  /** Some member began or ceased to be live, or swapped. */
  onChange(): void;
  /** `taken`: they have been read, or never will be; until then they count against what a worker may have under way. */
  onAccessLines(lines: Uint8Array, taken: () => void): void;
  /** A live worker could not take what it was told; it is about to be replaced. */
  onFailed(error: string): void;
}

export interface ServedPorts {
  /** -1 = not served. */
  readonly httpPort: number;
  readonly httpsPort: number;
}

export interface WorkerGroup {
  readonly members: readonly Member[];
  start(done: (error: string | null, ports: ServedPorts) => void): void;
  /** To every member that is not gone; those that start later hear `firstMessage`. */
  post(message: MainMessage): void;
  drain(deadlineMs: number, done: () => void): void;
  /** Ends all at once. */
  terminate(): void;
}

interface Slot {
  index: number;
  state: MemberState;
  configId: string;
  restarts: number;
  worker: Worker | null;
  /** Back-off exponent; forgotten after a quiet while. */
  failures: number;
  startedUs: number;
  timer: Timer | null;
}

/** A worker that lived this long starts with a clean record when it ends. */
const stableUs = 10_000_000;
const backoffFirstMs = 50;
const backoffMaxMs = 5_000;
/** A proxy whose workers end this often before all of them are up will not come up at all. */
const failuresWhileStartingMax = 3;
const neverUs = -1;
/** Beyond the drain deadline, for workers that do not answer. */
const drainGraceMs = 1_000;

export function createWorkerGroup(
  env: { readonly clock: Clock; readonly log: Log },
  workers: Workers,
  shared: SharedMemory,
  count: number,
  options: Omit<WorkerOptions, 'kind' | 'index'>,
  hooks: WorkerGroupHooks,
): WorkerGroup {
  const { clock, log } = env;
  const slots: Slot[] = Array.from({ length: count }, (_, index) => ({
    index,
    state: 'starting',
    configId: '',
    restarts: 0,
    worker: null,
    failures: 0,
    startedUs: neverUs,
    timer: null,
  }));
  let ports: ServedPorts = { httpPort: options.httpPort, httpsPort: options.httpsPort };
  let started: ((error: string | null, ports: ServedPorts) => void) | null = null;
  let ending = false;
  let drained: (() => void) | null = null;
  let drainTimer: Timer | null = null;

  const finishStart = (error: string | null): void => {
    const done = started;
    started = null;
    if (error !== null) terminate();
    done?.(error, ports);
  };

  const checkDrained = (): void => {
    if (drained === null || slots.some(({ state }) => state === 'starting' || state === 'live')) return;
    const done = drained;
    drained = null;
    drainTimer?.cancel();
    terminate();
    done();
  };

  const onListening = (slot: Slot, message: ServedPorts): void => {
    ports = { httpPort: message.httpPort, httpsPort: message.httpsPort };
    slot.state = 'live';
    if (started !== null) startNext();
    hooks.onChange();
  };

  const startNext = (): void => {
    const next = slots.find((slot) => slot.state === 'starting' && slot.startedUs === neverUs);
    if (next !== undefined) launch(next);
    else if (slots.every(({ state }) => state === 'live')) finishStart(null);
  };

  const onFailed = (slot: Slot, error: string): void => {
    if (started !== null) finishStart(error);
    else {
      log.error('worker failed', { worker: slot.index, error });
      // Told nothing more: what replaces it starts from the config that is current then.
      const worker = slot.worker;
      hooks.onFailed(error);
      worker?.terminate();
    }
  };

  const takeAccessLines = (slot: Slot, lines: Uint8Array<ArrayBuffer>): void => {
    const { worker } = slot;
    hooks.onAccessLines(lines, () => {
      const message: MainMessage = { kind: 'accessTaken', bytes: lines };
      if (slot.worker === worker) worker?.channel.post(message, [lines.buffer]);
    });
  };

  const onMessage = (slot: Slot, message: WorkerMessage): void => {
    switch (message.kind) {
      case 'listening':
        onListening(slot, message);
        return;
      case 'failed':
        onFailed(slot, message.error);
        return;
      case 'swapped':
        slot.configId = message.configId;
        hooks.onChange();
        return;
      case 'access':
        takeAccessLines(slot, message.bytes);
        return;
      case 'log':
        log[message.level](message.message, { worker: slot.index });
        return;
      case 'drained':
        slot.state = 'drained';
        checkDrained();
    }
  };

  const onExit = (slot: Slot, reason: string): void => {
    slot.worker = null;
    slot.configId = '';
    slot.state = 'gone';
    // What was open in the dead worker is open no more; the counts that only grow stay.
    const row = slot.index * statisticsWords;
    shared.statistics[row + statisticsLayout.connectionsActive] = 0;
    shared.statistics[row + statisticsLayout.exchangesActive] = 0;
    if (ending) {
      checkDrained();
      return;
    }
    if (started !== null && slot.failures + 1 >= failuresWhileStartingMax) {
      finishStart(`worker ${slot.index} ended ${slot.failures + 1} times while starting: ${reason}`);
      return;
    }
    if (clock.monotonicUs() - slot.startedUs >= stableUs) slot.failures = 0;
    const waitMs =
      slot.failures === 0 ? 0 : Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(slot.failures - 1, 10));
    slot.failures++;
    slot.restarts++;
    log.error('worker ended, starting another', { worker: slot.index, reason, waitMs });
    slot.timer = clock.after(waitMs, () => launch(slot));
    hooks.onChange();
  };

  const launch = (slot: Slot): void => {
    slot.timer = null;
    slot.state = 'starting';
    slot.startedUs = clock.monotonicUs();
    const ticketKeys = hooks.ticketKeys();
    const sealed = ticketKeys === null ? {} : { ticketKeys };
    const start: WorkerOptions = { ...options, ...ports, ...sealed, kind: 'start', index: slot.index };
    const worker = workers.start(slot.index, start, shared);
    slot.worker = worker;
    worker.onExit = (reason) => {
      if (slot.worker === worker) onExit(slot, reason);
    };
    worker.channel.onMessage = (message) => {
      if (slot.worker === worker) onMessage(slot, message as unknown as WorkerMessage);
    };
    worker.channel.post(hooks.firstMessage());
  };

  const terminate = (): void => {
    ending = true;
    for (const slot of slots) {
      slot.timer?.cancel();
      const worker = slot.worker;
      slot.worker = null;
      if (slot.state !== 'drained') slot.state = 'gone';
      worker?.terminate();
    }
  };

  return {
    members: slots,
    start(done) {
      started = done;
      launch(slots[0]!);
    },
    post(message) {
      for (const { worker, state } of slots) {
        if (worker !== null && (state === 'live' || state === 'starting')) worker.channel.post(message);
      }
    },
    drain(deadlineMs, done) {
      ending = true;
      drained = done;
      for (const slot of slots) {
        slot.timer?.cancel();
        if (slot.worker === null) slot.state = 'gone';
        else slot.worker.channel.post({ kind: 'drain', deadlineMs });
      }
      drainTimer = clock.after(deadlineMs + drainGraceMs, () => {
        for (const slot of slots) if (slot.state !== 'drained') slot.state = 'gone';
        checkDrained();
      });
      checkDrained();
    },
    terminate,
  };
}
