// What a scenario calls something, and what that is called in a cluster that others use too: every namespace and every class
// of a run has the run's own name before it.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';

type Fields = Readonly<Record<string, unknown>>;

const classAnnotation = 'kubernetes.io/ingress.class';

export interface Names {
  /** 'tg-1a2b3c' */
  readonly run: string;
  namespace(name: string): string;
  ingressClass(name: string): string;
  /** A name in the cluster as the scenario has it; null: it is not one of ours. */
  ownNamespace(name: string): string | null;
  /** An object, or a part of one, as it goes to the cluster. */
  into<T extends Fields>(object: T): T;
  /** An object of the cluster as the scenario knows it. */
  from(object: StoredObject): StoredObject;
  /** Text in which names of the cluster may stand. */
  fromText(text: string): string;
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** The same record with one member changed; without that member it stays as it is. */
function withMember(object: Fields, path: readonly string[], change: (value: string) => string): Fields {
  const [first, ...rest] = path;
  const value = object[first!];
  if (rest.length === 0)
    return typeof value === 'string' && value !== '' ? { ...object, [first!]: change(value) } : object;
  return typeof value === 'object' && value !== null
    ? { ...object, [first!]: withMember(fieldsOf(value), rest, change) }
    : object;
}

/** Where namespaces and classes stand in objects of the kinds that scenarios have. */
const namespaceMembers: readonly (readonly string[])[] = [
  ['metadata', 'namespace'],
  ['involvedObject', 'namespace'],
];
const classMembers: readonly (readonly string[])[] = [
  ['spec', 'ingressClassName'],
  ['metadata', 'annotations', classAnnotation],
];

function renamed(
  object: Fields,
  kind: unknown,
  ofNamespace: (name: string) => string,
  ofClass: (name: string) => string,
): Fields {
  let made = object;
  for (const path of namespaceMembers) made = withMember(made, path, ofNamespace);
  for (const path of classMembers) made = withMember(made, path, ofClass);
  if (kind === 'Namespace') made = withMember(made, ['metadata', 'name'], ofNamespace);
  if (kind === 'IngressClass') made = withMember(made, ['metadata', 'name'], ofClass);
  return made;
}

export function createNames(run: string): Names {
  const prefix = `${run}-`;
  const into = (name: string): string => `${prefix}${name}`;
  const from = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  return {
    run,
    namespace: into,
    ingressClass: into,
    ownNamespace: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : null),
    into: <T extends Fields>(object: T) => renamed(object, object['kind'], into, into) as T,
    from: (object) => renamed(object, object.kind, from, from) as StoredObject,
    fromText: (text) => text.replaceAll(prefix, ''),
  };
}
