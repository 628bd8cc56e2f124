// The pages of docs/reference, made from the code: commands from their options, plugins from their schemas, errors from the
// exits.
import type { Command, OptionSpec } from '../../../src/cli/command.ts';
import { commandEntries, loadCommand } from '../../../src/cli/commands.ts';
import * as exitCodes from '../../../src/cli/exit-codes.ts';
import { pluginSchemas } from '../../../src/kong/plugins/index.ts';
import type { FieldSchema, PluginSchema } from '../../../src/kong/schema/field.ts';
import { type ExitReason, exitReasons, exits, upstreamExits } from '../../../src/proxy/exchange/exits.ts';
import { remedies } from '../../../src/proxy/exchange/remedies.ts';
import { pluginOrder } from '../../../src/proxy/plugins/order.ts';
import { canaries } from '../../../sim/canaries/catalogue.ts';
import { faults } from '../../../sim/faults/catalogue.ts';
import { operatedFaults } from '../../../sim/faults/operated.ts';
import { properties } from '../../../sim/properties/catalogue.ts';

export const regenerate = 'npx vitest run --project golden test/golden/reference -u';

export function page(title: string, ...parts: readonly string[]): string {
  const note = `<!-- Made from the code; do not edit. To make it again: ${regenerate} -->`;
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function describeOption(name: string, spec: OptionSpec): readonly string[] {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : '';
  const given = spec.default === undefined || spec.default === false ? '' : `\`${spec.default}\``;
  return [
    `\`${short}--${name}${value}\``,
    given,
    `${spec.help}${spec.multiple === true ? ' (may be repeated)' : ''}`,
  ];
}

function describeCommand(command: Command): string {
  const options = Object.entries(command.options);
  const usage = ['tidegate', command.name, options.length === 0 ? '' : '[OPTION...]', command.usage];
  const parts = [
    `## tidegate ${command.name}`,
    `${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`,
    `\`\`\`sh\n${usage.filter((part) => part !== '').join(' ')}\n\`\`\``,
  ];
  if (options.length > 0)
    parts.push(
      table(
        ['option', 'default', 'meaning'],
        options.map(([name, spec]) => describeOption(name, spec)),
      ),
    );
  for (const [line, explanation] of command.examples)
    parts.push(`\`\`\`sh\n${line}\n\`\`\`\n\n${explanation}`);
  return parts.join('\n\n');
}

const exitMeanings: Readonly<Record<keyof Omit<typeof exitCodes, 'CommandError'>, string>> = {
  exitOk: 'done',
  exitProblems: 'done, and problems were found',
  exitInconclusive: 'neither one nor the other could be shown',
  exitEnvironment: 'something that the machine lacks: a port, a runtime, a program',
  exitUsage: 'the command line is wrong',
  exitBadInput: 'a file cannot be read or understood',
  exitInternal: 'a defect in Tidegate',
  exitInterrupted: 'Ctrl-C, after a summary of what had been done',
  exitTerminated: 'SIGTERM, the same',
  exitReaderGone: 'whoever read the output has gone, as with `| head`',
};

export async function commandsPage(): Promise<string> {
  const commands = await Promise.all(commandEntries.map(loadCommand));
  const codes = Object.entries(exitMeanings).map(([name, meaning]) => [
    String(exitCodes[name as keyof typeof exitMeanings]),
    meaning,
  ]);
  return page(
    'Commands',
    'Options are written `--name value` or `--name=value`; only those that say so may be repeated.',
    ...commands.map(describeCommand),
    '## Exit codes',
    table(['code', 'meaning'], codes),
  );
}

function typeOf(field: FieldSchema): string {
  switch (field.type) {
    case 'array':
    case 'set':
      return `list of ${typeOf(field.elements)}`;
    case 'map':
      return `map to ${typeOf(field.values)}`;
    case 'string':
      return field.oneOf === undefined ? 'string' : field.oneOf.map((item) => `\`${item}\``).join(', ');
    case 'integer':
    case 'number':
      return field.between === undefined
        ? field.type
        : `${field.type} from ${field.between[0]} to ${field.between[1]}`;
    default:
      return field.type;
  }
}

function describeFields(fields: Readonly<Record<string, FieldSchema>>, prefix: string): string[][] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const given = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
    const row = [`\`${path}\``, typeOf(field), given, field.docs];
    return field.type === 'record' ? [row, ...describeFields(field.fields, `${path}.`)] : [row];
  });
}

