// `tidegate run`: controller and proxy in one process, the default in a pod: each pod configures itself.

import { setEngineFlags } from '../io/engine-flags.ts';
import { createEnv } from '../io/env.ts';
import { createLineSink } from '../io/line-sink.ts';
import { pageConnectionsMax, readMachine } from '../io/machine.ts';
import type { HttpListener } from '../ports/http.ts';
import { accessLogOf, accessLogOption } from './access-log-option.ts';
import { adminOptionSpecs, adminPlacesOf } from './admin-options.ts';
import { answerOptionSpecs, answersOf } from './answer-options.ts';
import { clientCertificateOptionSpecs, clientCertificatesOf } from './client-certificate-options.ts';
import { clientTimeOptionSpecs, clientTimesOf } from './client-time-options.ts';
import { startCombined } from './combined.ts';
import type { Command, CommandInput } from './command.ts';
import {
  connect,
  controllerOptionSpecs,
  controllerOptionsOf,
  controllerStatusPage,
} from './controller-options.ts';
import { defaultCertificateOf, defaultCertificateOptionSpecs } from './default-certificate-options.ts';
import { dnsOptionSpecs, nameOptionsOf } from './dns-options.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';
import { proxyUrl } from './gateway.ts';
import { kongConfOption, readKongSettings } from './kong-settings/kong-settings.ts';
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

async function run(given: CommandInput): Promise<number> {
  const { input, warnings } = readKongSettings(command, given, process.env);
  const { options } = input;
  const log = logOptionsOf(input);
  setEngineFlags({ onlyServes: false });
  const { names, dns } = nameOptionsOf(input);
  const env = createEnv(log, dns);
  for (const warning of warnings) env.log.warn(warning);
  let stopping = false;
  const stopped = waitForStop();
  const statusPort = parsePort(input, 'status-port');
  const tellReady = readyFileOf(input);
  const drainSeconds = parseCount(input, 'drain-seconds', 0, 3600);
  const host = String(options['listen']);
  const statusHost = String(options['status-listen'] ?? host);
  const workers = options['workers'] ?? String(Math.min(64, readMachine().processors));
  const routerFlavor = routerFlavorOf(input);
  const clientOptions = {
    ...trustedOf(input),
    ...clientCertificatesOf(input),
    ...clientTimesOf(input),
    ...defaultCertificateOf(input),
    ...vaultsOf(input, process.env),
    limits: { ...answersOf(input), ...limitsOf(input), ...tlsSpokenOf(input) },
  };
  const connection = await connect(input);
  const combined = await startCombined(env, {
    api: connection.api,
    gateway: {
      host,
      proxyPort: parsePortOrOff(input, 'proxy-port'),
      proxyTlsPort: parsePortOrOff(input, 'proxy-tls-port'),
      admin: adminPlacesOf(input, env, true),
      statusHost: host,
      statusPort: null,
      workers: parseCount({ ...input, options: { ...options, workers } }, 'workers', 1, 64),
      accessLog: accessLogOf(input),
      recoverAfterMs: recoverAfterMsOf(input),
      ...lastGoodOf(input),
      names,
      routerFlavor,
      ...clientOptions,
      log,
      writeAccessLines: createLineSink(process.stdout),
    },
    controller: controllerOptionsOf(env, input, connection.namespace, false),
  });
  const { gateway, controller } = combined;
  const status = await new Promise<HttpListener>((resolve, reject) =>
    env.httpServer.listen(
      {
        host: statusHost,
        port: statusPort,
        bodyBytesMax: 65_536,
        connectionsMax: pageConnectionsMax(readMachine().openFiles),
      },
      controllerStatusPage(controller, () => stopping, gateway),
      (error, bound) =>
        error === null
          ? resolve(bound!)
          : reject(
              new CommandError(
                exitEnvironment,
                `cannot listen on port ${statusPort} (${error}): use --status-port PORT`,
              ),
            ),
    ),
  );
  const ready: Record<string, unknown> = {
    pid: process.pid,
    proxy: proxyUrl(gateway, 'http', gateway.httpPort),
    proxyTls: proxyUrl(gateway, 'https', gateway.httpsPort),
    admin: gateway.adminUrl,
    adminTls: gateway.adminTlsUrl,
    status: status.url,
  };
  tellReady(ready);
  env.log.info('controller and proxy are up', ready as Record<string, string>);
  const signal = await stopped;
  stopping = true;
  env.log.info('draining', { signal, deadlineSeconds: drainSeconds });
  await combined.stop(drainSeconds * 1000);
  await new Promise<void>((resolve) => status.close(resolve));
  connection.close();
  return exitStopped();
}

export const command: Command = {
  name: 'run',
  summary: 'controller and proxy in one process, as in a pod',
  usage: '',
  options: {
    ...controllerOptionSpecs,
    ...portOptionSpecs,
    ...adminOptionSpecs,
    'status-port': { type: 'string', value: 'PORT', default: '8100', help: '/healthz, /readyz, /metrics' },
    listen: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address of proxy and status page' },
    'status-listen': { type: 'string', value: 'HOST', help: 'address of the status page; default: --listen' },
    workers: workersOption,
    'ready-file': readyFileOption,
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
    'kong-conf': kongConfOption,
    'log-level': logLevelOption,
    'access-log': accessLogOption,
    'recover-after': recoveryOption,
    'last-good': lastGoodOption,
    'drain-seconds': drainSecondsOption,
  },
  examples: [
    ['tidegate run --kubeconfig kube.yaml --no-leader-elect', 'on this machine, against a cluster'],
    ['tidegate run --listen 0.0.0.0 --publish-service tidegate/tidegate', 'in a pod'],
  ],
  run,
};
