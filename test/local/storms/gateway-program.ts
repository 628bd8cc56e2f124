// A gateway for storms, in a process of its own: one route to one backend, a short time for heads. Its first line on
// standard output says where it listens. Arguments: the backend's URL, milliseconds for a head.
import { startGateway } from '../../../src/cli/gateway.ts';
import { createEnv } from '../../../src/io/env.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';

const [backend = '', headTimeoutMs = ''] = process.argv.slice(2);
const log = { format: 'json', level: 'warn' } as const;
const config = decodeDeclarative({
  _format_version: '3.0',
  services: [{ name: 's', url: backend, routes: [{ name: 'r', paths: ['/'] }] }],
});
if (!config.ok) throw new Error(JSON.stringify(config.error));
const gateway = await startGateway(createEnv(log), {
  host: '127.0.0.1',
  proxyPort: 0,
  proxyTlsPort: 0,
  admin: { host: '127.0.0.1', port: 0 },
  statusHost: '127.0.0.1',
  statusPort: 0,
  workers: 1,
  accessLog: 'off',
  log,
  writeAccessLines: (_lines, taken) => taken(),
  headTimeoutMs: Number(headTimeoutMs),
  config: config.value,
});
process.stdout.write(
  `${JSON.stringify({ pid: process.pid, port: gateway.httpPort, status: gateway.statusUrl })}\n`,
);
process.once('SIGTERM', () => void gateway.drain(100).then(() => process.exit(0)));
