// One Ingress to drafts of routes: one route per host and backend, with all their paths in the order of the spec.
import { idOfName } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import { annotation } from '../kube/annotations.ts';
import type { Ingress, IngressBackend, IngressPath } from '../kube/ingress.ts';
import type { Problem } from '../kube/problem.ts';
import { checked, describeErrors } from './check-entity.ts';
import { objectTags, routeName, serviceName } from './names.ts';
import type { TranslateOptions } from './options.ts';
import { collapseSlashes, kongPaths } from './path.ts';
import * as problems from './problems.ts';
import { draftRewrite } from './rewrite.ts';
import { type RouteFields, readRouteAnnotations } from './route-annotations.ts';
import type { Backend, IngressDraft, PathDraft, RouteDraft } from './translation.ts';

interface Group {
  readonly host: string;
  readonly hostField: string;
  readonly backend: Backend;
  readonly backendField: string;
  readonly paths: PathDraft[];
}

const defaultRegexPrefix = '/~';

function readBackend(
  ingress: Ingress,
  backend: IngressBackend,
  field: string,
  found: Problem[],
): Backend | null {
  if (backend.service === null) {
    found.push(problems.resourceBackend(ingress, field, backend.resourceKind));
    return null;
  }
  const { namespace } = ingress.metadata;
  const { name, portNumber, portName } = backend.service;
  const port = { number: portNumber, name: portName };
  return { namespace, service: name, port, key: serviceName(namespace, name, port) };
}

function readPath(
  ingress: Ingress,
  written: IngressPath,
  field: string,
  options: TranslateOptions,
  found: Problem[],
): readonly PathDraft[] {
  const regexPrefix = annotation(ingress, 'regex-prefix') || defaultRegexPrefix;
  if (written.path !== '' && !written.path.startsWith('/') && !written.path.startsWith(regexPrefix)) {
    found.push(problems.relativePath(ingress, `${field}.path`, written.path));
    return [];
  }
  const collapsed = collapseSlashes(written.path);
  if (collapsed !== written.path)
    found.push(problems.collapsedPath(ingress, `${field}.path`, written.path, collapsed));
  const paths = kongPaths(collapsed, written.pathType, regexPrefix, options.escapesPaths);
  if (paths === null) {
    found.push(problems.unknownPathType(ingress, `${field}.pathType`, written.pathType));
    return [];
  }
  return paths.map(({ path, isAlias }) => ({ path, isAlias, field: `${field}.path` }));
}

function groupPaths(ingress: Ingress, options: TranslateOptions, found: Problem[]): readonly Group[] {
  const groups = new Map<string, Group>();
  ingress.spec.rules.forEach((rule, r) => {
    rule.paths.forEach((path, p) => {
      const field = `spec.rules[${r}].http.paths[${p}]`;
      const backend = readBackend(ingress, path.backend, `${field}.backend`, found);
      if (backend === null) return;
      const paths = readPath(ingress, path, field, options, found);
      if (paths.length === 0) return;
      const key = `${rule.host}\n${backend.key}`;
      const group = groups.get(key);
      if (group !== undefined) group.paths.push(...paths);
      else
        groups.set(key, {
          host: rule.host,
          hostField: `spec.rules[${r}].host`,
          backend,
          backendField: `${field}.backend.service`,
          paths: [...paths],
        });
    });
  });
  return [...groups.values()];
}

/** Paths that the gateway would refuse are taken out one by one; null when nothing is left. */
function draftRoute(
  ingress: Ingress,
  group: Group,
  name: string,
  annotations: RouteFields,
  found: Problem[],
): RouteDraft | null {
  let hosts = group.host === '' ? [] : [...new Set([group.host, ...annotations.hostAliases])];
  let paths = group.paths.filter(
    (path, i) => group.paths.findIndex((other) => other.path === path.path) === i,
  );
  for (;;) {
    const result = checked('routes', {
      strip_path: false,
      preserve_host: true,
      ...annotations.fields,
      id: idOfName('routes', name),
      name,
      tags: objectTags(ingress),
      service: idOfName('services', group.backend.key),
      hosts: hosts.length === 0 ? null : hosts,
      paths: paths.map((path) => path.path),
    });
    if (result.ok) {
      const rewrite = annotations.rewrite === null ? null : draftRewrite(result.value, annotations.rewrite);
      if (rewrite?.ok === false)
        found.push(problems.badRewrite(ingress, annotation(ingress, 'rewrite') ?? '', rewrite.error));
      const { backend, backendField } = group;
      return {
        route: result.value,
        paths,
        backend,
        backendField,
        source: ingress,
        isDefault: false,
        rewrite: rewrite?.ok === true ? rewrite.value : null,
        isClosed: annotations.isClosed || rewrite?.ok === false,
      };
    }
    const refused = new Map<number, FieldError>();
    for (const error of result.error)
      if (error.path[0] === 'paths' && typeof error.path[1] === 'number') refused.set(error.path[1], error);
    for (const [i, error] of refused)
      if (!paths[i]!.isAlias)
        found.push(problems.refusedPath(ingress, paths[i]!.field, paths[i]!.path, error.message));
    paths = paths.filter((_, i) => !refused.has(i));
    const badHosts = result.error.filter((error) => error.path[0] === 'hosts');
    const own = badHosts.find((error) => error.path[1] === 0);
    if (own !== undefined) {
      found.push(problems.refusedHost(ingress, group.hostField, group.host, own.message));
      return null;
    }
    // Aliases only add: the route goes on without them.
    for (const { path, message } of badHosts)
      found.push(
        problems.badAnnotationValue(ingress, 'host-aliases', hosts[Number(path[1])]!, `a host (${message})`),
      );
    hosts = hosts.filter((_, i) => !badHosts.some((error) => error.path[1] === i));
    if (refused.size === 0 && badHosts.length === 0) {
      found.push(problems.refusedRoute(ingress, group.hostField, describeErrors(result.error)));
      return null;
    }
    if (paths.length === 0) return null;
  }
}

export function draftIngress(ingress: Ingress, options: TranslateOptions): IngressDraft {
  const found: Problem[] = [];
  const annotations = readRouteAnnotations(ingress);
  found.push(...annotations.problems);
  const { namespace, name } = ingress.metadata;
  const routes: RouteDraft[] = [];
  if (annotations.hasLostCondition) return { routes, problems: found };
  for (const group of groupPaths(ingress, options, found)) {
    const { service, port } = group.backend;
    const draft = draftRoute(
      ingress,
      group,
      routeName(namespace, name, service, group.host, port),
      annotations,
      found,
    );
    if (draft !== null) routes.push(draft);
  }
  return { routes, problems: found };
}

/** The catch-all route of an Ingress with a default backend. */
export function draftDefaultBackend(ingress: Ingress): IngressDraft {
  const found: Problem[] = [];
  const written = ingress.spec.defaultBackend!;
  const backend = readBackend(ingress, written, 'spec.defaultBackend', found);
  if (backend === null) return { routes: [], problems: found };
  const group: Group = {
    host: '',
    hostField: 'spec.defaultBackend',
    backend,
    backendField: 'spec.defaultBackend.service',
    paths: [{ path: '/', isAlias: false, field: 'spec.defaultBackend' }],
  };
  const name = `${ingress.metadata.namespace}.${ingress.metadata.name}`;
  const annotations = { ...readRouteAnnotations(ingress), hostAliases: [] };
  if (annotations.hasLostCondition) return { routes: [], problems: found };
  const draft = draftRoute(ingress, group, name, annotations, found);
  return { routes: draft === null ? [] : [{ ...draft, isDefault: true }], problems: found };
}
