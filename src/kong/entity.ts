// Kong's entities as we hold them in memory: every field present (defaults filled in), Kong's own snake_case names, flat
// (foreign keys are ids). Reference: Kong 3.9 Admin API; the schema that fills and checks them is in schema/.

export interface EntityBase {
  /** UUID; deterministic for everything that the controller makes. */
  readonly id: string;
  readonly tags: readonly string[] | null;
}

export type Protocol = 'http' | 'https' | 'grpc' | 'grpcs' | 'tcp' | 'tls' | 'udp' | 'tls_passthrough';

export interface Service extends EntityBase {
  readonly name: string | null;
  readonly protocol: Protocol;
  /** Hostname or IP, or the name of an Upstream. */
  readonly host: string;
  readonly port: number;
  readonly path: string | null;
  readonly retries: number;
  /** Milliseconds. */
  readonly connect_timeout: number;
  readonly write_timeout: number;
  readonly read_timeout: number;
  readonly client_certificate: string | null;
  readonly tls_verify: boolean | null;
  readonly tls_verify_depth: number | null;
  readonly ca_certificates: readonly string[] | null;
  readonly enabled: boolean;
}

/** An address or network, a port, or both. */
export interface RouteAddress {
  readonly ip?: string | null;
  readonly port?: number | null;
}

export interface Route extends EntityBase {
  readonly name: string | null;
  /** Service id; null matches and then answers 503. */
  readonly service: string | null;
  readonly protocols: readonly Protocol[];
  readonly methods: readonly string[] | null;
  readonly hosts: readonly string[] | null;
  readonly paths: readonly string[] | null;
  readonly headers: Readonly<Record<string, readonly string[]>> | null;
  readonly snis: readonly string[] | null;
  /** Of streams; absent in routes of HTTP. */
  readonly sources?: readonly RouteAddress[] | null;
  readonly destinations?: readonly RouteAddress[] | null;
  /** Flavour expressions: in the place of methods, hosts, paths, headers and snis. */
  readonly expression?: string | null;
  /** Of routes with an expression; higher is tried first. */
  readonly priority?: number;
  readonly https_redirect_status_code: number;
  readonly regex_priority: number;
  readonly strip_path: boolean;
  readonly preserve_host: boolean;
  readonly request_buffering: boolean;
  readonly response_buffering: boolean;
  readonly path_handling: 'v0' | 'v1';
  /** Seconds since the epoch; absent in what the controller makes, and then a constant for ordering. */
  readonly created_at: number | null;
}

export interface ActiveCheck {
  readonly type: 'http' | 'https' | 'tcp' | 'grpc' | 'grpcs';
  /** Seconds. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly http_path: string;
  readonly https_sni: string | null;
  readonly https_verify_certificate: boolean;
  readonly headers: Readonly<Record<string, readonly string[]>> | null;
  readonly healthy: {
    readonly interval: number;
    readonly http_statuses: readonly number[];
    readonly successes: number;
  };
  readonly unhealthy: {
    readonly interval: number;
    readonly http_statuses: readonly number[];
    readonly tcp_failures: number;
    readonly timeouts: number;
    readonly http_failures: number;
  };
}

export interface PassiveCheck {
  readonly type: 'http' | 'https' | 'tcp' | 'grpc' | 'grpcs';
  readonly healthy: { readonly http_statuses: readonly number[]; readonly successes: number };
  readonly unhealthy: {
    readonly http_statuses: readonly number[];
    readonly tcp_failures: number;
    readonly timeouts: number;
    readonly http_failures: number;
  };
}

export interface Healthchecks {
  readonly threshold: number;
  readonly active: ActiveCheck;
  readonly passive: PassiveCheck;
}

export interface Upstream extends EntityBase {
  readonly name: string;
  readonly algorithm:
    | 'round-robin'
    | 'consistent-hashing'
    | 'least-connections'
    | 'latency'
    | 'sticky-sessions';
  readonly hash_on: string;
  readonly hash_fallback: string;
  readonly hash_on_header: string | null;
  readonly hash_fallback_header: string | null;
  readonly hash_on_cookie: string | null;
  readonly hash_on_cookie_path: string;
  readonly hash_on_query_arg: string | null;
  readonly hash_fallback_query_arg: string | null;
  readonly hash_on_uri_capture: string | null;
  readonly hash_fallback_uri_capture: string | null;
  /** Both only with sticky-sessions, which Kong's open-source line does not know. */
  readonly sticky_sessions_cookie?: string;
  readonly sticky_sessions_cookie_path?: string;
  readonly slots: number;
  readonly host_header: string | null;
  readonly client_certificate: string | null;
  readonly use_srv_name: boolean;
  readonly healthchecks: Healthchecks;
}

