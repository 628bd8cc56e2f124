// An exchange reduced to what plugins see: a plain description of a request in, a record of what plugins did out.

import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { Plugin } from '../../../src/kong/entity.ts';
import type { Compiled, CompiledConsumer } from '../../../src/proxy/compile/compiled.ts';
import type {
  AccessContext,
  ExitReply,
  HeaderFilterContext,
  RequestEdits,
  RequestView,
} from '../../../src/proxy/exchange/context.ts';
import { pagesOfKong } from '../../../src/proxy/exchange/error-page.ts';
import type { PluginHost } from '../../../src/proxy/plugins/plugin.ts';
import { normalisePath } from '../../../src/proxy/router/normalise.ts';

export interface RequestDescription {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly address?: string;
  readonly uriCaptures?: Readonly<Record<string, string>>;
  readonly wallMs?: number;
}

export const anna: CompiledConsumer = {
  id: '11111111-1111-4111-8111-111111111111',
  username: 'anna',
  customId: 'a-1',
  groups: [],
  consumerGroups: [],
};
export const guest: CompiledConsumer = {
  id: '22222222-2222-4222-8222-222222222222',
  username: 'guest',
  customId: null,
  groups: [],
  consumerGroups: [],
};

export const compiled: Compiled = {
  configId: '0'.repeat(32),
  match: () => false,
  globalPlugins: [],
  consumerByKey: (key) => (key === 'secret' ? { consumer: anna, credentialId: 'credential-1' } : null),
  consumerById: (id) => [anna, guest].find((consumer) => consumer.id === id) ?? null,
  consumerByUsername: (name) => [anna, guest].find((consumer) => consumer.username === name) ?? null,
  selectCertificate: () => null,
};

export function createHost(words = 4096): PluginHost {
  return {
    shared: {
      health: new Int32Array(0),
      shares: new Int32Array(64),
      counters: new Int32Array(words),
      statistics: new Float64Array(0),
      routes: [],
    },
  };
}

/** A plugin as the schema lets it through: checked, defaults filled in. */
export function pluginOf(name: string, config: Readonly<Record<string, unknown>>): Plugin {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    plugins: [{ id: '33333333-3333-4333-8333-333333333333', name, config }],
  });
  if (!decoded.ok)
    throw new Error(JSON.stringify(decoded.error.map(({ field, message }) => [field, message])));
  return [...decoded.value.entities.plugins.values()][0]!;
}

export interface Recorded {
  readonly context: AccessContext & HeaderFilterContext;
  exit: ExitReply | null;
  method: string | null;
  upstreamPath: string | null;
  query: string;
  /** Request headers towards the upstream, lower case. */
  headers: [string, string][];
  responseHeaders: [string, string][];
  body: string;
}

function without(list: [string, string][], name: string): [string, string][] {
  return list.filter(([given]) => given.toLowerCase() !== name.toLowerCase());
}

export function createExchange(request: RequestDescription, isProxied = true): Recorded {
  const lines = request.headers ?? [];
  const view: RequestView = {
    method: request.method ?? 'GET',
    scheme: 'http',
    host: 'shop.example',
    rawHost: 'shop.example',
    path: request.path ?? '/',
    query: request.query ?? '',
    httpVersion: '1.1',
    clientAddress: request.address ?? '192.0.2.1',
    clientPort: 40000,
    serverPort: 8000,
    requestId: '0123456789abcdef0123456789abcdef',
    header: (name) => lines.find(([given]) => given.toLowerCase() === name)?.[1] ?? null,
    headers: () => lines,
  };
  const edits: RequestEdits = {
    setHeader(name, value) {
      recorded.headers = [...without(recorded.headers, name), [name.toLowerCase(), value]];
    },
    addHeader(name, value) {
      recorded.headers = [...recorded.headers, [name.toLowerCase(), value]];
    },
    removeHeader(name) {
      recorded.headers = without(recorded.headers, name);
    },
    setMethod(method) {
      recorded.method = method;
    },
    setPath(path) {
      recorded.upstreamPath = path;
    },
    setQuery(query) {
      recorded.query = query;
    },
    currentHeader: (name) => recorded.headers.find(([given]) => given === name)?.[1] ?? null,
    currentQuery: () => recorded.query,
    transformBody(_bytesMax, transform) {
      recorded.body = transform(Buffer.from(recorded.body)).toString();
    },
  };
  const recorded: Recorded = {
    exit: null,
    method: null,
    upstreamPath: null,
    query: view.query,
    headers: lines.map(([name, value]) => [name.toLowerCase(), value]),
    responseHeaders: [],
    body: request.body ?? '',
    context: {
      request: view,
      edits,
      compiled,
      errorPages: pagesOfKong,
      route: null,
      service: null,
      nowMs: 0,
      wallMs: request.wallMs ?? 0,
      normalPath: normalisePath(view.path),
      uriCaptures: request.uriCaptures ?? null,
      consumer: null,
      credentialId: '',
      status: 200,
      isProxied,
      exit(reply) {
        recorded.exit = reply;
      },
      addResponseHeader(name, value) {
        recorded.responseHeaders = [...recorded.responseHeaders, [name, value]];
      },
      responseHeader: (name) =>
        recorded.responseHeaders.find(([given]) => given.toLowerCase() === name)?.[1] ?? null,
      setResponseHeader(name, value) {
        recorded.responseHeaders = [...without(recorded.responseHeaders, name), [name, value]];
      },
      removeResponseHeader(name) {
        recorded.responseHeaders = without(recorded.responseHeaders, name);
      },
      readBody: (_bytesMax, take) => take(Buffer.from(recorded.body)),
      resume() {},
    },
  };
  return recorded;
}
