// The command line of `tidegate scenario run`, checked and as data.
import { availableParallelism } from 'node:os';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CommandInput } from '../command.ts';
import { CommandError, exitUsage } from '../exit-codes.ts';
import { demandCloneForLocal } from '../simulate/live-replay.ts';
import { canaryOption, countOption, textOption } from '../simulate/options.ts';

const seedMax = 0x7fffffff;
const repeatMax = 100_000;
const jobsMax = 256;

export interface ScenarioOptions {
  readonly paths: readonly string[];
  readonly seeds: readonly number[];
  readonly backends: readonly RunnableBackend[];
  /** null: as many as suit the backend. */
  readonly jobs: number | null;
  /** Lower case; '' = all. */
  readonly filter: string;
  readonly lastFailed: boolean;
  readonly lists: boolean;
  readonly json: boolean;
  readonly showsJudged: boolean;
  readonly junit: string | null;
  readonly html: string | null;
  readonly settings: ReadonlyMap<string, string>;
  readonly failsOnUnsupported: boolean;
  readonly canary: Canary | null;
}

function seedsOf(input: CommandInput): readonly number[] {
  const repeat = countOption(input, 'repeat', 1, repeatMax);
  const text = textOption(input, 'seeds');
  if (text === null) return Array.from({ length: repeat ?? 1 }, (_, index) => index + 1);
  const match = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || from > to || to > seedMax || to - from >= repeatMax)
    throw new CommandError(exitUsage, `--seeds must be a number or a range such as 1..20, not '${text}'`);
  if (repeat !== null && match[2] !== undefined)
    throw new CommandError(exitUsage, 'give --repeat or a range of --seeds, not both');
  const count = repeat ?? to - from + 1;
  return Array.from({ length: count }, (_, index) => from + index);
}

export function settingsOf(input: CommandInput): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const text of (input.options['set'] ?? []) as readonly string[]) {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError(exitUsage, `--set takes NAME=VALUE, not '${text}'`);
    settings.set(text.slice(0, at), text.slice(at + 1));
  }
  return settings;
}

/** Backends whose worlds are real take as long as their time takes, most of which they wait. */
const localJobsPerCore = 2;

/** A node of k3s is one machine, and so are its clients. */
const clusterJobs = 2;

export type RunnableBackend = 'sim' | 'local' | 'k3s';

async function backendsOf(input: CommandInput): Promise<readonly RunnableBackend[]> {
  const { backendNames } = await import('../../../scenarios/runner/backend.ts');
  const names = (textOption(input, 'on') ?? 'sim').split(',').map((name) => name.trim());
  for (const name of names) {
    if (!backendNames.some((known) => known === name))
      throw new CommandError(exitUsage, `--on takes ${backendNames.join(', ')}, not '${name}'`);
  }
  if (names.includes('local')) demandCloneForLocal();
  if (names.includes('k3s') && textOption(input, 'canary') !== null)
    throw new CommandError(
      exitUsage,
      '--canary is for sim and local: the image of a cluster is built without it',
    );
  return [...new Set(names)] as readonly RunnableBackend[];
}

/** Threads; every one of `local` has a world of several processes. */
export function jobsOn(backend: RunnableBackend, { jobs }: ScenarioOptions): number {
  if (backend === 'k3s') return jobs ?? clusterJobs;
  return jobs ?? availableParallelism() * (backend === 'local' ? localJobsPerCore : 1);
}

export async function parseScenarioOptions(
  input: CommandInput,
  paths: readonly string[],
): Promise<ScenarioOptions> {
  return {
    paths,
    backends: await backendsOf(input),
    seeds: seedsOf(input),
    jobs: countOption(input, 'jobs', 1, jobsMax),
    filter: (textOption(input, 'filter') ?? '').toLowerCase(),
    lastFailed: input.options['last-failed'] === true,
    lists: input.options['list'] === true,
    json: input.options['json'] === true,
    showsJudged: input.options['judged'] === true,
    junit: textOption(input, 'junit'),
    html: textOption(input, 'html'),
    settings: settingsOf(input),
    failsOnUnsupported: input.options['fail-on-unsupported'] === true,
    canary: await canaryOption(input),
  };
}
