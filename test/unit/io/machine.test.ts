// What a process may use, read from the files of a control group of either version.
import { expect, it, test } from 'vitest';
import { machineOf, socketsOfWorker, workerHeapMb } from '../../../src/io/machine.ts';

const present = { processors: 8, memoryBytes: 16_000 };
const root = '/sys/fs/cgroup';

interface Case {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly processors?: number;
  readonly memoryBytes?: number;
  readonly openFiles?: number;
}

const cases: readonly Case[] = [
  { title: 'no control group', files: {} },
  {
    title: 'no limits',
    files: {
      '/proc/self/cgroup': '0::/\n',
      [`${root}/cpu.max`]: 'max 100000\n',
      [`${root}/memory.max`]: 'max\n',
    },
  },
  {
    title: 'a container',
    files: {
      '/proc/self/cgroup': '0::/\n',
      [`${root}/cpu.max`]: '250000 100000\n',
      [`${root}/memory.max`]: '4096\n',
    },
    processors: 2,
    memoryBytes: 4096,
  },
  { title: 'half a processor', files: { [`${root}/cpu.max`]: '50000 100000\n' }, processors: 1 },
  { title: 'more than there is', files: { [`${root}/cpu.max`]: '9900000 100000\n' } },
  {
    title: 'the limit is on a group around ours',
    files: {
      '/proc/self/cgroup': '0::/kubepods/pod1/box\n',
      [`${root}/kubepods/pod1/cpu.max`]: '300000 100000\n',
      [`${root}/kubepods/pod1/box/cpu.max`]: 'max 100000\n',
      [`${root}/kubepods/memory.max`]: '9000\n',
      [`${root}/kubepods/pod1/box/memory.max`]: '8000\n',
    },
    processors: 3,
    memoryBytes: 8000,
  },
  {
    title: 'version 1',
    files: {
      '/proc/self/cgroup': '4:cpu,cpuacct:/box\n7:memory:/box\n',
      [`${root}/cpu/box/cpu.cfs_quota_us`]: '400000\n',
      [`${root}/cpu/box/cpu.cfs_period_us`]: '100000\n',
      [`${root}/memory/box/memory.limit_in_bytes`]: '5000\n',
    },
    processors: 4,
    memoryBytes: 5000,
  },
  {
    title: 'version 1 without limits',
    files: {
      '/proc/self/cgroup': '4:cpu,cpuacct:/\n7:memory:/\n',
      [`${root}/cpu/cpu.cfs_quota_us`]: '-1\n',
      [`${root}/cpu/cpu.cfs_period_us`]: '100000\n',
      [`${root}/memory/memory.limit_in_bytes`]: '9223372036854771712\n',
    },
  },
  {
    title: 'open files',
    files: {
      '/proc/self/limits':
        'Limit  Soft Limit  Hard Limit  Units\nMax open files            256       512       files\n',
    },
    openFiles: 256,
  },
];

it.each(cases.map((entry) => [entry.title, entry] as const))('%s', (_title, entry) => {
  const { files, processors = 8, memoryBytes = 16_000, openFiles = 65_536 } = entry;
  const machine = machineOf((path) => files[path] ?? null, present);
  expect(machine).toEqual({ processors, memoryBytes, openFiles });
});

test('heaps of all workers are half of the memory, within reason', () => {
  const gigabyte = 1024 ** 3;
  expect([1, 2, 64].map((workers) => workerHeapMb(gigabyte, workers))).toEqual([512, 256, 64]);
  expect(workerHeapMb(100 * gigabyte, 1)).toBe(4096);
});

test('sockets of all workers leave room for the files of the process', () => {
  expect([1, 2, 4].map((workers) => socketsOfWorker(1024, workers))).toEqual([932, 460, 224]);
  expect(socketsOfWorker(64, 1)).toBe(16);
});
