// `tidegate run`: controller and proxy in one process, the default in a pod: each pod configures itself.
import { createEnv } from '../io/env.ts';
import { pageConnectionsMax, readMachine } from '../io/machine.ts';
import type { HttpListener } from '../ports/http.ts';
import { adminPlacesOf } from './admin-options.ts';
import { startCombined } from './combined.ts';
import type { Command, CommandInput } from './command.ts';
import {
  connect,
  controllerOptionSpecs,
  controllerOptionsOf,
  controllerStatusPage,
} from './controller-options.ts';
import { nameOptionsOf } from './dns-options.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';
import { proxyUrl } from './gateway.ts';
import { readKongSettings } from './kong-settings/kong-settings.ts';
import { logOptionsOf } from './log-level-option.ts';
import { parsePort } from './parse.ts';
import { readyFileOf } from './ready-file.ts';
import { drainSecondsOf, servingOf, servingOptionSpecs } from './serving-options.ts';
import { exitStopped, waitForStop } from './wait-for-stop.ts';

async function run(given: CommandInput): Promise<number> {
  const { input, warnings } = readKongSettings(command, given, process.env);
  const { options } = input;
  const log = logOptionsOf(input);
  const { names, dns } = nameOptionsOf(input);
  const env = createEnv(log, dns);
  for (const warning of warnings) env.log.warn(warning);
  let stopping = false;
  const stopped = waitForStop();
  const statusPort = parsePort(input, 'status-port');
  const tellReady = readyFileOf(input);
  const drainSeconds = drainSecondsOf(input);
  const host = String(options['listen']);
  const statusHost = String(options['status-listen'] ?? host);
  const serving = servingOf(input);
  const connection = await connect(input);
  const combined = await startCombined(env, {
    api: connection.api,
    gateway: {
      ...serving,
      host,
      admin: adminPlacesOf(input, env, true),
      statusHost: host,
      statusPort: null,
      names,
      log,
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
    ...servingOptionSpecs,
    'status-port': { type: 'string', value: 'PORT', default: '8100', help: '/healthz, /readyz, /metrics' },
    listen: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address of proxy and status page' },
    'status-listen': { type: 'string', value: 'HOST', help: 'address of the status page; default: --listen' },
  },
  examples: [
    ['tidegate run --kubeconfig kube.yaml --no-leader-elect', 'on this machine, against a cluster'],
    ['tidegate run --listen 0.0.0.0 --publish-service tidegate/tidegate', 'in a pod'],
  ],
  run,
};
