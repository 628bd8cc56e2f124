// What a setting of Kong is here: one value with its name, type and default in Kong 3.9, and what becomes of it.
import type { Outcome } from './outcome.ts';

export type SettingType = 'string' | 'number' | 'boolean' | 'list';

/** One setting that somebody gave a value. */
export interface GivenSetting {
  /** As the user wrote it: `KONG_TRUSTED_IPS`, or `trusted_ips in kong.conf`. */
  readonly source: string;
  /** Trimmed, never empty: Kong takes an empty value for none. */
  readonly value: string;
  /** Of a value that is refused. */
  readonly exitCode: number;
}

interface Described {
  /** In lower case; of a family, what its names begin with. */
  readonly name: string;
  readonly type: SettingType;
  /** Kong's, null where it has none. */
  readonly default: string | null;
  /** What it does here; of what is not carried out, the reason. Ends without a full stop. */
  readonly docs: string;
  /** Its value never stands in a message. */
  readonly isSecret?: boolean;
  /** Every setting whose name begins like this and that has no entry of its own. */
  readonly isFamily?: boolean;
}

export interface ImplementedSetting extends Described {
  readonly kind: 'implemented';
  /** What it is on the command line; null where there is no such option. */
  readonly option: string | null;
  /** Throws a CommandError that names the setting (`refuse`). */
  readonly apply: (given: GivenSetting, outcome: Outcome) => void;
}

/** Taken, because it has nothing to act on. */
export interface IgnoredSetting extends Described {
  readonly kind: 'ignored';
  /** Said at the start, unless the value is one of these or Kong's default: somebody might count on it. */
  readonly toldUnless?: readonly string[];
}

export interface RefusedSetting extends Described {
  readonly kind: 'refused';
  /** Values beside Kong's default that ask for nothing that is missing here. */
  readonly accepts: readonly string[];
}

export type KongSetting = ImplementedSetting | IgnoredSetting | RefusedSetting;

export type Row = readonly [name: string, type: SettingType, preset: string | null];

/** Settings that share a reason for having no effect. */
export function ignored(
  docs: string,
  rows: readonly Row[],
  more: Partial<Pick<IgnoredSetting, 'toldUnless' | 'isSecret' | 'isFamily'>> = {},
): readonly IgnoredSetting[] {
  return rows.map(([name, type, preset]) => ({
    kind: 'ignored',
    name,
    type,
    default: preset,
    docs,
    ...more,
  }));
}

export function refused(
  docs: string,
  rows: readonly Row[],
  accepts: readonly string[] = [],
  more: Partial<Pick<RefusedSetting, 'isSecret' | 'isFamily'>> = {},
): readonly RefusedSetting[] {
  return rows.map(([name, type, preset]) => ({
    kind: 'refused',
    name,
    type,
    default: preset,
    docs,
    accepts,
    ...more,
  }));
}
