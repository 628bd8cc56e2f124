// Ids made from names, the same in every run: Kong's for declarative documents and those of Kong's ingress controller.
import { uuid5 } from '../base/hash.ts';

const rootNamespace = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';
const namespaces = new Map<string, string>();

/** Namespace of one entity type; `type` is Kong's plural. */
export function idNamespace(type: string): string {
  let namespace = namespaces.get(type);
  if (namespace === undefined) {
    namespace = uuid5(rootNamespace, type);
    namespaces.set(type, namespace);
  }
  return namespace;
}

/** What the ingress controller takes for the type of consumer groups. */
export const idNamespaceOfGroups = 'consumergroups';

/** Id of an entity that is known by a name of its own: services, routes, upstreams, consumers (username), snis. */
export function idOfName(type: string, name: string): string {
  return uuid5(idNamespace(type), name);
}

/** Id that Kong gives an entity known by several values together (plugins, targets, acls). */
export function idOfKey(type: string, values: readonly (string | null)[]): string {
  return uuid5(idNamespace(type), `${type}:*:${values.map((value) => value ?? '').join(':')}`);
}

/** Id that the ingress controller gives a plugin; scopes are the names of service, route, consumer and group. */
export function idOfScopedPlugin(
  name: string,
  scope: {
    readonly service?: string;
    readonly route?: string;
    readonly consumer?: string;
    readonly group?: string;
  },
): string {
  let text = name;
  if (scope.service !== undefined) text += `:service/${scope.service}`;
  if (scope.route !== undefined) text += `:route/${scope.route}`;
  if (scope.consumer !== undefined) text += `:consumer/${scope.consumer}`;
  if (scope.group !== undefined) text += `:consumer_group/${scope.group}`;
  return uuid5(idNamespace('plugins'), text);
}
