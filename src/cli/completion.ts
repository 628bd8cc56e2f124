// `tidegate completion SHELL`: scripts generated from the commands' own data.
import type { Command } from './command.ts';
import { commandEntries, loadCommand } from './commands.ts';
import { CommandError, exitOk, exitUsage } from './exit-codes.ts';

interface CompletionRow {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly (readonly [flag: string, help: string])[];
}

async function collectRows(): Promise<readonly CompletionRow[]> {
  const rows: CompletionRow[] = [];
  for (const entry of commandEntries) {
    const { options } = entry.name === 'completion' ? command : await loadCommand(entry);
    const flags = Object.entries(options).map(([flag, spec]) => [flag, spec.help] as const);
    rows.push({ name: entry.name, summary: entry.summary, flags: [...flags, ['help', 'show help']] });
  }
  return rows;
}

function formatBash(rows: readonly CompletionRow[]): string {
  const cases = rows.map(
    (row) => `    ${row.name}) words="${row.flags.map(([flag]) => `--${flag}`).join(' ')}" ;;`,
  );
  return [
    '_tidegate() {',
    '  local words',
    '  local current="${COMP_WORDS[COMP_CWORD]}"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${rows.map((row) => row.name).join(' ')}"`,
    '  else case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _tidegate tidegate',
    '',
  ].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", '')}'`;
}

function formatZsh(rows: readonly CompletionRow[]): string {
  const cases = rows.map((row) => {
    const flags = row.flags.map(([flag, help]) => quote(`--${flag}[${help.replaceAll(/[[\]:]/g, ' ')}]`));
    return `    ${row.name}) _arguments ${flags.join(' ')} '*:file:_files' ;;`;
  });
  return [
    '#compdef tidegate',
    '_tidegate() {',
    '  if (( CURRENT == 2 )); then',
    `    local -a commands=(${rows.map((row) => quote(`${row.name}:${row.summary}`)).join(' ')})`,
    '    _describe command commands',
    '    return',
    '  fi',
    '  case "${words[2]}" in',
    ...cases,
    '  esac',
    '}',
    'compdef _tidegate tidegate',
    '',
  ].join('\n');
}

function formatFish(rows: readonly CompletionRow[]): string {
  const lines: string[] = [];
  for (const row of rows) {
    lines.push(`complete -c tidegate -n __fish_use_subcommand -a ${row.name} -d ${quote(row.summary)}`);
    for (const [flag, help] of row.flags) {
      lines.push(
        `complete -c tidegate -n '__fish_seen_subcommand_from ${row.name}' -l ${flag} -d ${quote(help)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

const formats: Readonly<Record<string, (rows: readonly CompletionRow[]) => string>> = {
  bash: formatBash,
  zsh: formatZsh,
  fish: formatFish,
};

export const command: Command = {
  name: 'completion',
  summary: 'a completion script for bash, zsh or fish',
  usage: 'bash|zsh|fish',
  options: {},
  examples: [['source <(tidegate completion bash)', 'completion in this shell']],
  async run(input) {
    const shell = input.positionals[0] ?? '';
    const format = Object.hasOwn(formats, shell) ? formats[shell] : undefined;
    if (format === undefined) {
      throw new CommandError(exitUsage, `completion needs one of bash, zsh, fish, not '${shell}'`);
    }
    process.stdout.write(format(await collectRows()));
    return exitOk;
  },
};
