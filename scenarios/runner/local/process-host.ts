// A process of the product as a host of the world: it crashes by SIGKILL, stops by SIGSTOP and starts again as another
// process at the same place.
import { join } from 'node:path';
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import type { Host } from '../../../sim/hosts/host.ts';
import { absent } from './absent.ts';
import { type Lives, type Observations, observe } from './observations.ts';
import type { ObserverStart } from './observer/records.ts';
import { type Program, startProgram } from './program.ts';

export interface ProcessSeams {
  readonly evidence: Evidence;
  readonly lives: Lives;
  /** Where each life writes what it has to tell. */
  readonly folder: string;
  readonly originNs: bigint;
  /** Further edits of the product: a canary. */
  readonly edits: ObserverStart['edits'];
  readonly figures: ObserverStart['figures'];
  nowUs(): number;
  /** Hears of a process that could not be started. */
  onFailure(error: unknown): void;
}

export interface ProcessHost extends Host {
  /** It was told to end and takes no new work. */
  readonly isDraining: boolean;
  /** null: it does not run. */
  readonly pid: number | null;
  /** What its present or last life has told; null before the first. */
  readonly told: Observations | null;
  /** Lives that an exception in its controller has ended. */
  readonly crashes: number;
  begin(): void;
  terminate(): void;
  /** Something in its controller throws. */
  throwInside(): void;
  /** A worker of it crashes. */
  endWorker(index: number): void;
  stopWorker(index: number): void;
  letWorkerGo(index: number): void;
  /** Reads what is new. */
  read(): void;
  close(): Promise<void>;
}

interface LogLine {
  readonly level?: string;
  readonly message?: string;
}

const crashed = 'the controller failed and starts again; gateways keep what they have';
const keptLines = 200;

export function createProcessHost(seams: ProcessSeams, name: string, args: readonly string[]): ProcessHost {
  const { evidence, lives, folder, originNs, edits, figures, nowUs } = seams;
  const log: { level: string; message: string; timeUs: number; fields: unknown }[] = [];
  let program: Program | null = null;
  let told: Observations | null = null;
  let isDraining = false;
  let isPaused = false;
  let crashes = 0;
  /** From a signal that ends it to its end. */
  let isDoomed = false;
  let wantsRestart = false;
  let isClosed = false;

  const onLine = (line: string): void => {
    let read: LogLine;
    try {
      read = JSON.parse(line) as LogLine;
    } catch {
      read = { level: 'error', message: line };
    }
    const { level = 'error', message = line, ...fields } = read;
    log.push({ level, message, timeUs: nowUs(), fields });
    if (log.length > keptLines) log.shift();
    if (message === crashed) crashes++;
    if (level === 'error')
      evidence.errors.push({ host: name, atUs: nowUs(), message, fields: JSON.stringify(fields) });
  };
  const onExit = (): void => {
    const atUs = nowUs();
    program = null;
    told?.close(atUs);
    lives.end(name, atUs);
    if (wantsRestart && !isClosed) begin();
  };
  const begin = (): void => {
    wantsRestart = false;
    isDoomed = false;
    isDraining = false;
    isPaused = false;
    crashes = 0;
    lives.begin(name, nowUs());
    const file = join(folder, `${name}-${lives.of(name)}.jsonl`);
    told = observe(file, name, evidence, lives);
    try {
      program = startProgram({
        args,
        observer: { file, originNs: String(originNs), edits, figures },
        onLine,
        onExit,
      });
    } catch (error) {
      seams.onFailure(error);
    }
  };
  const kill = (): void => {
    isDoomed = true;
    // SIGKILL ends a stopped process too.
    program?.signal('SIGKILL');
  };
  const nothing = absent<Host>('simulated process');
  return {
    name,
    get machine() {
      return nothing.machine;
    },
    get world() {
      return nothing.world;
    },
    get alive() {
      return program !== null && !isDoomed;
    },
    get lives() {
      return lives.of(name);
    },
    log: log as unknown as Host['log'],
    onExit: null,
    get isDraining() {
      return isDraining;
    },
    get pid() {
      return program?.pid ?? null;
    },
    get told() {
      return told;
    },
    get crashes() {
      return crashes;
    },
    begin,
    start: (factory) => nothing.start(factory),
    launch: () => nothing.launch(),
    jumpClock: (byUs) => nothing.jumpClock(byUs),
    setClockRate: (ppm) => nothing.setClockRate(ppm),
    crash: kill,
    exit: kill,
    restart() {
      if (program === null) begin();
      else {
        wantsRestart = true;
        kill();
      }
    },
    pause() {
      if (isPaused) return;
      isPaused = true;
      program?.signal('SIGSTOP');
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      program?.signal('SIGCONT');
    },
    terminate() {
      isDraining = true;
      evidence.lives.push({ host: name, life: lives.of(name), atUs: nowUs(), what: 'drain' });
      program?.signal('SIGTERM');
    },
    throwInside: () => program?.tell('throw'),
    endWorker: (index) => program?.tell(`end-worker ${index}`),
    stopWorker: (index) => program?.tell(`stop-worker ${index}`),
    letWorkerGo: (index) => program?.tell(`go-worker ${index}`),
    read: () => {
      if (program !== null) told?.read();
    },
    async close() {
      isClosed = true;
      const { ended } = program ?? { ended: Promise.resolve() };
      kill();
      await ended;
    },
  };
}
