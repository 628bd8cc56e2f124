// What is compared: the same request through engines that differ in one thing each.
import { createClock } from '../../../src/io/clock.ts';
import { createRandom } from '../../../src/io/random.ts';
import { emptyConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Tls } from '../../../src/ports/tls.ts';
import type { Compiled } from '../../../src/proxy/compile/compiled.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';
import { createServing } from '../../../src/proxy/server/serve.ts';
import type { EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { MemoryTcp } from './memory.ts';

export interface Variant {
  readonly name: string;
  readonly routes: number;
  readonly accessLog: 'off' | 'json' | 'combined';
  readonly plugins: readonly Record<string, unknown>[];
}

const bare = { routes: 100, accessLog: 'off', plugins: [] } as const;
const transformed = { add: { headers: ['X-Shop: yes'] }, remove: { headers: ['X-Internal'] } };

export const variants: readonly Variant[] = [
  { ...bare, name: 'bare' },
  { ...bare, name: 'access log, json', accessLog: 'json' },
  { ...bare, name: 'access log, combined', accessLog: 'combined' },
  { ...bare, name: 'key-auth', plugins: [{ name: 'key-auth' }] },
  { ...bare, name: 'cors', plugins: [{ name: 'cors' }] },
  {
    ...bare,
    name: 'request-transformer',
    plugins: [{ name: 'request-transformer', config: transformed }],
  },
  { ...bare, name: '10,000 routes', routes: 10_000 },
];

const routesPerHost = 10;
/** Everything that one of the variants looks for, so that all read the same bytes. */
const request =
  'GET /p3/item?page=2 HTTP/1.1\r\nHost: h4.example.com\r\nUser-Agent: bench\r\nAccept: */*\r\n' +
  'Origin: https://shop.example\r\napikey: alices-key\r\nX-Internal: 1\r\n\r\n';
const response =
  'HTTP/1.1 200 OK\r\nServer: backend\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n' +
  'Content-Length: 22\r\n\r\nhello from the backend';
const clients = 16;

function configOf({ routes, plugins }: Variant) {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: [
      {
        name: 'backend',
        url: 'http://10.0.0.1:80',
        routes: Array.from({ length: routes }, (_, index) => {
          const [host, prefix] = [Math.floor(index / routesPerHost), index % routesPerHost];
          const name = `h${host}-p${prefix}`;
          const own = name === 'h4-p3' ? plugins : [];
          return {
            name,
            hosts: [`h${host}.example.com`],
            paths: [`/p${prefix}`],
            strip_path: false,
            plugins: own,
          };
        }),
      },
    ],
    consumers: [{ username: 'alice', keyauth_credentials: [{ key: 'alices-key' }] }],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error[0]));
  return decoded.value;
}

function compile(variant: Variant, endpoints: EndpointRegistry): Compiled {
  const shared = {
    health: new Int32Array(64),
    shares: new Int32Array(64),
    counters: new Int32Array(6400),
    statistics: new Float64Array(4),
    routes: [],
  };
  const compiler = createCompiler({
    env: { clock: createClock() },
    endpoints,
    shared,
    handlers: pluginHandlers,
  });
  const job = compiler.begin(diffConfigs(emptyConfig, configOf(variant)));
  while (!job.step(1_000_000));
  return job.result;
}

const noTls: Tls = {
  listen: (_options, _accept, done) => done('no TLS in memory', null),
  connect() {
    throw new Error('no TLS in memory');
  },
};

/** An engine with clients that wait for their turn. */
export function createSubject(variant: Variant): MemoryTcp {
  const tcp = new MemoryTcp(request, response);
  const holder: { tables: Compiled | null } = { tables: null };
  const serving = createServing(
    { clock: createClock(), random: createRandom(), tcp, tls: noTls, log: silentLog },
    {
      kind: 'start',
      index: 0,
      host: '127.0.0.1',
      httpPort: 8000,
      httpsPort: -1,
      accessLog: variant.accessLog,
      keepaliveTimeoutMs: 75_000,
      headTimeoutMs: 60_000,
    },
    () => holder.tables!,
    { onAccessLines() {} },
  );
  holder.tables = compile(variant, serving.endpoints);
  serving.start((error) => {
    if (error !== null) throw new Error(error);
  });
  tcp.open(clients);
  return tcp;
}
