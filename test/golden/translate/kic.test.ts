// What Kong's ingress controller makes of the same manifests: every field that its output names has the same value in ours.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';

const folder = join(import.meta.dirname, '../../../../shared/cases/kic-golden');
const cases = [
  'consumer-group-example-ee',
  'ingress-v1-empty-path',
  'ingress-v1-ingress-class-annotation',
  'ingress-v1-multiple-ports-for-one-service',
  'ingress-v1-regex-prefix-exact-rule',
  'ingress-v1-regex-prefixed-path',
  'ingress-v1-rule-with-tls',
  'ingress-v1-single-service-in-multiple-ingresses',
  'kongupstreampolicy-ingress',
];

const brokenObjects =
  'its outcome is what is left after a gateway refused marked objects; exclusion is tested in test/unit/translate/origins.test.ts';
const gatewayApi = 'Gateway API kinds are not translated';

/** Why a case does not apply. A case in neither list fails, so that a new one is looked at. */
const notApplicable: Readonly<Record<string, string>> = {
  credentials: 'hmac-auth and jwt credentials are not translated',
  'fallback-config-gateway-api': gatewayApi,
  'fallback-config-ingress': brokenObjects,
  'fallback-config-ingress-class': brokenObjects,
  'fallback-config-kong': 'KongServiceFacade, TCPIngress and UDPIngress are not translated',
  'fallback-config-kong-cluster-plugin': gatewayApi,
  'fallback-config-kong-custom-entities-ee': 'KongCustomEntity is not translated',
  'fallback-config-kong-plugin': gatewayApi,
  'fallback-config-kong-upstream-policy': 'KongServiceFacade is not translated',
  'fallback-config-secret': brokenObjects,
  'grpcroute-example': gatewayApi,
  'host-header-annotation-httproute': gatewayApi,
  'httproute-example': gatewayApi,
  'kong-custom-entity-ee': 'KongCustomEntity is not translated',
  'kong-service-facade': 'KongServiceFacade is not translated',
  'tcproute-example': gatewayApi,
};

test.skipIf(!existsSync(folder))('every case is compared or has a reason', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...cases, ...Object.keys(notApplicable)].sort()).toEqual(folders.map(({ name }) => name).sort());
});

interface Named {
  readonly id?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

interface Golden {
  readonly services?: readonly (Named & { readonly routes?: readonly Named[] })[];
  readonly upstreams?: readonly Named[];
  readonly certificates?: readonly Named[];
  readonly consumer_groups?: readonly Named[];
  readonly consumer_group_consumers?: readonly { readonly consumer: string; readonly consumer_group: string }[];
}

function without(entity: Named, ...fields: readonly string[]): Named {
  return Object.fromEntries(Object.entries(entity).filter(([field]) => !fields.includes(field)));
}

test.skipIf(!existsSync(folder)).each(cases)('%s', (name) => {
  const store = createStore();
  const input = readFileSync(join(folder, name, 'in.yaml'), 'utf8');
  for (const document of parseAllDocuments(input)) {
    const object = document.toJS() as KubeObject | null;
    if (object !== null) store.apply({ type: 'upsert', object });
  }
  const { entities } = translate(store.snapshot(), defaultOptions, null).config;
  const golden = parse(readFileSync(join(folder, name, 'default_golden.yaml'), 'utf8')) as Golden;
  const services = golden.services ?? [];
  const routes = services.flatMap((service) => service.routes ?? []);
  expect(entities.services.size).toBe(services.length);
  expect(entities.routes.size).toBe(routes.length);
  for (const service of services)
    expect(entities.services.get(service.id!)).toMatchObject(without(service, 'routes'));
  for (const route of routes) expect(entities.routes.get(route.id!)).toMatchObject(route);
  for (const upstream of golden.upstreams ?? [])
    expect([...entities.upstreams.values()].find((own) => own.name === upstream.name)).toMatchObject(
      without(upstream, 'targets'),
    );
  for (const certificate of golden.certificates ?? [])
    expect(entities.certificates.get(certificate.id!)).toMatchObject(without(certificate, 'snis'));
  for (const group of golden.consumer_groups ?? [])
    expect(entities.consumer_groups.get(group.id!)).toMatchObject(group);
  const members = [...entities.consumer_group_consumers.values()].map((membership) => ({
    consumer: entities.consumers.get(membership.consumer)!.username,
    consumer_group: entities.consumer_groups.get(membership.consumer_group)!.name,
  }));
  const expected = golden.consumer_group_consumers ?? [];
  expect(members).toHaveLength(expected.length);
  expect(members).toEqual(expect.arrayContaining([...expected]));
});
