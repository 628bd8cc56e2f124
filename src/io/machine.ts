// What this process may use of its machine: processors and memory by its control group (a container's limits), open files
// by its own limit. A container that may use two processors of 64 must not start 64 workers.
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** null: there is no such file. */
export type ReadText = (path: string) => string | null;

export interface Machine {
  /** Whole processors; a half one too many would only be throttled. */
  readonly processors: number;
  readonly memoryBytes: number;
  readonly openFiles: number;
}

const cgroupRoot = '/sys/fs/cgroup';
/** Where nobody says how many. Node raises its own limit to the highest that it may have. */
const openFilesDefault = 65_536;

/** Our group and those around it: each may have a limit. `controller` is a name of version 1, or '' for version 2. */
function groupFolders(read: ReadText, controller: string): readonly string[] {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  const own = groups.find(([, names = '']) =>
    controller === '' ? names === '' : names.split(',').includes(controller),
  );
  const base = controller === '' ? cgroupRoot : `${cgroupRoot}/${controller}`;
  const names = (own?.[2] ?? '').split('/').filter((name) => name !== '' && name !== '..');
  // The mount may show the group itself at its root, or the whole tree.
  return [base, ...names.map((_, index) => `${base}/${names.slice(0, index + 1).join('/')}`)];
}

function numberIn(text: string | null): number | null {
  const value = text === null ? Number.NaN : Number.parseInt(text, 10);
  return Number.isFinite(value) ? value : null;
}

function quotas(read: ReadText): readonly number[] {
  const unified = groupFolders(read, '').map((folder) => {
    const [quota, period] = (read(`${folder}/cpu.max`) ?? '').split(/\s+/).map(Number);
    return (quota ?? Number.NaN) / (period ?? Number.NaN);
  });
  const separate = groupFolders(read, 'cpu').map((folder) => {
    const quota = numberIn(read(`${folder}/cpu.cfs_quota_us`)) ?? -1;
    return quota / (numberIn(read(`${folder}/cpu.cfs_period_us`)) ?? Number.NaN);
  });
  return [...unified, ...separate].filter((share) => share > 0);
}

function memoryLimits(read: ReadText): readonly number[] {
  const files = [
    ...groupFolders(read, '').map((folder) => `${folder}/memory.max`),
    ...groupFolders(read, 'memory').map((folder) => `${folder}/memory.limit_in_bytes`),
  ];
  return files.map((file) => numberIn(read(file)) ?? 0).filter((bytes) => bytes > 0);
}

function openFilesLimit(read: ReadText): number {
  const limits = /^Max open files\s+(\d+)/m.exec(read('/proc/self/limits') ?? '');
  return limits === null ? openFilesDefault : Number(limits[1]);
}

export function machineOf(
  read: ReadText,
  present: { readonly processors: number; readonly memoryBytes: number },
): Machine {
  return {
    processors: Math.max(1, Math.floor(Math.min(present.processors, ...quotas(read)))),
    memoryBytes: Math.min(present.memoryBytes, ...memoryLimits(read)),
    openFiles: openFilesLimit(read),
  };
}

export function readMachine(): Machine {
  const read: ReadText = (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  };
  return machineOf(read, { processors: availableParallelism(), memoryBytes: totalmem() });
}

const heapMbMin = 64;
const heapMbMax = 4096;

/** Half of the memory is for the workers' objects; buffers, code and the main thread need the other. */
export function workerHeapMb(memoryBytes: number, workers: number): number {
  const shareMb = Math.floor(memoryBytes / 2 / workers / 1_048_576);
  return Math.min(heapMbMax, Math.max(heapMbMin, shareMb));
}

/** Connections of the Admin API, and of the status page: few need them, and nobody may use up all files there. */
export function pageConnectionsMax(openFiles: number): number {
  return Math.min(256, Math.max(16, Math.floor(openFiles / 64)));
}

/** Files of the process that are not for traffic, and those of each thread. */
const ownFiles = 48;
const threadFiles = 12;

/** How many connections, to clients and to upstreams together, a worker may have. */
export function socketsOfWorker(openFiles: number, workers: number): number {
  const others = ownFiles + threadFiles * workers + 2 * pageConnectionsMax(openFiles);
  return Math.max(16, Math.floor((openFiles - others) / workers));
}
