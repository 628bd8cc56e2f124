// P35: namespaces are borders. An Ingress reaches the Services, pods, Secrets and plugins of its own namespace only (there is
// no kind yet that could grant more).
import type { GatewayConfig } from '../../src/kong/config.ts';
import type { Route } from '../../src/kong/entity.ts';
import type { ConfigRecord } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { tlsOf } from './reading/ingress.ts';
import { createPast, type Past } from './reading/past.ts';
import { distinctConfigs, resources, seenBy, sourceOf } from './reading/view.ts';

const unknown = 'UNKNOWN';

/** 'address:port' of each target that a route leads to. */
function targetsOf({ entities }: GatewayConfig, { service }: Route): readonly string[] {
  const host = service === null ? undefined : entities.services.get(service)?.host;
  const upstream = [...entities.upstreams.values()].find(({ name }) => name === host);
  return [...entities.targets.values()]
    .filter((target) => target.upstream === upstream?.id)
    .map(({ target }) => target);
}

interface SliceLike {
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[] | null;
}

interface ServiceLike {
  readonly spec?: { readonly externalName?: string };
}

/** Addresses of endpoints, and names outside of the cluster that a Service of the namespace stands for. */
function addressesIn(past: Past, record: ConfigRecord, namespace: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const service of seenBy(past, record, resources.services).values())
    if (service.metadata.namespace === namespace)
      found.add((service as ServiceLike).spec?.externalName ?? '');
  for (const slice of seenBy(past, record, resources.endpointSlices).values())
    if (slice.metadata.namespace === namespace)
      for (const { addresses } of (slice as SliceLike).endpoints ?? [])
        for (const one of addresses ?? []) found.add(one);
  return found;
}

/** Sentences about what crosses a border. */
function crossings(past: Past, record: ConfigRecord): readonly string[] {
  const { entities } = record.config;
  const found: string[] = [];
  for (const route of entities.routes.values()) {
    const { namespace, name } = sourceOf(route);
    const service = route.service === null ? undefined : entities.services.get(route.service);
    const owner = service === undefined ? namespace : sourceOf(service).namespace;
    if (owner !== namespace && owner !== unknown)
      found.push(`Ingress ${namespace}/${name} leads to a Service of namespace ${owner}`);
    const own = addressesIn(past, record, namespace);
    for (const target of targetsOf(record.config, route))
      if (!own.has(target.slice(0, target.lastIndexOf(':'))))
        found.push(`Ingress ${namespace}/${name} leads to ${target}, which is no endpoint of its namespace`);
  }
  for (const plugin of entities.plugins.values()) {
    const source = sourceOf(plugin);
    const route = plugin.route === null ? undefined : entities.routes.get(plugin.route);
    if (source.kind === 'KongPlugin' && route !== undefined && sourceOf(route).namespace !== source.namespace)
      found.push(
        `KongPlugin ${source.namespace}/${source.name} acts on an Ingress of ${sourceOf(route).namespace}`,
      );
  }
  for (const credential of entities.keyauth_credentials.values()) {
    const consumer = entities.consumers.get(credential.consumer);
    const source = sourceOf(credential);
    if (
      source.kind === 'Secret' &&
      consumer !== undefined &&
      sourceOf(consumer).namespace !== source.namespace
    )
      found.push(`Secret ${source.namespace}/${source.name} is a key of a consumer of another namespace`);
  }
  const ingresses = [...seenBy(past, record, resources.ingresses).values()];
  const wanted = new Set(
    ingresses.flatMap((ingress) => tlsOf(ingress).map(({ host }) => `${ingress.metadata.namespace} ${host}`)),
  );
  const contents = new Map(
    [...entities.certificates.values()].map((certificate) => [certificate.id, sourceOf(certificate)]),
  );
  for (const { name, certificate } of entities.snis.values()) {
    const source = contents.get(certificate);
    // Equal pairs in two namespaces become one certificate, with the tags of the first.
    if (source !== undefined && !wanted.has(`${source.namespace} ${name}`) && !isShared(past, record, source))
      found.push(
        `the certificate of Secret ${source.namespace}/${source.name} answers for ${name}, which its namespace never named`,
      );
  }
  return found;
}

function isShared(
  past: Past,
  record: ConfigRecord,
  { namespace, name }: { namespace: string; name: string },
): boolean {
  const secrets = seenBy(past, record, resources.secrets);
  const textOf = (key: string): string =>
    JSON.stringify((secrets.get(key) as { data?: unknown } | undefined)?.data ?? null);
  const own = textOf(`${namespace}/${name}`);
  return [...secrets.keys()].some((key) => key !== `${namespace}/${name}` && textOf(key) === own);
}

export const tenants: Property = {
  id: 'P35',
  name: 'namespaces are borders',
  promise: 'Objects of one namespace never lead to pods, keys, plugins or certificates of another.',
  type: 'safety',
  judge({ configs, store }) {
    const past = createPast(store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of distinctConfigs(configs)) {
      const namespaces = new Set(
        [...record.config.entities.routes.values()].map((route) => sourceOf(route).namespace),
      );
      if (namespaces.size > 1) premises++;
      for (const message of crossings(past, record))
        violations.push({
          atUs: record.atUs,
          message: `${record.gateway}: ${message}`,
          witnesses: [record.gateway],
        });
    }
    return { premises, violations };
  },
};
