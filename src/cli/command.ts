// What a command of `tidegate` is: its options and help as data, and one function that runs it.

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** Placeholder in the help text, e.g. 'FILE'. */
  readonly value?: string;
  readonly default?: string | boolean;
  readonly help: string;
}

export interface CommandInput {
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
  /** Options that stand on the command line; of the others `options` has the defaults. */
  readonly given?: ReadonlySet<string>;
  /** Where options come from that do not stand there, e.g. 'KONG_TRUSTED_IPS'. */
  readonly sources?: ReadonlyMap<string, string>;
}

export interface Command {
  readonly name: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** Positionals, e.g. '-f PATH...'. */
  readonly usage: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly (readonly [line: string, explanation: string])[];
  /** Resolves to an exit code (exit-codes.ts), or throws a CommandError. */
  run(input: CommandInput): Promise<number>;
}
