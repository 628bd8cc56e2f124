// `tidegate proxy`: the data plane alone, with its Admin API. Another process, or a file, says what it serves.
import { collectStartGarbage, setEngineFlags } from '../io/engine-flags.ts';
import { createEnv } from '../io/env.ts';
import { createLineSink } from '../io/line-sink.ts';
import type { LogOptions } from '../io/log.ts';
import { readMachine } from '../io/machine.ts';
import { writeFileAtomically } from '../io/storage.ts';
import { accessLogOf, accessLogOption } from './access-log-option.ts';
import { clientCertificateOptionSpecs, clientCertificatesOf } from './client-certificate-options.ts';
import type { Command, CommandInput } from './command.ts';
import { type Gateway, readConfigFile, startGateway } from './gateway.ts';
import { parseCount, parsePort } from './parse.ts';
import { recoverAfterMsOf, recoveryOption } from './recovery-option.ts';
import { routerFlavorOf, routerFlavorOption } from './router-flavor-option.ts';
import { trustedOf, trustedOptionSpecs } from './trusted-options.ts';
import { exitStopped, waitForStop } from './wait-for-stop.ts';

const workersMax = 64;
const drainDeadlineSecondsMax = 3600;
function describeReady(gateway: Gateway): Record<string, unknown> {
  const url = (scheme: string, port: number) =>
    port < 0
      ? null
      : `${scheme}://${gateway.host.includes(':') ? `[${gateway.host}]` : gateway.host}:${port}`;
  return {
    pid: process.pid,
    proxy: url('http', gateway.httpPort),
    proxyTls: url('https', gateway.httpsPort),
    admin: gateway.adminUrl,
    status: gateway.statusUrl,
    workers: gateway.proxy.members().length,
  };
}

async function run(input: CommandInput): Promise<number> {
  const { options } = input;
  const workersDefault = String(Math.min(workersMax, readMachine().processors));
  const log: LogOptions = { format: process.stderr.isTTY ? 'text' : 'json', level: 'info' };
  setEngineFlags({ onlyServes: true });
  const env = createEnv(log);
  const host = String(options['listen']);
  const flavor = routerFlavorOf(input);
  // From here on: whoever is served while the last workers still start is not cut off either.
  const stopped = waitForStop();
  const gateway = await startGateway(env, {
    host,
    proxyPort: parsePort(input, 'proxy-port'),
    proxyTlsPort: parsePort(input, 'proxy-tls-port'),
    adminHost: String(options['admin-listen']),
    adminPort: parsePort(input, 'admin-port'),
    statusHost: host,
    statusPort: options['status-port'] === undefined ? null : parsePort(input, 'status-port'),
    workers: parseCount(
      { ...input, options: { ...options, workers: options['workers'] ?? workersDefault } },
      'workers',
      1,
      workersMax,
    ),
    accessLog: accessLogOf(input),
    recoverAfterMs: recoverAfterMsOf(input),
    ...trustedOf(input),
    ...clientCertificatesOf(input),
    log,
    writeAccessLines: createLineSink(process.stdout),
    routerFlavor: flavor,
    ...(options['config'] === undefined ? {} : { config: readConfigFile(String(options['config']), flavor) }),
  });
  const ready = describeReady(gateway);
  collectStartGarbage();
  if (options['ready-file'] !== undefined)
    writeFileAtomically(String(options['ready-file']), `${JSON.stringify(ready)}\n`);
  env.log.info('proxy is up', ready as Record<string, string>);
  const signal = await stopped;
  const deadlineSeconds = parseCount(input, 'drain-seconds', 0, drainDeadlineSecondsMax);
  env.log.info('draining', { signal, deadlineSeconds });
  await gateway.drain(deadlineSeconds * 1000);
  return exitStopped();
}

export const command: Command = {
  name: 'proxy',
  summary: 'only the proxy with its Admin API',
  usage: '',
  options: {
    'proxy-port': { type: 'string', value: 'PORT', default: '8000', help: 'plain HTTP; 0 = any free port' },
    'proxy-tls-port': { type: 'string', value: 'PORT', default: '8443', help: 'HTTPS; 0 = any free port' },
    'admin-port': { type: 'string', value: 'PORT', default: '8001', help: 'Admin API; 0 = any free port' },
    'status-port': {
      type: 'string',
      value: 'PORT',
      help: 'status, readiness and metrics on a port of their own (beside HTTP)',
    },
    listen: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address of the proxy ports' },
    'admin-listen': {
      type: 'string',
      value: 'HOST',
      default: '127.0.0.1',
      help: 'address of the Admin API; whoever reaches it rules the gateway',
    },
    workers: {
      type: 'string',
      value: 'N',
      help: 'worker threads; default: one for each processor that the process may use',
    },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'declarative YAML or JSON to start with' },
    'ready-file': {
      type: 'string',
      value: 'FILE',
      help: 'gets one JSON object with every address and the pid when all is up',
    },
    'access-log': accessLogOption,
    'recover-after': recoveryOption,
    'router-flavor': routerFlavorOption,
    ...trustedOptionSpecs,
    ...clientCertificateOptionSpecs,
    'drain-seconds': {
      type: 'string',
      value: 'SECONDS',
      default: '30',
      help: 'how long open requests may take after SIGTERM or Ctrl-C',
    },
  },
  examples: [
    ['tidegate proxy -c kong.yaml', 'serve a declarative file on port 8000'],
    ['tidegate proxy --proxy-port 0 --admin-port 0 --ready-file ready.json', 'any free ports, for scripts'],
  ],
  run,
};