function describePlugin(schema: PluginSchema): string {
  const scopes = schema.allowsConsumer
    ? 'a route, a service, a consumer or everywhere'
    : 'a route, a service or everywhere, not a consumer';
  return [
    `## ${schema.name}`,
    `Sits on ${scopes}. Protocols: ${schema.protocols.join(', ')}.`,
    table(['field of config', 'type', 'default', 'meaning'], describeFields(schema.fields, '')),
  ].join('\n\n');
}

export function pluginsPage(): string {
  const schemas = [...pluginSchemas.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return page(
    'Plugins',
    'Names, fields, defaults and meanings are those of Kong 3.9. A setting that Kong knows and this proxy cannot carry out is refused, and what uses the plugin answers 503 until it is corrected.',
    `Plugins run in this order: ${pluginOrder.map((name) => `\`${name}\``).join(', ')}.`,
    ...schemas.map(describePlugin),
  );
}

/** Reasons without an answer of ours, or whose answer is somebody else's choice. */
const otherEnds: Partial<Record<ExitReason, string>> = {
  plugin: "the plugin's answer",
  response_cut: 'the connection closes within the answer',
  response_stalled: 'the connection closes within the answer',
  tunnel_idle: 'the WebSocket closes',
  client_gone: 'nothing; 499 in the log',
  client_stalled: 'nothing; the connection closes',
  drain_cut: 'the connection closes; 499 in the log where no answer had begun',
};

function seenByClient(reason: ExitReason): string {
  const other = otherEnds[reason];
  if (other !== undefined) return other;
  const exit = [...Object.values(exits), ...Object.values(upstreamExits)].find((one) => one.reason === reason);
  return exit === undefined ? '' : `${exit.status} "${exit.message}"`;
}

export function errorsPage(): string {
  const sections = exitReasons.map((reason) => {
    const { cause, action } = remedies[reason];
    return `<a id="${reason}"></a>\n\n### ${reason}: ${seenByClient(reason)}\n\n${cause}\n\n${action}`;
  });
  return page(
    'Answers that the proxy makes itself',
    'Every request that does not end with a whole response of its upstream has one reason out of this list. The access log has it in `reason` (json) or at the end of the line (combined), with the request id that the client sees as `request_id` in the body and in the header `X-Kong-Request-Id`; `/metrics` counts it in `tidegate_proxy_exits_total{reason=}`.',
    "The body is JSON, HTML, XML or plain text, whichever the request's Accept header prefers.",
    table(
      ['reason', 'what the client sees'],
      exitReasons.map((reason) => [`[\`${reason}\`](#${reason})`, seenByClient(reason)]),
    ),
    '## What to do',
    ...sections,
  );
}

const byId = (a: readonly string[], b: readonly string[]): number =>
  a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : a[1]! < b[1]! ? -1 : 1;

function faultRows(): string[][] {
  const injected = faults.map(({ id, name, summary, lastsMsMax, harms }) => [
    id,
    `\`${name}\``,
    summary,
    lastsMsMax === 0 ? 'at once' : `up to ${lastsMsMax / 1000} s`,
    harms.join(', '),
  ]);
  const operated = operatedFaults.map(({ id, name, summary, operations }) => [
    id,
    name,
    `${summary} By the operator: ${operations.join(', ')}.`,
    '',
    '',
  ]);
  return [...injected, ...operated].sort(byId);
}

export function simulatorPage(): string {
  const promises = properties.map(({ id, name, promise, type }) => {
    const found = canaries.filter(({ property }) => property === id).map((canary) => canary.name);
    return [id, name, promise, type, found.join(', ')];
  });
  return page(
    'The simulator: faults, properties, canaries',
    'What random histories are made of and judged by. [The simulator](../simulator.md) says how they work together.',
    '## Faults',
    'Names stand in plans, and after `--faults`. Harms say what a fault may spoil, and so what it excuses.',
    table(['id', 'name', 'what happens', 'lasts', 'harms'], faultRows()),
    '## Properties',
    'Safety holds all the time; liveness is judged after all faults have ended; resources when nothing happens any more. The last column names the canaries that a property has to find.',
    table(['id', 'name', 'promise', 'type', 'canaries'], promises.sort(byId)),
    '## Canaries',
    table(
      ['name', 'property', 'defect', 'file'],
      canaries.map(({ name, property, summary, file }) => [`\`${name}\``, property, summary, `\`${file}\``]),
    ),
  );
}
