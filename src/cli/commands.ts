// The list of commands: what `tidegate help` shows and where each one lives.
import { type EngineUse, tuneEngine } from '../io/engine-flags.ts';
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly name: string;
  /** Repeated here so that the overview loads no command; a test holds it equal to the command's own. */
  readonly summary: string;
  /** Absent: nothing to tune for. */
  readonly serves?: EngineUse;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'dev',
    summary: 'embedded cluster, controller and proxy on this machine; kubectl works against it',
    load: () => import('./dev.ts'),
  },
  {
    name: 'run',
    summary: 'controller and proxy in one process, as in a pod',
    serves: 'requests and translation',
    load: () => import('./run.ts'),
  },
  { name: 'controller', summary: 'only the controller manager', load: () => import('./controller.ts') },
  {
    name: 'proxy',
    summary: 'only the proxy with its Admin API',
    serves: 'requests',
    load: () => import('./proxy.ts'),
  },
  {
    name: 'cluster',
    summary: 'only the simulated cluster, behind a Kubernetes API on loopback',
    load: () => import('./cluster.ts'),
  },
  {
    name: 'manifests',
    summary: 'the manifests of an installation, for kubectl apply -f -',
    load: () => import('./print-manifests.ts'),
  },
  { name: 'pod', summary: 'the pod server alone', load: () => import('./pod.ts') },
  {
    name: 'translate',
    summary: 'manifests to Kong declarative config, offline',
    load: () => import('./translate.ts'),
  },
  {
    name: 'match',
    summary: 'which route and service a request gets, and why not the others',
    load: () => import('./match.ts'),
  },
  {
    name: 'simulate',
    summary: 'random histories of whole clusters in virtual time, judged by every property',
    load: () => import('./simulate.ts'),
  },
  {
    name: 'scenario',
    summary: 'runs scenario suites before a change is trusted; also checks, explains and begins them',
    load: () => import('./scenario.ts'),
  },
  {
    name: 'collect',
    summary: 'objects, events, metrics, rates and logs of a running cluster as one file, without secrets',
    load: () => import('./collect.ts'),
  },
  {
    name: 'replay',
    summary: 'the run of a trace again: the same events, or what another build makes of its plan',
    load: () => import('./replay.ts'),
  },
  {
    name: 'shrink',
    summary: 'the smallest plan that still fails as the one of a trace does',
    load: () => import('./shrink.ts'),
  },
  {
    name: 'trace',
    summary: 'a trace for people: as text, as one page, or for ui.perfetto.dev',
    load: () => import('./trace.ts'),
  },
  {
    name: 'doctor',
    summary: 'what this machine has and lacks for each backend',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'a completion script for bash, zsh or fish',
    load: () => import('./completion.ts'),
  },
  { name: 'version', summary: 'versions of Tidegate and its runtime', load: () => import('./version.ts') },
];

export function findCommand(name: string): CommandEntry | null {
  return commandEntries.find((entry) => entry.name === name) ?? null;
}

/** To be called before the command is loaded: the process may begin again. */
export function prepare({ serves }: CommandEntry): void {
  if (serves !== undefined) tuneEngine(serves);
}

export async function loadCommand(entry: CommandEntry): Promise<Command> {
  return (await entry.load()).command;
}