export interface Target extends EntityBase {
  /** Upstream id. */
  readonly upstream: string;
  /** 'host:port', IPv6 in brackets. */
  readonly target: string;
  /** 0 to 65535; 0 receives nothing. */
  readonly weight: number;
}

export interface Consumer extends EntityBase {
  readonly username: string | null;
  readonly custom_id: string | null;
}

export interface KeyauthCredential extends EntityBase {
  readonly consumer: string;
  readonly key: string;
}

/** ACL group of a consumer. */
export interface Acl extends EntityBase {
  readonly consumer: string;
  readonly group: string;
}

export interface BasicauthCredential extends EntityBase {
  readonly consumer: string;
  readonly username: string;
  readonly password: string;
}

export interface ConsumerGroup extends EntityBase {
  readonly name: string;
}

/** A consumer is in a group. Its id is made of both; in declarative documents it has none. */
export interface ConsumerGroupConsumer extends EntityBase {
  readonly consumer_group: string;
  readonly consumer: string;
}

export interface Vault extends EntityBase {
  readonly prefix: string;
  /** Kind. */
  readonly name: string;
  readonly description: string | null;
  readonly config: { readonly prefix: string | null; readonly base64_decode?: boolean };
}

export interface KeySet extends EntityBase {
  readonly name: string | null;
}

export interface Key extends EntityBase {
  readonly set: string | null;
  readonly name: string | null;
  readonly kid: string;
  readonly jwk: string | null;
  readonly pem: { readonly private_key: string | null; readonly public_key: string | null } | null;
}

export interface Plugin extends EntityBase {
  readonly name: string;
  readonly instance_name: string | null;
  readonly route: string | null;
  readonly service: string | null;
  readonly consumer: string | null;
  /** Absent where there is none: open source Kong does not know it. */
  readonly consumer_group?: string;
  /** Defaults filled in by the plugin's schema. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly protocols: readonly Protocol[];
  readonly enabled: boolean;
}

export interface Certificate extends EntityBase {
  /** PEM chain and PEM private key. */
  readonly cert: string;
  readonly key: string;
  readonly cert_alt: string | null;
  readonly key_alt: string | null;
}

export interface Sni extends EntityBase {
  readonly name: string;
  readonly certificate: string;
}

export interface CaCertificate extends EntityBase {
  readonly cert: string;
  readonly cert_digest: string | null;
}

/** Entity type (Kong's plural, also the key in declarative config and the Admin API path) to its shape. */
export interface EntityTypes {
  vaults: Vault;
  key_sets: KeySet;
  keys: Key;
  services: Service;
  routes: Route;
  upstreams: Upstream;
  targets: Target;
  consumers: Consumer;
  consumer_groups: ConsumerGroup;
  consumer_group_consumers: ConsumerGroupConsumer;
  keyauth_credentials: KeyauthCredential;
  basicauth_credentials: BasicauthCredential;
  acls: Acl;
  plugins: Plugin;
  certificates: Certificate;
  snis: Sni;
  ca_certificates: CaCertificate;
}

export type EntityType = keyof EntityTypes;
export type Entity = EntityTypes[EntityType];

/** In the order in which foreign keys can be resolved: parents first. */
export const entityTypes: readonly EntityType[] = [
  'vaults',
  'key_sets',
  'keys',
  'ca_certificates',
  'certificates',
  'snis',
  'upstreams',
  'targets',
  'services',
  'routes',
  'consumers',
  'consumer_groups',
  'consumer_group_consumers',
  'keyauth_credentials',
  'basicauth_credentials',
  'acls',
  'plugins',
];
