// `tidegate proxy`: the data plane alone, with its Admin API. Another process, or a file, says what it serves.
import { collectStartGarbage, letLargeHeapGrow } from '../io/engine-flags.ts';
import { createEnv } from '../io/env.ts';
import type { RouterFlavor } from '../kong/router-flavor.ts';
import { adminPlacesOf } from './admin-options.ts';
import type { Command, CommandInput } from './command.ts';
import { nameOptionsOf } from './dns-options.ts';
import {
  type Gateway,
  type GatewayOptions,
  proxyUrl,
  readConfigFile,
  readConfigText,
  startGateway,
} from './gateway.ts';
import { type KongSettings, readKongSettings } from './kong-settings/kong-settings.ts';
import { logOptionsOf } from './log-level-option.ts';
import { parsePort } from './parse.ts';
import { readyFileOf } from './ready-file.ts';
import { routerFlavorOf } from './router-flavor-option.ts';
import { drainSecondsOf, servingOf, servingOptionSpecs } from './serving-options.ts';
import { exitStopped, waitForStop } from './wait-for-stop.ts';

function describeReady(gateway: Gateway): Record<string, unknown> {
  return {
    pid: process.pid,
    proxy: proxyUrl(gateway, 'http', gateway.httpPort),
    proxyTls: proxyUrl(gateway, 'https', gateway.httpsPort),
    admin: gateway.adminUrl,
    adminTls: gateway.adminTlsUrl,
    status: gateway.statusUrl,
    workers: gateway.proxy.members().length,
  };
}

function configOf(
  { options }: CommandInput,
  { declarative }: KongSettings,
  flavor: RouterFlavor,
): Pick<GatewayOptions, 'config'> {
  if (options['config'] !== undefined) return { config: readConfigFile(String(options['config']), flavor) };
  if (declarative === null) return {};
  return { config: readConfigText(declarative.text, declarative.source, flavor) };
}

async function run(given: CommandInput): Promise<number> {
  const settings = readKongSettings(command, given, process.env);
  const { input } = settings;
  const { options } = input;
  const log = logOptionsOf(input);
  const { names, dns } = nameOptionsOf(input);
  const env = createEnv(log, dns);
  for (const warning of settings.warnings) env.log.warn(warning);
  const host = String(options['listen']);
  const tellReady = readyFileOf(input);
  const deadlineSeconds = drainSecondsOf(input);
  const serving = servingOf(input);
  // From here on: whoever is served while the last workers still start is not cut off either.
  const stopped = waitForStop();
  const gateway = await startGateway(env, {
    ...serving,
    host,
    admin: adminPlacesOf(input, env, options['config'] !== undefined || settings.declarative !== null),
    statusHost: String(options['status-listen'] ?? host),
    statusPort: options['status-port'] === undefined ? null : parsePort(input, 'status-port'),
    names,
    log,
    ...configOf(input, settings, routerFlavorOf(input)),
  });
  const ready = describeReady(gateway);
  collectStartGarbage();
  letLargeHeapGrow();
  tellReady(ready);
  env.log.info('proxy is up', ready as Record<string, string>);
  const signal = await stopped;
  env.log.info('draining', { signal, deadlineSeconds });
  await gateway.drain(deadlineSeconds * 1000);
  return exitStopped();
}

export const command: Command = {
  name: 'proxy',
  summary: 'only the proxy with its Admin API',
  usage: '',
  options: {
    ...servingOptionSpecs,
    'status-port': {
      type: 'string',
      value: 'PORT',
      help: 'status, readiness and metrics on a port of their own (beside HTTP)',
    },
    listen: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address of the proxy ports' },
    'status-listen': {
      type: 'string',
      value: 'HOST',
      help: 'address of the status page; default: that of the proxy ports',
    },
    config: { type: 'string', short: 'c', value: 'FILE', help: 'declarative YAML or JSON to start with' },
  },
  examples: [
    ['tidegate proxy -c kong.yaml', 'serve a declarative file on port 8000'],
    ['tidegate proxy --proxy-port 0 --admin-port 0 --ready-file ready.json', 'any free ports, for scripts'],
  ],
  run,
};
