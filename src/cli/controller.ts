// `tidegate controller`: the controller manager alone, for gateways that run elsewhere (ours or Kong).

import { createEnv } from '../io/env.ts';
import type { HttpListener } from '../ports/http.ts';
import { adminClientOptionSpecs, createAdminClients } from './admin-client.ts';
import type { Command, CommandInput } from './command.ts';
import {
  connect,
  controllerOptionSpecs,
  controllerOptionsOf,
  controllerStatusPage,
  startController,
} from './controller-options.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';
import { parsePort } from './parse.ts';
import { readyFileOf, readyFileOption } from './ready-file.ts';
import { exitStopped, waitForStop } from './wait-for-stop.ts';

async function run(input: CommandInput): Promise<number> {
  const { options } = input;
  const env = createEnv({ format: process.stderr.isTTY ? 'text' : 'json', level: 'info' });
  let stopping = false;
  const tellReady = readyFileOf(input);
  const stopped = waitForStop();
  const statusPort = parsePort(input, 'status-port');
  const gateways = createAdminClients(input);
  const connection = await connect(input);
  const controller = startController(
    env,
    connection.api,
    gateways,
    controllerOptionsOf(env, input, connection.namespace, options['leader-elect'] !== false),
  );
  const listener = await new Promise<HttpListener>((resolve, reject) =>
    env.httpServer.listen(
      { host: String(options['listen']), port: statusPort, bodyBytesMax: 65_536 },
      controllerStatusPage(controller, () => stopping),
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
  const ready = { pid: process.pid, status: listener.url, server: connection.server };
  tellReady(ready);
  env.log.info('controller is up', ready);
  env.log.info('stopping', { signal: await stopped });
  stopping = true;
  await new Promise<void>((resolve) => controller.stop(resolve));
  await new Promise<void>((resolve) => listener.close(resolve));
  for (const { http } of gateways) http.close();
  connection.close();
  return exitStopped();
}

export const command: Command = {
  name: 'controller',
  summary: 'only the controller manager',
  usage: '',
  options: {
    ...controllerOptionSpecs,
    ...adminClientOptionSpecs,
    listen: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address of the status page' },
    'status-port': { type: 'string', value: 'PORT', default: '10254', help: '/healthz, /readyz, /metrics' },
    'ready-file': readyFileOption,
  },
  examples: [
    ['tidegate controller --kong-admin-url http://127.0.0.1:8001', 'configure one gateway'],
    ['tidegate controller --no-leader-elect --kubeconfig kube.yaml', 'a single controller, for trials'],
  ],
  run,
};
