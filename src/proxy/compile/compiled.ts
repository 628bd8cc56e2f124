// A config turned into lookup tables for one worker. Immutable once published; a swap replaces the reference, exchanges
// already begun keep the one they began with.
import type { TlsCertificate } from '../../ports/tls.ts';
import type { Balancer } from '../balance/balancer.ts';
import type { PluginInstance } from '../plugins/plugin.ts';

export interface CompiledConsumer {
  readonly id: string;
  readonly username: string | null;
  readonly customId: string | null;
  readonly groups: readonly string[];
}

/** One plugin name on one route, all scopes resolved except the consumer, who is known only at run time. */
export interface PluginSlot {
  readonly name: string;
  /** The instance when no consumer-scoped one applies; null: only some consumers have it. */
  readonly base: PluginInstance | null;
  readonly byConsumer: ReadonlyMap<string, PluginInstance> | null;
}

export interface CompiledService {
  readonly id: string;
  readonly name: string;
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** null or a path that starts with '/'. */
  readonly path: string | null;
  readonly retries: number;
  readonly connectTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly balancer: Balancer;
}

export interface CompiledRoute {
  readonly id: string;
  readonly name: string;
  readonly service: CompiledService | null;
  readonly allowsHttp: boolean;
  readonly allowsHttps: boolean;
  readonly httpsRedirectStatus: number;
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  readonly requestBuffering: boolean;
  readonly responseBuffering: boolean;
  /** In run order. */
  readonly plugins: readonly PluginSlot[];
  /** True when no slot can run anything: the fast path. */
  readonly hasPlugins: boolean;
  /** Fail closed: a broken auth plugin or CA makes the route answer 503 instead of being open. '' = fine. */
  readonly unavailableReason: string;
  /** What makes it unavailable is a plugin. */
  readonly lacksPlugin: boolean;
  /** Where its requests are counted (server/route-counters.ts). */
  readonly row: number;
}

/** Reused by the caller; filled by `match`. */
export interface RouteMatch {
  route: CompiledRoute | null;
  /** Length of the matched prefix path in the normalised path (what strip_path removes); 0 if matched without path. */
  prefixLength: number;
  /** Set when a regex path matched and has groups. */
  captures: Readonly<Record<string, string>> | null;
}

/** What the router looks at. `headerValues` is asked only for names that some route mentions. */
export interface MatchInput {
  readonly method: string;
  readonly isTls: boolean;
  /** Lower case, no port. */
  readonly host: string;
  readonly hostPort: number;
  /** SNI or ''. */
  readonly serverName: string;
  /** Of every line of that name, in order; `name` is lower case. */
  headerValues(name: string): readonly string[];
}

export interface Compiled {
  readonly configId: string;
  /** `path` is normalised (see router/normalise.ts). Returns into.route !== null. */
  match(input: MatchInput, path: string, into: RouteMatch): boolean;
  /** Plugins that run when no route matched, in run order. */
  readonly globalPlugins: readonly PluginSlot[];
  /** By the key of key-auth. */
  consumerByKey(key: string): { readonly consumer: CompiledConsumer; readonly credentialId: string } | null;
  consumerById(id: string): CompiledConsumer | null;
  consumerByUsername(name: string): CompiledConsumer | null;
  /** Kong's order: exact, leftmost wildcard, rightmost wildcard, the default '*'; null = self-signed default. */
  selectCertificate(serverName: string): TlsCertificate | null;
}
