// The command line of one command, checked against its options.
import { parseArgs } from 'node:util';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';

/** Long options as `--name value` or `--name=value`; only `multiple` ones may be repeated. */
export function parseCommandLine(command: Command, argv: readonly string[]): CommandInput | 'help' {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      {
        type: spec.type,
        multiple: true,
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
  } catch (error) {
    throw new CommandError(exitUsage, `${saidOf(error as Error)}; see 'tidegate ${command.name} --help'`);
  }
  const values: Record<string, string | boolean | readonly string[] | undefined> = {};
  for (const [name, spec] of Object.entries(command.options)) {
    const given = parsed.values[name] as readonly (string | boolean)[] | undefined;
    if (given === undefined) values[name] = spec.multiple ? [] : spec.default;
    else if (spec.multiple) values[name] = given as readonly string[];
    else if (given.length > 1) throw new CommandError(exitUsage, `option '--${name}' is given twice`);
    else values[name] = given[0];
  }
  if (command.usage === '' && parsed.positionals.length > 0) {
    throw new CommandError(
      exitUsage,
      `'${parsed.positionals[0]}' is not understood; see 'tidegate ${command.name} --help'`,
    );
  }
  return { options: values, positionals: parsed.positionals, given: new Set(Object.keys(parsed.values)) };
}

/** Node's sentence, shortened to what the user has to know. */
function saidOf({ message }: Error): string {
  const flag = /^Option '(-[^' ]+)[^']*' argument is ambiguous/.exec(message)?.[1];
  if (flag !== undefined)
    return `${flag} needs a value; one that begins with a dash is given as --NAME=VALUE`;
  const [sentence = message] = message.split('. To specify');
  return sentence.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** What to call an option in an error: as its user wrote it. */
export function spelled({ sources }: CommandInput, name: string): string {
  return sources?.get(name) ?? `--${name}`;
}

/** A port number option: 0 means any free port. */
export function parsePort(input: CommandInput, name: string): number {
  const text = String(input.options[name]);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new CommandError(
      exitUsage,
      `${spelled(input, name)} must be a port from 0 to 65535, not '${text}'`,
    );
  }
  return port;
}

/** The same, or `off`: -1. */
export function parsePortOrOff(input: CommandInput, name: string): number {
  return input.options[name] === 'off' ? -1 : parsePort(input, name);
}

/** A whole number option within bounds. */
export function parseCount(input: CommandInput, name: string, lowest: number, highest: number): number {
  const text = String(input.options[name]);
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < lowest || count > highest) {
    throw new CommandError(
      exitUsage,
      `${spelled(input, name)} must be a number from ${lowest} to ${highest}, not '${text}'`,
    );
  }
  return count;
}
