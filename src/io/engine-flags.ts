// How V8 compiles and collects in a process whose work is requests: nothing that helps only while a program warms up and
// then stays in memory. Some of it has to be known before a process begins, so it begins again as soon as it knows its work.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process does with its threads. */
export type EngineUse = 'requests' | 'requests and translation';

/**
 * Two of the four compilers: what is hot ends in the optimising one with or without those between, and an exchange takes as
 * long (within 3 %), but their code, their memory and the pages of Node's program that they touch are 8 to 11 MB.
 *
 * The young generation is collected by the thread that fills it: it is small and nearly all dead, and help from other
 * threads has to be waited for when all processors are busy (3 ms instead of 0.3, measured).
 *
 * Each thread has a copy of the builtins near its code: 2 MB, and no exchange is measurably shorter for it.
 */
const always = ['--no-maglev', '--no-sparkplug', '--no-parallel-scavenge', '--no-short-builtin-calls'];

/**
 * Of every thread. Requests leave next to nothing alive: the heap may stay small, and is collected, and made dense, before it
 * has grown by much (see letLargeHeapGrow). Translating a cluster makes objects that live, and wants the room.
 */
const onlyRequests = ['--semi-space-growth-factor=1', '--optimize-for-size'];

function flagsFor(use: EngineUse): readonly string[] {
  return use === 'requests' ? [...always, ...onlyRequests] : always;
}

/** Where something was loaded before us it would be loaded twice; a parent's channel would be lost. */
function canBeginAgain(): boolean {
  const preloads = /^(?:--import|--require|-r|--loader|--experimental-loader)(?:=|$)/;
  const isPreloaded = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)].some(
    (word) => preloads.test(word),
  );
  return process.platform === 'linux' && process.channel === undefined && !isPreloaded;
}

/**
 * To be called before anything is open. The process goes on as the same one, or begins again in its own place: same id,
 * arguments and streams. There the C library keeps two arenas for all threads instead of one for each, which are 5 to 7 MB.
 */
export function tuneEngine(use: EngineUse): void {
  const flags = flagsFor(use);
  if (flags.every((flag) => process.execArgv.includes(flag))) return;
  if (canBeginAgain()) {
    const [program = process.execPath, ...rest] = process.argv;
    const environment = { MALLOC_ARENA_MAX: '2', ...process.env };
    process.execve?.(process.execPath, [program, ...process.execArgv, ...flags, ...rest], environment);
  }
  setEngineFlags(use);
}

/** Those that V8 honours in a process that runs; if it ceases to, the process serves as before and is larger. */
export function setEngineFlags(use: EngineUse): void {
  for (const flag of flagsFor(use)) setFlagsFromString(flag);
}

/**
 * Above it, making a heap dense takes longer than a request should wait: 10 ms at 30 MB, up to 35 at 70. A worker with few
 * routes and targets holds 8 to 14 MB, one with 10,000 targets 18 to 27.
 */
const denseHeapBytesMax = 16 * 1024 * 1024;

/** To be called when a thread holds more than before: once it is large, no heap of the process is kept small. True: so it is. */
export function letLargeHeapGrow(): boolean {
  if (getHeapStatistics().used_heap_size < denseHeapBytesMax) return false;
  setFlagsFromString('--no-optimize-for-size');
  return true;
}

/**
 * A thread's start leaves 6 MB behind that the collector would come for only when much more is needed: modules as text, what
 * compiling them took, configuration as JSON. To be called while nobody waits. Node shows its collector only to contexts
 * that are made after the flag was set.
 */
export function collectStartGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
