// What is measured: our tables, and beside them two well-known routers on what they can express.
import findMyWay from 'find-my-way';
import { addRoute, createRouter, findRoute } from 'rou3';
import { createClock } from '../../../src/io/clock.ts';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Compiled, MatchInput, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { type Compiler, createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { latin1Text } from '../../../src/proxy/http/latin1.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';
import type { EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { ownMs } from '../queued.ts';
import { drawIndexes, type Mix } from './mixes.ts';

/** Requests that are asked again and again, so many that they do not stay in the caches by themselves. */
const askedCount = 1 << 14;
const routesPerService = 100;

/** As declarative configuration: a service for every hundred routes. */
export function documentOf(mix: Mix, size: number, urlOf: (service: number) => string) {
  const services = Array.from({ length: Math.ceil(size / routesPerService) }, (_, service) => ({
    name: `s${service}`,
    url: urlOf(service),
    routes: Array.from(
      { length: Math.min(routesPerService, size - service * routesPerService) },
      (_, route) => mix.route(service * routesPerService + route, size),
    ),
  }));
  return { _format_version: '3.0', services };
}

export function configOf(mix: Mix, size: number): GatewayConfig {
  const document = documentOf(mix, size, (service) => `http://10.0.${service >> 8}.${service & 255}`);
  const decoded = decodeDeclarative(document);
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
    shares: new Int32Array(64),
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

/**
 * Requests as bytes, one behind the other. Their strings are made when they are asked, as in the data path: they are new, and
 * where the processor has them at hand.
 */
interface Asked {
  readonly bytes: Buffer;
  /** Begin of host and path of each, and the end of the last. */
  readonly places: Int32Array;
  readonly headers: readonly ReadonlyMap<string, readonly string[]>[];
  readonly names: readonly string[];
}

function askedOf(mix: Mix, size: number, isZipf: boolean): Asked {
  const requests = drawIndexes(size, askedCount, isZipf).map((index) => ({
    index,
    ...mix.request(index, size),
  }));
  const places = new Int32Array(2 * requests.length + 1);
  let end = 0;
  requests.forEach(({ host, path }, i) => {
    places[2 * i] = end;
    places[2 * i + 1] = end + host.length;
    end += host.length + path.length;
  });
  places[2 * requests.length] = end;
  const values = new Map<string, ReadonlyMap<string, readonly string[]>>();
  return {
    bytes: Buffer.from(requests.map(({ host, path }) => host + path).join(''), 'latin1'),
    places,
    headers: requests.map(({ headers }) => {
      const key = JSON.stringify(headers);
      const known =
        values.get(key) ?? new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
      values.set(key, known);
      return known;
    }),
    names: requests.map(({ index }) => `r${index}`),
  };
}

/** Nanoseconds a request, over all of them once. */
export type Subject = () => number;

function timed({ bytes, places }: Asked, find: (host: string, path: string, i: number) => boolean): Subject {
  const count = (places.length - 1) / 2;
  return () => {
    let found = 0;
    const ms = ownMs(() => {
      for (let i = 0; i < count; i++) {
        const host = latin1Text(bytes, places[2 * i]!, places[2 * i + 1]!);
        const path = latin1Text(bytes, places[2 * i + 1]!, places[2 * i + 2]!);
        if (find(host, path, i)) found++;
      }
    });
    if (found !== count) throw new Error(`${count - found} requests found no route`);
    return (ms * 1e6) / count;
  };
}

class BenchInput implements MatchInput {
  readonly method = 'GET';
  readonly isTls = false;
  readonly scheme = 'http';
  host = '';
  readonly hostPort = 80;
  rawHost = '';
  readonly serverName = '';
  readonly query = '';
  readonly clientAddress = '10.9.8.7';
  readonly clientPort = 40_000;
  readonly serverAddress = '10.0.0.1';
  headers: ReadonlyMap<string, readonly string[]> = new Map();

  foldedHeaderValues(name: string): readonly string[] {
    return this.headers.get(name) ?? [];
  }
}

export function ourSubject(mix: Mix, size: number, isZipf: boolean): Subject {
  const compiled = compileWhole(configOf(mix, size));
  const asked = askedOf(mix, size, isZipf);
  const input = new BenchInput();
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  const find = (host: string, path: string, i: number): boolean => {
    input.host = host;
    input.rawHost = host;
    input.headers = asked.headers[i]!;
    return compiled.match(input, path, into);
  };
  // Once with a look at what was found.
  timed(asked, (host, path, i) => {
    if (find(host, path, i) && into.route!.name === asked.names[i]) return true;
    throw new Error(`${host}${path} found ${into.route?.name ?? 'nothing'}, not ${asked.names[i]}`);
  })();
  return timed(asked, find);
}

/** The strings alone: what every other figure holds. */
export function stringsSubject(mix: Mix, size: number, isZipf: boolean): Subject {
  return timed(askedOf(mix, size, isZipf), (host, path) => host !== path);
}

/** What no table can be faster than: one look into a Map, by the host or the whole path. */
export function mapSubject(mix: Mix, size: number, isZipf: boolean): Subject {
  const byHost = mix.name !== 'one host';
  const map = new Map<string, number>();
  for (let index = 0; index < size; index++) {
    const { host, path } = mix.request(index, size);
    map.set(byHost ? host : path, index);
  }
  return timed(askedOf(mix, size, isZipf), (host, path) => map.has(byHost ? host : path));
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
    (host, path) => router.find('GET', usesHost ? `/${host}${path}` : path, {}) !== null,
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
    (host, path) => findRoute(router, 'GET', usesHost ? `/${host}${path}` : path) !== undefined,
  );
}
