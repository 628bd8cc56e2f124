// `npm run bench -- NAME`: figures, each printed with what it was measured on.
import process from 'node:process';
import { UsageError } from './options.ts';

const exitUsage = 64;
const exitInternal = 70;

type Bench = (args: readonly string[]) => Promise<number>;

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  balance: async () => (await import('./balance/balance.ts')).benchBalance,
  change: async () => (await import('./change/change.ts')).benchChange,
  hottest: async () => (await import('./hottest.ts')).benchHottest,
  idle: async () => (await import('./idle/idle.ts')).benchIdle,
  config: async () => (await import('./config/config.ts')).benchConfig,
  exchange: async () => (await import('./exchange/exchange.ts')).benchExchange,
  proxy: async () => (await import('./proxy/proxy.ts')).benchProxy,
  swap: async () => (await import('./swap/swap.ts')).benchSwap,
  router: async () => (await import('./router/router.ts')).benchRouter,
  simulate: async () => (await import('./simulate.ts')).benchSimulate,
};

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (load === undefined) {
    const isAsked = name === '--help' || name === '-h';
    const names = Object.keys(benches).join(' | ');
    const output = isAsked ? process.stdout : process.stderr;
    output.write(
      `${name === undefined || isAsked ? '' : `unknown bench '${name}'\n`}usage: npm run bench -- ${names} [--json]\n`,
    );
    return isAsked ? 0 : exitUsage;
  }
  const bench = await load();
  return bench(args);
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS_')) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(exitUsage);
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = exitInternal;
}
