// The outcome of a translation, and what it keeps so that the next one only redoes what changed.
import type { GatewayConfig } from '../kong/config.ts';
import type { Plugin, Route, Service, Target, Upstream } from '../kong/entity.ts';
import type { EndpointSlice } from '../kube/endpoint-slice.ts';
import type { Ingress } from '../kube/ingress.ts';
import type { Problem } from '../kube/problem.ts';
import type { KubeService, ServicePort } from '../kube/service.ts';
import type { Snapshot } from '../kube/snapshot.ts';
import type { OriginTables } from './builder.ts';
import type { PolicyRing } from './crowded-rings.ts';
import type { TranslateOptions } from './options.ts';
import type { Origins } from './origins.ts';
import type { KnownPlugins } from './plugin-instances.ts';
import type { ServiceNeeds } from './service-needs.ts';
import type { TlsEntity } from './upstream-tls.ts';

export interface Translation {
  readonly config: GatewayConfig;
  readonly problems: readonly Problem[];
  /** Objects that are left alone and why: another class, or nothing refers to them. Not mistakes. */
  readonly ignored: readonly Problem[];
  /** 'routes/<id>' to the objects it comes from, the most telling first. */
  readonly origins: Origins;
  /** Ingresses that are ours: those whose status we write. */
  readonly ingresses: readonly Ingress[];
  readonly memo: Memo;
}

/** A port as an Ingress writes it. */
export interface PortReference {
  readonly number: number | null;
  readonly name: string;
}

/** Where a route wants to go: one Kong service. */
export interface Backend {
  readonly namespace: string;
  readonly service: string;
  readonly port: PortReference;
  /** Name of the Kong service. */
  readonly key: string;
}

/** One path of a route: what Kong matches, and what the user wrote. */
export interface PathDraft {
  readonly path: string;
  /** JSON path in the Ingress. */
  readonly field: string;
  /** True for the '~/foo$' beside a Prefix '/foo/': gives way to an Exact path. */
  readonly isAlias: boolean;
}

export interface RouteDraft {
  readonly route: Route;
  readonly paths: readonly PathDraft[];
  readonly backend: Backend;
  readonly backendField: string;
  readonly source: Ingress;
  readonly isDefault: boolean;
  /** What konghq.com/rewrite asks for. */
  readonly rewrite: Plugin | null;
  /** True: answers 503, because something that it needs cannot be understood. */
  readonly isClosed: boolean;
}

/** What one Ingress asks for, before other objects are looked at. */
export interface IngressDraft {
  readonly routes: readonly RouteDraft[];
  readonly problems: readonly Problem[];
}

/** How the targets of an upstream are found. */
export interface UpstreamPlan {
  readonly upstream: string;
  /** 'namespace/name' of the Service. */
  readonly serviceKey: string;
  /** Where the endpoints are looked up; null: `fixed` says it all. */
  readonly port: ServicePort | null;
  readonly fixed: readonly string[];
}

export interface ServiceDraft {
  readonly service: Service;
  readonly upstream: Upstream;
  readonly plan: UpstreamPlan;
  /** What the service refers to: sent before it. */
  readonly tls: readonly TlsEntity[];
  /** True: may not be served, because TLS towards it would not be what was asked for. */
  readonly isClosed: boolean;
  readonly problems: readonly Problem[];
}

/** A draft, and all that it was made of. */
export interface KnownService {
  readonly source: KubeService | null;
  readonly hasPath: boolean;
  readonly needs: ServiceNeeds;
  readonly draft: ServiceDraft;
}

export interface Memo {
  readonly snapshot: Snapshot;
  readonly options: TranslateOptions;
  readonly ingressDrafts: ReadonlyMap<Ingress, IngressDraft>;
  /** By Kong service name. */
  readonly serviceDrafts: ReadonlyMap<string, KnownService>;
  readonly plugins: KnownPlugins;
  readonly origins: OriginTables;
  /** By upstream id. */
  readonly targets: ReadonlyMap<string, TargetList>;
  /** Problems that do not come from endpoints. */
  readonly standing: readonly Problem[];
  readonly rings: readonly PolicyRing[];
}

export interface TargetList {
  readonly plan: UpstreamPlan;
  readonly slices: readonly EndpointSlice[];
  readonly targets: readonly Target[];
}
