// The command line of `tidegate simulate`, checked and as data.
import { randomInt } from 'node:crypto';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignOptions, Strategy } from '../../../sim/history/campaign.ts';
import type { CommandInput } from '../command.ts';
import { CommandError, exitEnvironment, exitUsage } from '../exit-codes.ts';
import { parseCount } from '../parse.ts';
import { canPlant } from './canary-hook.ts';
import { readManifestOptions } from './manifest-options.ts';

const strategies: readonly Strategy[] = ['uniform', 'pct', 'crash-at-every-write'];
const seedMax = 0x7fffffff;
const runsMax = 100_000_000;
const jobsMax = 256;
const defaultSeconds = 60;

export interface SimulateOptions {
  readonly campaign: CampaignOptions;
  /** null: as many as the time allows. */
  readonly runs: number | null;
  /** null: as long as the runs take. */
  readonly seconds: number | null;
  readonly jobs: number;
  readonly canary: Canary | null;
  readonly json: boolean;
  readonly keepsGoing: boolean;
  readonly showsTable: boolean;
  /** Folder of the traces. */
  readonly traces: string;
  /** Folder where shrunk plans are kept; null: nowhere. */
  readonly save: string | null;
}

export function textOption(input: CommandInput, name: string): string | null {
  const value = input.options[name];
  return typeof value === 'string' ? value : null;
}

/** 'a,b' or null. */
function namesOption(input: CommandInput, name: string): readonly string[] | null {
  const text = textOption(input, name);
  if (text === null) return null;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function countOption(
  input: CommandInput,
  name: string,
  lowest: number,
  highest: number,
): number | null {
  return textOption(input, name) === null ? null : parseCount(input, name, lowest, highest);
}

function strategyOption(input: CommandInput): Strategy {
  const text = textOption(input, 'strategy') ?? 'uniform';
  const strategy = strategies.find((name) => name === text);
  if (strategy === undefined)
    throw new CommandError(exitUsage, `--strategy must be ${strategies.join(', ')}, not '${text}'`);
  return strategy;
}

/** Checks that all names are known and answers the ids or names that campaigns use. */
async function checkedNames(input: CommandInput): Promise<Pick<CampaignOptions, 'faults' | 'properties'>> {
  const faults = namesOption(input, 'faults');
  const properties = namesOption(input, 'property');
  const { findFault, faults: allFaults } = await import('../../../sim/faults/catalogue.ts');
  const { findProperty, properties: allProperties } = await import('../../../sim/properties/catalogue.ts');
  const faultNames = allFaults.map(({ name }) => name);
  const propertyNames = allProperties.map(({ id }) => id);
  for (const name of faults ?? [])
    if (findFault(name) === null)
      throw new CommandError(exitUsage, `there is no fault '${name}'; there are: ${faultNames.join(', ')}`);
  for (const name of properties ?? [])
    if (findProperty(name) === null)
      throw new CommandError(
        exitUsage,
        `there is no property '${name}'; there are: ${propertyNames.join(', ')}`,
      );
  return { faults, properties: properties?.map((name) => findProperty(name)!.id) ?? null };
}

/** The canary of `--canary NAME`; null without the option. */
export async function canaryOption(input: CommandInput): Promise<Canary | null> {
  const name = textOption(input, 'canary');
  if (name === null) return null;
  demandClone();
  const { canaries, findCanary } = await import('../../../sim/canaries/catalogue.ts');
  const canary = findCanary(name);
  if (canary === null) {
    const names = canaries.map((known) => known.name).join(', ');
    throw new CommandError(exitUsage, `there is no canary '${name}'; there are: ${names}`);
  }
  return canary;
}

/** `--on` of commands that run plans. */
export function backendOption(input: CommandInput): 'sim' | 'local' {
  const on = textOption(input, 'on') ?? 'sim';
  if (on !== 'sim' && on !== 'local')
    throw new CommandError(exitUsage, `--on takes sim or local, not '${on}'`);
  return on;
}

export function demandClone(): void {
  if (!canPlant)
    throw new CommandError(
      exitEnvironment,
      'canaries are edits of the TypeScript sources, which this package does not have; run it in a clone',
    );
}

export async function parseSimulate(input: CommandInput, jobsDefault: number): Promise<SimulateOptions> {
  const runs = countOption(input, 'runs', 1, runsMax);
  const minutes = countOption(input, 'minutes', 1, 7 * 24 * 60);
  return {
    campaign: {
      seed: countOption(input, 'seed', 0, seedMax) ?? randomInt(seedMax),
      strategy: strategyOption(input),
      ...(await checkedNames(input)),
      manifests: await readManifestOptions(input),
    },
    runs,
    seconds: minutes !== null ? minutes * 60 : runs === null ? defaultSeconds : null,
    jobs: countOption(input, 'jobs', 1, jobsMax) ?? jobsDefault,
    canary: await canaryOption(input),
    json: input.options['json'] === true,
    keepsGoing: input.options['keep-going'] === true,
    showsTable: input.options['faults-table'] === true,
    traces: textOption(input, 'traces') ?? '.',
    save: textOption(input, 'save'),
  };
}
