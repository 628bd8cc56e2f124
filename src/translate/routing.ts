// Ingresses and Services to routes, services, upstreams and targets.
import type { GatewayConfig } from '../kong/config.ts';
import type { Route } from '../kong/entity.ts';
import type { Ingress } from '../kube/ingress.ts';
import type { KongUpstreamPolicy } from '../kube/kong-upstream-policy.ts';
import type { Problem } from '../kube/problem.ts';
import type { KubeService } from '../kube/service.ts';
import { indexByKey, type Snapshot } from '../kube/snapshot.ts';
import type { ConfigBuilder } from './builder.ts';
import { type SettledRoute, settleConflicts } from './conflicts.ts';
import { draftDefaultBackend, draftIngress } from './ingress.ts';
import type { TranslateOptions } from './options.ts';
import * as problems from './problems.ts';
import { describePorts, draftService, findPort } from './service.ts';
import { areSameNeeds, findNeeds } from './service-needs.ts';
import { findTargets } from './targets.ts';
import type { IngressDraft, KnownService, Memo, RouteDraft, TargetList } from './translation.ts';
import { readUpstreamPolicy } from './upstream-policy.ts';

export interface Routing {
  readonly routes: readonly SettledRoute[];
  readonly ingressDrafts: Map<Ingress, IngressDraft>;
  readonly serviceDrafts: Map<string, KnownService>;
  readonly problems: readonly Problem[];
}

function draftAll(
  ingresses: readonly Ingress[],
  options: TranslateOptions,
  memo: Memo | null,
  drafts: Map<Ingress, IngressDraft>,
  found: Problem[],
): readonly RouteDraft[] {
  const routes: RouteDraft[] = [];
  for (const ingress of ingresses) {
    const draft = memo?.ingressDrafts.get(ingress) ?? draftIngress(ingress, options);
    drafts.set(ingress, draft);
    routes.push(...draft.routes);
    found.push(...draft.problems);
  }
  let owner: Ingress | null = null;
  for (const ingress of ingresses) {
    if (ingress.spec.defaultBackend === null) continue;
    if (owner !== null) {
      found.push(problems.secondDefaultBackend(ingress, owner));
      continue;
    }
    const draft = draftDefaultBackend(ingress);
    found.push(...draft.problems);
    // One that cannot be served leaves the place to the next.
    if (draft.routes.length === 0) continue;
    owner = ingress;
    routes.push(...draft.routes);
  }
  return routes;
}

/** What is wrong between a route's backend and the Service that it names. */
function backendProblem(draft: RouteDraft, source: KubeService | null): Problem | null {
  const { backend, backendField } = draft;
  if (source === null) return problems.missingService(draft.source, `${backendField}.name`, backend.service);
  if (source.spec.type === 'ExternalName')
    return backend.port.number === null
      ? problems.externalNamePort(draft.source, `${backendField}.port`, backend.service)
      : null;
  if (findPort(source, backend.port) !== null) return null;
  const has = describePorts(source);
  const { number, name } = backend.port;
  if (number === null && name === '')
    return problems.ambiguousPort(draft.source, `${backendField}.port`, backend.service, has);
  const field = `${backendField}.port.${number === null ? 'name' : 'number'}`;
  return problems.missingPort(draft.source, field, backend.service, String(number ?? name), has);
}

export function draftRouting(
  snapshot: Snapshot,
  ingresses: readonly Ingress[],
  options: TranslateOptions,
  memo: Memo | null,
): Routing {
  const found: Problem[] = [];
  const ingressDrafts = new Map<Ingress, IngressDraft>();
  const drafts = draftAll(ingresses, options, memo, ingressDrafts, found);
  const settled = settleConflicts(drafts);
  found.push(...settled.problems);
  const services = indexByKey(snapshot.services);
  const withRules = new Set<string>();
  for (const { draft } of settled.routes) if (!draft.isDefault) withRules.add(draft.backend.key);
  const serviceDrafts: Routing['serviceDrafts'] = new Map();
  const policies = new Set<KongUpstreamPolicy>();
  const reported = new Set<KubeService>();
  const served: SettledRoute[] = [];
  for (const entry of settled.routes) {
    const { backend } = entry.draft;
    const source = services.get(`${backend.namespace}/${backend.service}`) ?? null;
    const wrong = backendProblem(entry.draft, source);
    if (wrong !== null) found.push(wrong);
    if (!serviceDrafts.has(backend.key)) {
      const needs = findNeeds(source, snapshot);
      const hasPath = withRules.has(backend.key);
      const old = memo?.serviceDrafts.get(backend.key);
      const draft =
        old !== undefined &&
        old.source === source &&
        old.hasPath === hasPath &&
        areSameNeeds(old.needs, needs)
          ? old.draft
          : draftService(source, backend, hasPath, needs, options);
      if (draft === null) {
        found.push(
          problems.refusedRoute(entry.draft.source, entry.draft.backendField, 'invalid service name'),
        );
        continue;
      }
      // They are about the Service: once, however many of its ports are served.
      if (source !== null && !reported.has(source)) found.push(...draft.problems);
      if (source !== null) reported.add(source);
      if (needs.policy && !policies.has(needs.policy)) {
        policies.add(needs.policy);
        found.push(...readUpstreamPolicy(needs.policy).problems);
      }
      serviceDrafts.set(backend.key, { source, hasPath, needs, draft });
    }
    served.push(entry);
  }
  return { routes: served, ingressDrafts, serviceDrafts, problems: found };
}

