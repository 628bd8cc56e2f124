// A running gateway for the commands that need one: the proxy's threads, its Admin API and its status page, started
// together and drained together.

import { hostname } from 'node:os';
import { uuid4 } from '../base/hash.ts';
import type { Result } from '../base/result.ts';
import { type LogOptions, visible } from '../io/log.ts';
import { readMachine, socketsOfWorker, workerHeapMb } from '../io/machine.ts';
import { selfSigned } from '../io/self-signed.ts';
import { createWorkers } from '../io/workers.ts';
import type { GatewayConfig } from '../kong/config.ts';
import { type ConfigError, decodeDeclarative } from '../kong/decode.ts';
import type { RouterFlavor } from '../kong/router-flavor.ts';
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpListener } from '../ports/http.ts';
import type { Storage } from '../ports/storage.ts';
import { type AdminOptions, createAdmin, createStatusApi } from '../proxy/admin/admin.ts';
import type { NameSettings } from '../proxy/names/settings.ts';
import { createKeeper, type KeptConfig, readKept } from '../proxy/server/kept-config.ts';
import { createProxy, type ProxyServer } from '../proxy/server/main.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import type { Environment } from '../proxy/server/secrets.ts';
import { noMeta } from '../proxy/server/staleness.ts';
import { type AdminPlaces, listenForAdmins } from './admin-listeners.ts';
import { CommandError, exitBadInput, exitEnvironment } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { parseYamlOnDemand, placesOnDemand } from './lazy-yaml.ts';
import { checkPort, listenForHttp } from './listening-port.ts';
import { productVersion } from './version.ts';

/** The version of Kong whose behaviour and Admin API we speak. */
export const kongVersion = '3.9.1';

/** What is asked of clients and of whoever speaks for them. */
type ClientOptions = Pick<WorkerOptions, 'proxyProtocol' | 'trustedProxies' | 'clientCertificates'>;

/** What is told of the gateway, and what may be asked of it. */
export type ServingLimits = Pick<
  WorkerOptions,
  'answers' | 'bodyBytesMax' | 'requestsMax' | 'publicPorts' | 'reuse' | 'tlsSpoken'
>;

export interface GatewayOptions extends ClientOptions {
  readonly host: string;
  readonly proxyPort: number;
  readonly proxyTlsPort: number;
  readonly admin: AdminPlaces;
  readonly statusHost: string;
  /** null: no status page. */
  readonly statusPort: number | null;
  readonly workers: number;
  readonly accessLog: WorkerOptions['accessLog'];
  /** How long a target that nothing probes stays unhealthy; absent or 0: until it is set healthy. */
  readonly recoverAfterMs?: number;
  /** Default: traditional_compatible. */
  readonly routerFlavor?: RouterFlavor;
  /** How names are resolved; what asks for them is a part of `env`. Default: no search domains, no hosts file. */
  readonly names?: NameSettings;
  readonly log: Omit<LogOptions, 'write'>;
  /** How long a client may take to send a head. Default 60 s. */
  readonly headTimeoutMs?: number;
  /** How long a connection of a client may wait for its next request. Default 75 s. */
  readonly keepaliveTimeoutMs?: number;
  /** Of TLS clients whose name has none. Default: a self-signed one of this start. */
  readonly defaultCertificate?: WorkerOptions['defaultCertificate'];
  readonly writeAccessLines: (lines: Uint8Array, taken: () => void) => void;
  /** What the first request already meets; without it the gateway knows no route until it is told. */
  readonly config?: GatewayConfig;
  /** Where the last good config is kept for the next start; absent: nowhere. */
  readonly lastGood?: Storage;
  readonly limits?: ServingLimits;
  /** Where references to the vault `env` are looked up. Absent: nowhere. */
  readonly environment?: Environment;
}

export interface Gateway {
  readonly proxy: ProxyServer;
  /** The Admin API as a function, for a controller in the same process. */
  readonly admin: HttpHandler;
  /** null where that port is not served. */
  readonly adminUrl: string | null;
  readonly adminTlsUrl: string | null;
  readonly statusUrl: string | null;
  readonly host: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Stops accepting, lets requests finish, ends the threads, closes the Admin API. */
  drain(deadlineMs: number): Promise<void>;
}

