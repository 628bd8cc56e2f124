// What the settings come to: options that the command line left open, and sentences for the log.
import { CommandError } from '../exit-codes.ts';
import type { GivenSetting } from './setting.ts';

export type OptionValue = string | boolean | readonly string[];

export class Outcome {
  /** Who sets an option is named where its value turns out to be wrong. */
  readonly options = new Map<string, { readonly value: OptionValue; readonly source: string }>();
  readonly warnings: string[] = [];
  /** A declarative document as text, from `declarative_config_string`. */
  declarative: { readonly text: string; readonly source: string } | null = null;
  /** The command runs a controller, which alone says what is served. */
  readonly hasController: boolean;

  constructor(hasController: boolean) {
    this.hasController = hasController;
  }

  /** A later setting takes the place of an earlier one. */
  set(given: GivenSetting, option: string, value: OptionValue): void {
    this.options.set(option, { value, source: given.source });
  }

  warn(given: GivenSetting, sentence: string): void {
    this.warnings.push(`${given.source}: ${sentence}`);
  }
}

export function refuse(given: GivenSetting, reason: string): never {
  throw new CommandError(given.exitCode, `${given.source}: ${reason}`);
}

/** A list with commas; empty places are left out. */
export function listOf({ value }: GivenSetting): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `on`, `off`, `true`, `false`. Kong takes everything else for `off`, and so a slip of the pen. */
export function switchOf(given: GivenSetting): boolean {
  const word = given.value.toLowerCase();
  if (word === 'on' || word === 'true') return true;
  if (word === 'off' || word === 'false') return false;
  return refuse(given, 'must be on or off');
}
