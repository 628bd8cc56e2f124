// How V8 compiles and collects in a process whose work is requests: nothing that helps only while a program warms up and
// then stays in memory. Flags are read whenever they matter, so they can be set while the process runs.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Two of the four compilers: what is hot ends in the optimising one with or without those between, and an exchange takes as
 * long (within 3 %), but their code, their memory and the pages of Node's program that they touch are 8 to 11 MB.
 *
 * The young generation is collected by the thread that fills it: it is small and nearly all dead, and help from other
 * threads has to be waited for when all processors are busy (3 ms instead of 0.3, measured).
 */
const always = ['--no-maglev', '--no-sparkplug', '--no-parallel-scavenge'];

/** Of every thread. Requests leave next to nothing alive; translating a cluster does, and wants the room. */
const onlyRequests = ['--semi-space-growth-factor=1'];

export function setEngineFlags({ onlyServes }: { readonly onlyServes: boolean }): void {
  for (const flag of onlyServes ? [...always, ...onlyRequests] : always) setFlagsFromString(flag);
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