/** null where that port is not served. */
export function proxyUrl({ host }: Pick<Gateway, 'host'>, scheme: string, port: number): string | null {
  return port < 0 ? null : `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const keepaliveTimeoutDefaultMs = 75_000;
const headTimeoutDefaultMs = 60_000;
const statusBodyBytesMax = 64 * 1024;

/** Longer documents have to be JSON, which costs a tenth of the time. */
const yamlLimits = { charactersMax: 32 * 1024 * 1024, aliasesMax: 100 };

export function parseDocument(text: string): Result<unknown> {
  return parseYamlOnDemand(text, yamlLimits);
}

/** Errors of one file that are told. */
const shownErrorsMax = 50;

const defaultCertificateDays = 365;

/** Answers TLS clients whose name has no certificate, as Kong's self-signed one does. */
function createDefaultCertificate(wallMs: number): NonNullable<WorkerOptions['defaultCertificate']> {
  return { id: 'default', ...selfSigned('localhost', defaultCertificateDays, wallMs) };
}

/** Workers listen once they have built what is current when they start. */
async function startProxy(proxy: ProxyServer, config: GatewayConfig | undefined): Promise<void> {
  const failure = (error: string) => new CommandError(exitEnvironment, `the proxy cannot start: ${error}`);
  const applied =
    config === undefined
      ? Promise.resolve()
      : new Promise<void>((resolve, reject) => {
          proxy.apply(config, noMeta, (result) => (result.ok ? resolve() : reject(failure(result.message))));
        });
  const started = new Promise<void>((resolve, reject) => {
    proxy.start((error) => (error === null ? resolve() : reject(failure(error))));
  });
  await Promise.all([started, applied]);
}

function drainProxy(proxy: ProxyServer, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => proxy.drain(deadlineMs, resolve));
}

function adminOptionsOf(env: Env, options: GatewayOptions): AdminOptions {
  return {
    identity: {
      kongVersion,
      tidegateVersion: productVersion(),
      hostname: hostname(),
      nodeId: uuid4(env.random.bytes('node-id', 16)),
      processId: process.pid,
    },
    parseYaml: parseDocument,
    ...(options.routerFlavor === undefined ? {} : { routerFlavor: options.routerFlavor }),
  };
}

function clientOptionsOf({
  proxyProtocol,
  trustedProxies,
  clientCertificates,
}: ClientOptions): ClientOptions {
  return {
    ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(clientCertificates === undefined ? {} : { clientCertificates }),
  };
}

/** A file that cannot be used costs what it would have given, and nothing else. */
function keptBy(env: Env, storage: Storage, flavor: RouterFlavor | undefined): KeptConfig | null {
  const kept = readKept(storage, flavor);
  if (kept.ok) return kept.value;
  env.log.error('the last good configuration is not used', { error: kept.error });
  return null;
}

/** The proxy with as many sockets and as much memory for each worker as the process may have. */
function createThreads(env: Env, options: GatewayOptions, kept: KeptConfig | null): ProxyServer {
  const { host, proxyPort, proxyTlsPort, lastGood, routerFlavor } = options;
  const { memoryBytes, openFiles } = readMachine();
  const workers = createWorkers(options.log, workerHeapMb(memoryBytes, options.workers));
  return createProxy(env, workers, {
    workers: options.workers,
    serving: {
      host,
      httpPort: proxyPort,
      httpsPort: proxyTlsPort,
      accessLog: options.accessLog,
      keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? keepaliveTimeoutDefaultMs,
      headTimeoutMs: options.headTimeoutMs ?? headTimeoutDefaultMs,
      socketsMax: socketsOfWorker(openFiles, options.workers),
      ...(proxyTlsPort < 0
        ? {}
        : { defaultCertificate: options.defaultCertificate ?? createDefaultCertificate(env.clock.wallMs()) }),
      ...(routerFlavor === undefined ? {} : { routerFlavor }),
      ...options.limits,
      ...clientOptionsOf(options),
    },
    ...(lastGood === undefined ? {} : { keeper: createKeeper(env.clock, env.log, lastGood), kept }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    recoverAfterMs: options.recoverAfterMs ?? 0,
    ...(options.names === undefined ? {} : { names: options.names }),
    onAccessLines: options.writeAccessLines,
  });
}

export async function startGateway(env: Env, options: GatewayOptions): Promise<Gateway> {
  const { lastGood, routerFlavor } = options;
  const kept = lastGood === undefined ? null : keptBy(env, lastGood, routerFlavor);
  if (kept === null) return startWith(env, options, null);
  try {
    return await startWith(env, options, kept);
  } catch (error) {
    // Else it would be in the way of every start to come.
    env.log.error('no start with the last good configuration; starting without it', {
      error: (error as Error).message,
    });
    return startWith(env, options, null);
  }
}

async function startWith(env: Env, options: GatewayOptions, kept: KeptConfig | null): Promise<Gateway> {
  const { host, proxyPort, proxyTlsPort } = options;
  await checkPort(host, proxyPort, 'proxy-port');
  await checkPort(host, proxyTlsPort, 'proxy-tls-port');
  const proxy = createThreads(env, options, kept);
  const adminOptions = adminOptionsOf(env, options);
  const listeners: HttpListener[] = [];
  const closeAll = () =>
    Promise.all(listeners.map((listener) => new Promise<void>((resolve) => listener.close(resolve))));
  try {
    const { plain, tls } = await listenForAdmins(env, proxy, adminOptions, options.admin);
    for (const one of [plain, tls]) if (one !== null) listeners.push(one);
    let statusUrl: string | null = null;
    if (options.statusPort !== null) {
      const page = createStatusApi(env, proxy, adminOptions);
      const place = { host: options.statusHost, port: options.statusPort, bodyBytesMax: statusBodyBytesMax };
      const status = await listenForHttp(env, place, 'status-port', page);
      listeners.push(status);
      statusUrl = status.url;
    }
    await startProxy(proxy, options.config);
    return {
      proxy,
      admin: createAdmin(env, proxy, adminOptions),
      adminUrl: plain?.url ?? null,
      adminTlsUrl: tls?.url ?? null,
      statusUrl,
      host,
      ...proxy.ports(),
      async drain(deadlineMs) {
        await drainProxy(proxy, deadlineMs);
        await closeAll();
      },
    };
  } catch (error) {
    proxy.terminate();
    await closeAll();
    throw error;
  }
}

function formatConfigError({ entityType, entityName, field, message }: ConfigError): string {
  const entity = entityType === null ? '' : `${entityType}${entityName === null ? '' : ` '${entityName}'`}`;
  const subject = `${entity} ${field}`.trim();
  return visible(subject === '' ? message : `${subject}: ${message}`);
}

/** All of them, or the first so many; each with line and column. */
function formatConfigErrors(text: string, path: string, errors: readonly ConfigError[]): string {
  const placeOf = placesOnDemand(text);
  const lines = errors.slice(0, shownErrorsMax).map((error) => {
    const { line, column } = placeOf([...error.location, ...error.path]);
    return `${path}:${line}:${column}: ${formatConfigError(error)}`;
  });
  const others = errors.length - lines.length;
  return [...lines, ...(others > 0 ? [`${path}: ${others} more errors`] : [])].join('\n');
}

/** Reads a declarative document; `path` is what to call it in errors. */
export function readConfigText(text: string, path: string, flavor?: RouterFlavor): GatewayConfig {
  const document = parseDocument(text);
  if (!document.ok) {
    const error = document.error.replace(/^line (\d+), column (\d+)/, '$1:$2');
    throw new CommandError(exitBadInput, error === document.error ? `${path}: ${error}` : `${path}:${error}`);
  }
  const config = decodeDeclarative(document.value, flavor);
  if (config.ok) return config.value;
  throw new CommandError(exitBadInput, formatConfigErrors(text, path, config.error));
}

/** Reads a declarative file. */
export function readConfigFile(path: string, flavor?: RouterFlavor): GatewayConfig {
  const text = readInputText(path);
  return readConfigText(text, path, flavor);
}
