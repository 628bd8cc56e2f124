// The data path by itself, with hand-made tables: what of a figure is the engine and what the tables and plugins.
import { createClock } from '../../../../src/io/clock.ts';
import { createRandom } from '../../../../src/io/random.ts';
import { createTcp } from '../../../../src/io/tcp.ts';
import { createTls } from '../../../../src/io/tls.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import type { Compiled } from '../../../../src/proxy/compile/compiled.ts';
import { createServing } from '../../../../src/proxy/server/serve.ts';
import { type StaticRoute, staticTables } from '../../static-tables.ts';

const port = Number(process.argv[2]);
const backendPort = Number(process.argv[3]);
const env = {
  clock: createClock(),
  random: createRandom(),
  tcp: createTcp(silentLog),
  tls: createTls(silentLog),
  log: silentLog,
};
const holder: { tables: Compiled | null } = { tables: null };
const serving = createServing(
  env,
  {
    kind: 'start',
    index: 0,
    host: '127.0.0.1',
    httpPort: port,
    httpsPort: -1,
    accessLog: 'off',
    keepaliveTimeoutMs: 75_000,
    headTimeoutMs: 60_000,
  },
  () => holder.tables!,
);
const routes: StaticRoute[] = [];
for (let host = 0; host < 10; host++) {
  for (let prefix = 0; prefix < 10; prefix++) {
    const targets = [{ host: '127.0.0.1', port: backendPort }];
    routes.push({ host: `h${host}.example.com`, prefix: `/p${prefix}`, targets });
  }
}
holder.tables = staticTables(routes, serving.endpoints);
serving.start((error) => {
  if (error !== null) process.exitCode = 1;
});
process.on('SIGTERM', () => process.exit(0));
