// `tidegate proxy`: the data plane alone, with its Admin API. Another process, or a file, says what it serves.

import { collectStartGarbage, setEngineFlags } from '../io/engine-flags.ts';
import { createEnv } from '../io/env.ts';
import { createLineSink } from '../io/line-sink.ts';
import { readMachine } from '../io/machine.ts';
import type { RouterFlavor } from '../kong/router-flavor.ts';
import { accessLogOf, accessLogOption } from './access-log-option.ts';
import { adminOptionSpecs, adminPlacesOf } from './admin-options.ts';
import { answerOptionSpecs, answersOf } from './answer-options.ts';
import { clientCertificateOptionSpecs, clientCertificatesOf } from './client-certificate-options.ts';
import { clientTimeOptionSpecs, clientTimesOf } from './client-time-options.ts';
import type { Command, CommandInput } from './command.ts';
import { defaultCertificateOf, defaultCertificateOptionSpecs } from './default-certificate-options.ts';
import { dnsOptionSpecs, nameOptionsOf } from './dns-options.ts';
import {
  type Gateway,
  type GatewayOptions,
  proxyUrl,
  readConfigFile,
  readConfigText,
  startGateway,
} from './gateway.ts';
import { type KongSettings, kongConfOption, readKongSettings } from './kong-settings/kong-settings.ts';
import { lastGoodOf, lastGoodOption } from './last-good-option.ts';
import { limitOptionSpecs, limitsOf } from './limit-options.ts';
import { logLevelOption, logOptionsOf } from './log-level-option.ts';
import { parseCount, parsePort, parsePortOrOff } from './parse.ts';
import { readyFileOf, readyFileOption } from './ready-file.ts';
import { recoverAfterMsOf, recoveryOption } from './recovery-option.ts';
import { routerFlavorOf, routerFlavorOption } from './router-flavor-option.ts';
import { drainSecondsOption, portOptionSpecs, workersOption } from './serving-options.ts';
import { tlsSpokenOf, tlsSpokenOptionSpecs } from './tls-spoken-options.ts';
import { trustedOf, trustedOptionSpecs } from './trusted-options.ts';
import { vaultOptionSpecs, vaultsOf } from './vault-options.ts';
import { exitStopped, waitForStop } from './wait-for-stop.ts';

const workersMax = 64;
const drainDeadlineSecondsMax = 3600;
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
  const workersDefault = String(Math.min(workersMax, readMachine().processors));
  const log = logOptionsOf(input);
  setEngineFlags({ onlyServes: true });
  const { names, dns } = nameOptionsOf(input);
  const env = createEnv(log, dns);
  for (const warning of settings.warnings) env.log.warn(warning);
  const host = String(options['listen']);
  const tellReady = readyFileOf(input);
  const deadlineSeconds = parseCount(input, 'drain-seconds', 0, drainDeadlineSecondsMax);
  const flavor = routerFlavorOf(input);
  // From here on: whoever is served while the last workers still start is not cut off either.
  const stopped = waitForStop();
  const gateway = await startGateway(env, {
    host,
    proxyPort: parsePortOrOff(input, 'proxy-port'),
    proxyTlsPort: parsePortOrOff(input, 'proxy-tls-port'),
    admin: adminPlacesOf(input, env, options['config'] !== undefined || settings.declarative !== null),
    statusHost: String(options['status-listen'] ?? host),
    statusPort: options['status-port'] === undefined ? null : parsePort(input, 'status-port'),
    workers: parseCount(
      { ...input, options: { ...options, workers: options['workers'] ?? workersDefault } },
      'workers',
      1,
      workersMax,
    ),
    accessLog: accessLogOf(input),
    recoverAfterMs: recoverAfterMsOf(input),
    ...lastGoodOf(input),
    names,
    ...trustedOf(input),
    ...clientCertificatesOf(input),
    ...clientTimesOf(input),
    ...defaultCertificateOf(input),
    ...vaultsOf(input, process.env),
    limits: { ...answersOf(input), ...limitsOf(input), ...tlsSpokenOf(input) },
    log,
    writeAccessLines: createLineSink(process.stdout),
    routerFlavor: flavor,
    ...configOf(input, settings, flavor),
  });
  const ready = describeReady(gateway);
  collectStartGarbage();
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
    ...portOptionSpecs,
    ...adminOptionSpecs,
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
    workers: workersOption,
    config: { type: 'string', short: 'c', value: 'FILE', help: 'declarative YAML or JSON to start with' },
    'ready-file': readyFileOption,
    'kong-conf': kongConfOption,
    'log-level': logLevelOption,
    'access-log': accessLogOption,
    'recover-after': recoveryOption,
    'last-good': lastGoodOption,
    'router-flavor': routerFlavorOption,
    ...trustedOptionSpecs,
    ...clientCertificateOptionSpecs,
    ...defaultCertificateOptionSpecs,
    ...vaultOptionSpecs,
    ...answerOptionSpecs,
    ...limitOptionSpecs,
    ...tlsSpokenOptionSpecs,
    ...clientTimeOptionSpecs,
    ...dnsOptionSpecs,
    'drain-seconds': drainSecondsOption,
  },
  examples: [
    ['tidegate proxy -c kong.yaml', 'serve a declarative file on port 8000'],
    ['tidegate proxy --proxy-port 0 --admin-port 0 --ready-file ready.json', 'any free ports, for scripts'],
  ],
  run,
};
