// Help texts, made from the commands' own data.
import type { Command, OptionSpec } from './command.ts';
import { commandEntries } from './commands.ts';

export function formatOverview(): string {
  const width = Math.max(...commandEntries.map((entry) => entry.name.length));
  const lines = commandEntries.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`);
  return [
    'tidegate: a Kubernetes ingress controller and a Kong-compatible proxy that you can rehearse',
    '',
    'Usage: tidegate COMMAND [OPTION...]',
    '',
    ...lines,
    '',
    "'tidegate COMMAND --help' shows a command's options and examples.",
    '',
  ].join('\n');
}

function formatFlag(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return `${short}--${name}${spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : ''}`;
}

function formatOption(name: string, spec: OptionSpec, width: number): string {
  const notes = [
    spec.default === undefined || spec.default === false ? '' : `default ${spec.default}`,
    spec.multiple ? 'may be repeated' : '',
  ].filter((note) => note !== '');
  const suffix = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `  ${formatFlag(name, spec).padEnd(width)}  ${spec.help}${suffix}`;
}

export function formatCommandHelp(command: Command): string {
  const options = Object.entries(command.options);
  const width = Math.max(10, ...options.map(([name, spec]) => formatFlag(name, spec).length));
  const usage = ['Usage: tidegate', command.name, options.length === 0 ? '' : '[OPTION...]', command.usage];
  const lines = [
    `tidegate ${command.name}: ${command.summary}`,
    '',
    usage.filter((part) => part !== '').join(' '),
  ];
  if (options.length > 0) {
    lines.push('', 'Options:', ...options.map(([name, spec]) => formatOption(name, spec, width)));
  }
  if (command.examples.length > 0) {
    lines.push('', 'Examples:');
    for (const [line, explanation] of command.examples) lines.push(`  ${line}`, `      ${explanation}`);
  }
  return `${lines.join('\n')}\n`;
}
