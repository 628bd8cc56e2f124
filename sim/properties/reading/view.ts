// What a config was made from: the version of each resource that the controller had seen, and the objects behind its
// entities by the tags that name them.
import type { KubeObject } from '../../../src/kube/object.ts';
import type { ConfigRecord } from '../../evidence/evidence.ts';
import type { Objects, Past } from './past.ts';

export const resources = {
  ingressClasses: 'ingressclasses.networking.k8s.io',
  ingresses: 'ingresses.networking.k8s.io',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  secrets: 'secrets',
  plugins: 'kongplugins.configuration.konghq.com',
  clusterPlugins: 'kongclusterplugins.configuration.konghq.com',
  consumers: 'kongconsumers.configuration.konghq.com',
  policies: 'kongupstreampolicies.configuration.konghq.com',
  groups: 'kongconsumergroups.configuration.konghq.com',
  vaults: 'kongvaults.configuration.konghq.com',
  customEntities: 'kongcustomentities.configuration.konghq.com',
} as const;

/** Every resource that the controller follows. */
export const watchedResources: readonly string[] = Object.values(resources);

/** Resource to version; what is not in it was not told. */
export type Versions = ReadonlyMap<string, number>;

const parsed = new WeakMap<ConfigRecord, Versions | null>();

/** null: the config came without a revision. */
export function versionsOf(record: ConfigRecord): Versions | null {
  let versions = parsed.get(record);
  if (versions === undefined) {
    versions = parse(record.revision);
    parsed.set(record, versions);
  }
  return versions;
}

function parse(revision: string | null): Versions | null {
  if (revision === null) return null;
  const value = JSON.parse(revision) as Readonly<Record<string, string>>;
  return new Map(Object.entries(value).map(([resource, version]) => [resource, Number(version)]));
}

/** Each config once, when it was first taken; those that came with a revision. */
export function* distinctConfigs(records: readonly ConfigRecord[]): Generator<ConfigRecord> {
  const told = new Set<string>();
  for (const record of records) {
    if (told.has(record.config.id) || versionsOf(record) === null) continue;
    told.add(record.config.id);
    yield record;
  }
}

export function versionOf(record: ConfigRecord, resource: string): number {
  return versionsOf(record)?.get(resource) ?? 0;
}

/** The objects of a resource as the config's controller knew them. */
export function seenBy(past: Past, record: ConfigRecord, resource: string): Objects {
  return past.at(resource, versionOf(record, resource));
}

export interface Source {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const sources = new WeakMap<readonly string[], Source>();

/** The object that an entity says it comes from. */
export function sourceOf(entity: { readonly tags: readonly string[] | null }): Source {
  const tags = entity.tags ?? [];
  let source = sources.get(tags);
  if (source === undefined) {
    const value = (name: string): string =>
      tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
    source = {
      kind: value('k8s-kind'),
      namespace: value('k8s-namespace'),
      name: value('k8s-name'),
      uid: value('k8s-uid'),
    };
    sources.set(tags, source);
  }
  return source;
}

const classAnnotation = 'kubernetes.io/ingress.class';
const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class';
export const ourClass = 'kong';

function classOf(object: KubeObject): string {
  const annotated = object.metadata.annotations?.[classAnnotation] ?? '';
  if (annotated !== '') return annotated;
  const { spec } = object as KubeObject & { readonly spec?: { readonly ingressClassName?: string } };
  return spec?.ingressClassName ?? '';
}

/** Whether an Ingress (or another object with a class) is for us, given the classes of that moment. */
export function isOurs(object: KubeObject, classes: Objects): boolean {
  const name = classOf(object);
  if (name !== '') return name === ourClass;
  return classes.get(ourClass)?.metadata.annotations?.[defaultAnnotation] === 'true';
}
