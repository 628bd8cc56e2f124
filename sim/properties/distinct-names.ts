// P56: two different backends never become one. Each route leads to the very Service that its Ingress names, however
// namespaces, names and ports would read when put together.
import type { ConfigRecord } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { servicesOf } from './reading/ingress.ts';
import { createPast, type Past } from './reading/past.ts';
import { distinctConfigs, resources, seenBy, sourceOf } from './reading/view.ts';

function mixUps(past: Past, record: ConfigRecord): readonly string[] {
  const { entities } = record.config;
  const ingresses = seenBy(past, record, resources.ingresses);
  const upstreams = new Map([...entities.upstreams.values()].map((upstream) => [upstream.name, upstream]));
  const found: string[] = [];
  for (const route of entities.routes.values()) {
    const { namespace, name } = sourceOf(route);
    const ingress = ingresses.get(`${namespace}/${name}`);
    const service = route.service === null ? undefined : entities.services.get(route.service);
    if (ingress === undefined || service === undefined) continue;
    const named = servicesOf(ingress);
    for (const entity of [service, upstreams.get(service.host)]) {
      const source = entity === undefined ? null : sourceOf(entity);
      if (source === null || source.name === 'UNKNOWN' || source.kind !== 'Service') continue;
      if (source.namespace !== namespace || !named.has(source.name))
        found.push(
          `Ingress ${namespace}/${name} leads to Service ${source.namespace}/${source.name}, which it does not name`,
        );
    }
  }
  return found;
}

/** Backends that give the same text when '.' or '-' is put between their parts. */
function areConfusable({ config }: ConfigRecord): boolean {
  const flat = [...config.entities.services.values()].map((service) => {
    const { namespace, name } = sourceOf(service);
    return { exact: `${namespace}/${name}`, text: `${namespace}-${name}`, name };
  });
  return flat.some((a) => flat.some((b) => a.exact !== b.exact && (a.text === b.text || a.name === b.name)));
}

export const distinctNames: Property = {
  id: 'P56',
  name: 'no two Services are taken for one',
  promise:
    'A route leads to the Service that its Ingress names, and never to another whose name reads alike.',
  type: 'safety',
  judge({ configs, store }) {
    const past = createPast(store);
    let premises = 0;
    const violations: Violation[] = [];
    for (const record of distinctConfigs(configs)) {
      if (areConfusable(record)) premises++;
      for (const message of mixUps(past, record))
        violations.push({
          atUs: record.atUs,
          message: `${record.gateway}: ${message}`,
          witnesses: [record.gateway],
        });
    }
    return { premises, violations };
  },
};
