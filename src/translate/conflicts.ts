// Two paths that Kong could not tell apart: the older Ingress keeps them, so that which one answers is never left to chance.
import { oncePerObject } from '../base/once-per-object.ts';
import { canonicalJson } from '../base/order.ts';
import type { Route } from '../kong/entity.ts';
import { annotation } from '../kube/annotations.ts';
import type { Problem } from '../kube/problem.ts';
import * as problems from './problems.ts';
import type { PathDraft, RouteDraft } from './translation.ts';

export interface SettledRoute {
  readonly draft: RouteDraft;
  /** The draft's own route where nothing was taken from it. */
  readonly route: Route;
}

/** What a request must have besides host and path. */
const selectorOf = oncePerObject(({ methods, headers, snis, protocols, regex_priority }: Route): string =>
  canonicalJson([methods, headers, snis, protocols, regex_priority]),
);

/** Equal: it makes no difference which of the two routes answers. */
function behaviourOf(draft: RouteDraft): string {
  const { id: _id, name: _name, tags: _tags, paths: _paths, hosts: _hosts, ...rest } = draft.route;
  const { rewrite, isClosed } = draft;
  return canonicalJson([rest, annotation(draft.source, 'plugins'), rewrite?.config ?? null, isClosed]);
}

class Claims {
  readonly #owners = new Map<string, RouteDraft>();

  /** The first claim that stands in the way, for any of the route's hosts. */
  take(draft: RouteDraft, path: PathDraft): RouteDraft | null {
    const selector = selectorOf(draft.route);
    for (const host of draft.route.hosts ?? ['']) {
      const key = `${host}\n${path.path}\n${selector}`;
      const owner = this.#owners.get(key);
      if (owner === undefined) this.#owners.set(key, draft);
      else if (owner !== draft && behaviourOf(owner) !== behaviourOf(draft)) return owner;
    }
    return null;
  }
}

/** `drafts`: the oldest Ingress first; default backends last. */
export function settleConflicts(drafts: readonly RouteDraft[]): {
  readonly routes: readonly SettledRoute[];
  readonly problems: readonly Problem[];
} {
  const claims = new Claims();
  const found: Problem[] = [];
  const lost = new Set<PathDraft>();
  // Exact paths and prefixes first: the '~/foo$' of a Prefix gives way to an Exact '/foo', whoever came first.
  for (const draft of drafts) {
    for (const path of draft.paths) {
      if (path.isAlias) continue;
      const owner = claims.take(draft, path);
      if (owner === null) continue;
      lost.add(path);
      // A default backend is for what no rule matches.
      if (draft.isDefault) continue;
      const host = draft.route.hosts?.[0] ?? '';
      found.push(problems.conflictingPath(draft.source, path.field, host, path.path, owner.source));
    }
  }
  for (const draft of drafts)
    for (const path of draft.paths) if (path.isAlias && claims.take(draft, path) !== null) lost.add(path);
  const routes: SettledRoute[] = [];
  for (const draft of drafts) {
    const kept = draft.paths.filter((path) => !lost.has(path));
    if (kept.length === draft.paths.length) routes.push({ draft, route: draft.route });
    else if (kept.length > 0)
      routes.push({ draft, route: { ...draft.route, paths: kept.map((path) => path.path) } });
  }
  return { routes, problems: found };
}
