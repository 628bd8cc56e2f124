// Whether rules of RBAC allow a request, as an API server decides it.
import type { KubeObject } from '../../../src/kube/object.ts';

export interface Rule {
  /** '' = in all namespaces. */
  readonly namespace: string;
  readonly group: string;
  /** 'ingresses', 'ingresses/status' */
  readonly resource: string;
  readonly verb: string;
  /** null: all names. */
  readonly names: readonly string[] | null;
}

export interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** null: no resource is asked for (discovery, versions), which everybody may who is known. */
export function askedOf(method: string, path: string): Asked | null {
  const [place, query = ''] = path.split('?');
  const parts = place!.split('/').slice(1);
  const [group, rest] = parts[0] === 'api' ? ['', parts.slice(2)] : [parts[1] ?? '', parts.slice(3)];
  const [namespace, [plural, name = '', subresource = '']] =
    rest[0] === 'namespaces' && rest.length > 2 ? [rest[1]!, rest.slice(2)] : ['', rest];
  if (plural === undefined || plural === '') return null;
  const resource = subresource === '' ? plural : `${plural}/${subresource}`;
  const isWatch = new URLSearchParams(query).get('watch') === 'true';
  const reads = name !== '' ? 'get' : isWatch ? 'watch' : 'list';
  const deletes = name === '' ? 'deletecollection' : 'delete';
  const verb = method === 'GET' ? reads : method === 'DELETE' ? deletes : (verbs[method] ?? method);
  return { verb, group, resource, namespace, name };
}

interface RoleLike extends KubeObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

/** One rule for each verb of each resource. */
export function rulesOf(objects: readonly KubeObject[]): readonly Rule[] {
  const roles = objects.filter(
    ({ kind }) => kind === 'ClusterRole' || kind === 'Role',
  ) as unknown as readonly RoleLike[];
  return roles.flatMap(({ metadata, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs: allowed, resourceNames }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          allowed.map((verb) => ({
            namespace: metadata.namespace ?? '',
            group,
            resource,
            verb,
            names: resourceNames ?? null,
          })),
        ),
      ),
    ),
  );
}

export function allows(rule: Rule, asked: Asked): boolean {
  if (rule.group !== asked.group || rule.resource !== asked.resource || rule.verb !== asked.verb)
    return false;
  if (rule.namespace !== '' && rule.namespace !== asked.namespace) return false;
  return rule.names === null || rule.names.includes(asked.name);
}

export const ruleText = ({ verb, group, resource, names }: Rule): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${names === null ? '' : ` ${names.join(' ')}`}`;
