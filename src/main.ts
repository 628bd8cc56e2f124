// argv -> one command. Commands are imported lazily: `tidegate version` must not load a Kubernetes client.
import { type CommandEntry, findCommand, loadCommand, prepare } from './cli/commands.ts';
import { CommandError, exitEnvironment, exitInternal, exitReaderGone, exitUsage } from './cli/exit-codes.ts';
import { formatCommandHelp, formatOverview } from './cli/help.ts';
import { parseCommandLine } from './cli/parse.ts';

function demandCommand(name: string): CommandEntry {
  const entry = findCommand(name);
  if (entry !== null) return entry;
  throw new CommandError(exitUsage, `there is no command '${name}'; 'tidegate help' lists them`);
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = name === 'help' ? rest[0] : undefined;
    const entry = topic === undefined ? null : demandCommand(topic);
    process.stdout.write(entry === null ? formatOverview() : formatCommandHelp(await loadCommand(entry)));
    return name === undefined ? exitUsage : 0;
  }
  const entry = demandCommand(name === '--version' || name === '-v' ? 'version' : name);
  prepare(entry);
  const command = await loadCommand(entry);
  const parsed = parseCommandLine(command, rest);
  if (parsed === 'help') {
    process.stdout.write(formatCommandHelp(command));
    return 0;
  }
  return command.run(parsed);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever goes on without a reader, as a proxy with its access log, listens too.
  if (process.stdout.listenerCount('error') > 1) return;
  if (error.code === 'EPIPE') process.exit(exitReaderGone);
  process.stderr.write(`tidegate: cannot write to standard output: ${error.message}\n`);
  process.exit(exitEnvironment);
});

try {
  // Set, not exit(): output that is still on its way to a pipe must arrive.
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommandError) {
    process.stderr.write(`tidegate: ${error.message}\n`);
    // Whatever has been started is still open and would keep the process; what has been printed arrives first.
    process.stdout.write('', () => process.exit(error.exitCode));
  } else {
    process.stderr.write(
      `tidegate: internal error: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(exitInternal);
  }
}
