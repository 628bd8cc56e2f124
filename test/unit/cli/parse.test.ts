// Command lines: what they become, and the exact words about what is wrong with them.
import { expect, test } from 'vitest';
import type { Command, CommandInput } from '../../../src/cli/command.ts';
import { CommandError, exitUsage } from '../../../src/cli/exit-codes.ts';
import { parseCommandLine, parseCount, parsePort } from '../../../src/cli/parse.ts';

const command: Command = {
  name: 'sample',
  summary: 'a command for this test',
  usage: '',
  options: {
    port: { type: 'string', default: '8000', help: 'a port' },
    workers: { type: 'string', default: '2', help: 'a number' },
    file: { type: 'string', multiple: true, short: 'f', help: 'a path' },
    json: { type: 'boolean', default: false, help: 'a switch' },
    colour: { type: 'boolean', default: true, help: 'a switch that is on' },
    name: { type: 'string', help: 'without a default' },
  },
  examples: [],
  run: () => Promise.resolve(0),
};

const defaults = { port: '8000', workers: '2', file: [], json: false, colour: true, name: undefined };

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).exitCode).toBe(exitUsage);
    return (error as CommandError).message;
  }
  return '';
}

/** `expected`: what differs from the defaults. */
function check(argv: readonly string[], expected: object, positionals: readonly string[] = []): void {
  const withPositionals = { ...command, usage: positionals.length > 0 ? 'PATH...' : '' };
  expect(parseCommandLine(withPositionals, argv)).toEqual({
    options: { ...defaults, ...expected },
    given: new Set(Object.keys(expected)),
    positionals,
  });
}

function checkRefused(argv: readonly string[], message: string): void {
  expect(refusal(() => parseCommandLine(command, argv))).toBe(message);
}

test('what is understood', () => {
  check([], {});
  check(['--port', '1', '--json'], { port: '1', json: true });
  check(['--port=1'], { port: '1' });
  check(['--port='], { port: '' });
  check(['-f', 'a', '-fb', '--file=c'], { file: ['a', 'b', 'c'] });
  check(['--no-colour'], { colour: false });
  check(['--name=--odd'], { name: '--odd' });
  check(['a', '--', '--port'], {}, ['a', '--port']);
  expect(parseCommandLine(command, ['--port', 'x', '-h'])).toBe('help');
  expect(parseCommandLine(command, ['--unknown', '--help'])).toBe('help');
});

test('what is refused', () => {
  checkRefused(['--unknown'], "unknown option '--unknown'; see 'tidegate sample --help'");
  checkRefused(['-x'], "unknown option '-x'; see 'tidegate sample --help'");
  checkRefused(
    ['--port', '-1'],
    "--port needs a value; one that begins with a dash is given as --NAME=VALUE; see 'tidegate sample --help'",
  );
  checkRefused(
    ['-f', '-x'],
    "-f needs a value; one that begins with a dash is given as --NAME=VALUE; see 'tidegate sample --help'",
  );
  checkRefused(['--port', '1', '--port', '2'], "option '--port' is given twice");
  checkRefused(['--json', '--json'], "option '--json' is given twice");
  checkRefused(['--port'], "option '--port <value>' argument missing; see 'tidegate sample --help'");
  checkRefused(['--json=yes'], "option '--json' does not take an argument; see 'tidegate sample --help'");
  checkRefused(['extra'], "'extra' is not understood; see 'tidegate sample --help'");
});

const port = (text: string): CommandInput => ({ options: { port: text }, positionals: [] });
const workers = (text: string): CommandInput => ({ options: { workers: text }, positionals: [] });

test('ports', () => {
  for (const good of ['0', '1', '8000', '65535']) expect(parsePort(port(good), 'port')).toBe(Number(good));
  for (const bad of ['-1', '65536', '8e3', '80.5', '', ' 80', 'http', '0x50'])
    expect(refusal(() => parsePort(port(bad), 'port'))).toBe(
      `--port must be a port from 0 to 65535, not '${bad}'`,
    );
});

test('numbers', () => {
  for (const good of ['1', '8']) expect(parseCount(workers(good), 'workers', 1, 8)).toBe(Number(good));
  for (const bad of ['0', '9', '-1', '1.5', '', 'two'])
    expect(refusal(() => parseCount(workers(bad), 'workers', 1, 8))).toBe(
      `--workers must be a number from 1 to 8, not '${bad}'`,
    );
});
