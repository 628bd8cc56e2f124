// How much the machine kept processes waiting while a world ran. Where more wants to run than there are cores everything comes
// later, and no defect of the product is the reason; so the time in which processes could run is told from the time that went by.
import { readdirSync, readFileSync } from 'node:fs';

export interface MachineTime {
  /** Time in which the machine let processes run, from the start of the world to that moment of it. Never goes back. */
  atUs(us: number): number;
  stop(): void;
}

/** Nanoseconds in which a thread of a process could have run and did not, by the thread. */
type Waits = ReadonlyMap<string, number>;

/** What nobody waits for: compilers, collectors, files. */
const besides: readonly string[] = ['node-V8Worker', 'libuv-worker', 'DelayedTaskSche', 'SignalInspector'];

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile, or the kernel does not tell.
    return '';
  }
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The second figure of a thread's schedstat; nothing where the kernel does not count it. */
export function waitsOf(pid: number): Waits {
  const waits: Map<string, number> = new Map();
  for (const thread of threadsOf(pid)) {
    const folder = `/proc/${pid}/task/${thread}`;
    if (besides.includes(read(`${folder}/comm`).trim())) continue;
    const wait = Number(read(`${folder}/schedstat`).split(' ')[1]);
    if (Number.isFinite(wait)) waits.set(thread, wait);
  }
  return waits;
}

/** By how much the thread that waited most waited longer. */
function grownNs(before: Waits, after: Waits): number {
  let most = 0;
  for (const [thread, wait] of after) most = Math.max(most, wait - (before.get(thread) ?? 0));
  return most;
}

/** However busy the machine is, something goes on. */
const shareMin = 0.02;

/** Moments, each with the machine's time by then. */
export class Stretches {
  private readonly moments: number[] = [0];
  private readonly times: number[] = [0];

  /** From the last moment to this one so much was lost. */
  add(us: number, lostUs: number): void {
    const wentBy = us - this.moments.at(-1)!;
    if (wentBy <= 0) return;
    const passed = Math.max(wentBy * shareMin, wentBy - Math.max(0, lostUs));
    this.times.push(this.times.at(-1)! + passed);
    this.moments.push(us);
  }

  at(us: number): number {
    const { moments, times } = this;
    let low = 0;
    let high = moments.length - 1;
    if (us >= moments[high]!) return times[high]! + us - moments[high]!;
    // The last moment that is not after it.
    while (low < high - 1) {
      const middle = (low + high) >> 1;
      if (moments[middle]! <= us) low = middle;
      else high = middle;
    }
    const share = (us - moments[low]!) / (moments[high]! - moments[low]!);
    return times[low]! + share * (times[high]! - times[low]!);
  }
}

const lookEveryMs = 100;
const timerSlackUs = 2_000;

/** `pids`: of the product's processes that run now. A change goes through several of them, one after the other. */
export function measureMachine(nowUs: () => number, pids: () => readonly number[]): MachineTime {
  const stretches = new Stretches();
  let known: ReadonlyMap<number, Waits> = new Map();
  let dueUs = nowUs() + lookEveryMs * 1000;
  const measure = (): void => {
    const us = nowUs();
    // The cluster, its pods and the clients are in this thread: while it does one thing, all others wait.
    let lostUs = us - dueUs > timerSlackUs ? us - dueUs : 0;
    const seen: Map<number, Waits> = new Map();
    for (const pid of pids()) {
      const waits = waitsOf(pid);
      seen.set(pid, waits);
      lostUs += grownNs(known.get(pid) ?? new Map(), waits) / 1000;
    }
    known = seen;
    stretches.add(us, lostUs);
    dueUs = us + lookEveryMs * 1000;
  };
  const timer = setInterval(measure, lookEveryMs);
  return { atUs: (us) => stretches.at(us), stop: () => clearInterval(timer) };
}