/** What must not be served: routes by their own id or that of their service, or all of them. */
export interface Closed {
  readonly closed: ReadonlySet<string>;
  readonly closesAll: boolean;
}

/** The Ingresses that name a Service which does not exist: its entities come from them alone. */
function usersOfMissing(routing: Routing): ReadonlyMap<string, readonly Ingress[]> {
  const users = new Map<string, Ingress[]>();
  for (const { draft } of routing.routes) {
    const { key } = draft.backend;
    if (routing.serviceDrafts.get(key)?.source !== null) continue;
    const list = users.get(key);
    if (list === undefined) users.set(key, [draft.source]);
    else if (!list.includes(draft.source)) list.push(draft.source);
  }
  return users;
}

/** A closed route stays, without a service: Kong answers 503 for it, and no other route takes its requests. */
export function addRouting(routing: Routing, { closed, closesAll }: Closed, builder: ConfigBuilder): void {
  const users = usersOfMissing(routing);
  for (const [key, { source, draft }] of routing.serviceDrafts) {
    const objects = source === null ? (users.get(key) ?? []) : [source];
    builder.add('upstreams', draft.upstream, objects);
    if (draft.isClosed) continue;
    for (const { type, entity, secret } of draft.tls) builder.add(type, entity, [secret, ...objects]);
    const isWhole = draft.tls.every(({ type, entity }) => builder.has(type, entity.id));
    // Without its upstream, the service's host would be looked up in DNS.
    if (isWhole && builder.has('upstreams', draft.upstream.id))
      builder.add('services', draft.service, objects);
  }
  for (const { draft, route } of routing.routes) {
    const isOpen =
      !closesAll &&
      !draft.isClosed &&
      !closed.has(route.id) &&
      route.service !== null &&
      !closed.has(route.service) &&
      builder.has('services', route.service);
    const entity: Route = isOpen ? route : { ...route, service: null };
    builder.add('routes', entity, [draft.source]);
  }
}

export function findAllTargets(
  routing: Pick<Routing, 'serviceDrafts'>,
  snapshot: Snapshot,
  options: TranslateOptions,
  memo: Memo | null,
): Map<string, TargetList> {
  const lists = new Map<string, TargetList>();
  for (const { draft } of routing.serviceDrafts.values()) {
    const { plan } = draft;
    if (lists.has(plan.upstream)) continue;
    const slices = snapshot.slicesByService.get(plan.serviceKey);
    lists.set(plan.upstream, findTargets(plan, slices, options, memo?.targets.get(plan.upstream) ?? null));
  }
  return lists;
}

/** True: no target can differ from those of the previous config. */
function areSame(
  lists: ReadonlyMap<string, TargetList>,
  before: ReadonlyMap<string, TargetList>,
  previous: GatewayConfig,
  builder: ConfigBuilder,
): boolean {
  if (lists.size !== before.size) return false;
  for (const [upstream, list] of lists) {
    if (before.get(upstream) !== list) return false;
    if (builder.has('upstreams', upstream) !== previous.entities.upstreams.has(upstream)) return false;
  }
  return true;
}

/** `previous`: made with the same options, and its lists. */
export function addTargets(
  lists: ReadonlyMap<string, TargetList>,
  previous: { readonly config: GatewayConfig; readonly targets: ReadonlyMap<string, TargetList> } | null,
  builder: ConfigBuilder,
): void {
  if (previous !== null && areSame(lists, previous.targets, previous.config, builder)) {
    builder.keepTargets();
    return;
  }
  for (const { plan, targets } of lists.values())
    if (builder.has('upstreams', plan.upstream)) for (const target of targets) builder.addTarget(target);
}
