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
  /** Ids of the consumer groups that it is in, by their names. */
  readonly consumerGroups: readonly string[];
}

/** An instance for some consumers alone. */
export interface ScopedInstance {
  readonly instance: PluginInstance;
  /** Of two that are for a consumer the higher one runs. */
  readonly rank: number;
}

/** One plugin name on one route, all scopes resolved except the consumer, who is known only at run time. */
export interface PluginSlot {
  readonly name: string;
  /** The instance when none for the consumer applies; null: only some consumers have it. */
  readonly base: PluginInstance | null;
  readonly byConsumer: ReadonlyMap<string, ScopedInstance> | null;
  /** By the id of a consumer group. */
  readonly byGroup: ReadonlyMap<string, ScopedInstance> | null;
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
  /** How the service's path and the request's are joined; v1 in the flavour traditional only. */
  readonly pathHandling: 'v0' | 'v1';
  /** Only requests of gRPC may come. */
  readonly isGrpc: boolean;
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
  /** Set when a regex path matched and has groups: by number (0 is all of the match) and by name. */
  captures: Readonly<Record<string, string>> | null;
}

/** What the router looks at. What costs something is asked only for where some route mentions it. Texts are byte strings. */
export interface MatchInput {
  readonly method: string;
  readonly isTls: boolean;
  /** Kong's net.protocol: http or https, and of streams tcp, tls or udp. */
  readonly scheme: string;
  /** Lower case, no port; '' = none. */
  readonly host: string;
  /** Of the Host header, else the port that the client has connected to; 0 = not known. */
  readonly hostPort: number;
  /** The Host header as sent. */
  readonly rawHost: string;
  /** SNI or ''. */
  readonly serverName: string;
  /** Without '?'. */
  readonly query: string;
  /** '' = not known. */
  readonly clientAddress: string;
  /** 0 = not known. */
  readonly clientPort: number;
  /** What the client has connected to; '' = not known. */
  readonly serverAddress: string;
  /** Of every line of that name, in order; `name` is lower case, with '_' for '-', and stands for both. */
  foldedHeaderValues(name: string): readonly string[];
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
