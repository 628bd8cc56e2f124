// What is measured: our tables, and beside them two well-known routers on what they can express.
import findMyWay from 'find-my-way';
import { addRoute, createRouter, findRoute } from 'rou3';
import { createClock } from '../../../src/io/clock.ts';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Compiled, MatchInput, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { type Compiler, createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';
import type { EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';
import { drawIndexes, type Mix } from './mixes.ts';

/** Requests that are asked again and again, so many that they do not stay in the caches by themselves. */
const askedCount = 1 << 14;
const routesPerService = 100;

export function configOf(mix: Mix, size: number): GatewayConfig {
  const services = Array.from({ length: Math.ceil(size / routesPerService) }, (_, service) => ({
    name: `s${service}`,
    url: `http://10.0.${service >> 8}.${service & 255}`,
    routes: Array.from(
      { length: Math.min(routesPerService, size - service * routesPerService) },
      (_, route) => mix.route(service * routesPerService + route, size),
    ),
  }));
  const decoded = decodeDeclarative({ _format_version: '3.0', services });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error[0]));
  return decoded.value;
}

const endpoints: EndpointRegistry = {
  acquire: (host, port) =>
    ({ key: `${host}:${port}`, host, port }) as ReturnType<EndpointRegistry['acquire']>,
  release() {},
};

export function newCompiler(): Compiler {
  const shared = {
    health: new Int32Array(64),
    counters: new Int32Array(64),
    statistics: new Float64Array(4),
    routes: [],
  };
  return createCompiler({ env: { clock: createClock() }, endpoints, shared, handlers: pluginHandlers });
}

export function compileWhole(config: GatewayConfig): Compiled {
  const job = newCompiler().begin(diffConfigs(emptyConfig, config));
  while (!job.step(1_000_000));
  return job.result;
}

interface Asked {
  readonly input: MatchInput;
  readonly path: string;
  readonly name: string;
}

function askedOf(mix: Mix, size: number, isZipf: boolean): readonly Asked[] {
  // Requests come with strings of their own, as from a socket, not with those of the table.
  const own = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
  return drawIndexes(size, askedCount, isZipf).map((index) => {
    const { host, path, headers } = mix.request(index, size);
    const values = new Map(Object.entries(headers).map(([name, value]) => [name, [own(value)]]));
    const input: MatchInput = {
      ...bareInput,
      host: own(host),
      rawHost: own(host),
      headerValues: (name) => values.get(name) ?? [],
    };
    return { input, path: own(path), name: `r${index}` };
  });
}

/** Nanoseconds a request, over all of them once. */
export type Subject = () => number;

function timed(asked: readonly Asked[], find: (asked: Asked) => boolean): Subject {
  return () => {
    let found = 0;
    const start = process.hrtime.bigint();
    for (let i = 0; i < asked.length; i++) if (find(asked[i]!)) found++;
    const nanoseconds = Number(process.hrtime.bigint() - start) / asked.length;
    if (found !== asked.length) throw new Error(`${asked.length - found} requests found no route`);
    return nanoseconds;
  };
}

export function ourSubject(mix: Mix, size: number, isZipf: boolean): Subject {
  const compiled = compileWhole(configOf(mix, size));
  const asked = askedOf(mix, size, isZipf);
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  for (const { input, path, name } of asked)
    if (!compiled.match(input, path, into) || into.route!.name !== name)
      throw new Error(`${input.host}${path} found ${into.route?.name ?? 'nothing'}, not ${name}`);
  return timed(asked, ({ input, path }) => compiled.match(input, path, into));
}

/** What no table can be faster than: one look into a Map, by the host or the whole path. */
export function mapSubject(mix: Mix, size: number, isZipf: boolean): Subject {
  const asked = askedOf(mix, size, isZipf);
  const byHost = mix.name !== 'one host';
  const map = new Map<string, number>();
  for (let index = 0; index < size; index++) {
    const { host, path } = mix.request(index, size);
    map.set(byHost ? host : path, index);
  }
  return timed(asked, ({ input, path }) => map.has(byHost ? input.host : path));
}

/** Hosts are the first part of its paths: as constraints it takes 31 of them. null: it cannot express the mix. */
export function findMyWaySubject(mix: Mix, size: number, isZipf: boolean): Subject | null {
  if (mix.pattern(0) === null) return null;
  const router = findMyWay();
  for (let index = 0; index < size; index++) {
    const { host, prefix } = mix.pattern(index)!;
    router.on('GET', `${host === null ? '' : `/${host}`}${prefix}/*`, () => {});
  }
  const usesHost = mix.pattern(0)!.host !== null;
  return timed(
    askedOf(mix, size, isZipf),
    ({ input, path }) => router.find('GET', usesHost ? `/${input.host}${path}` : path, {}) !== null,
  );
}

/** Hosts as the first part of its paths: it knows none. */
export function rou3Subject(mix: Mix, size: number, isZipf: boolean): Subject | null {
  if (mix.pattern(0) === null) return null;
  const router = createRouter<number>();
  for (let index = 0; index < size; index++) {
    const { host, prefix } = mix.pattern(index)!;
    addRoute(router, 'GET', `${host === null ? '' : `/${host}`}${prefix}/**`, index);
  }
  const usesHost = mix.pattern(0)!.host !== null;
  return timed(
    askedOf(mix, size, isZipf),
    ({ input, path }) => findRoute(router, 'GET', usesHost ? `/${input.host}${path}` : path) !== undefined,
  );
}
