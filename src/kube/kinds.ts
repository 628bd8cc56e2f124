// Every kind that the controller reads: where the API serves it, how it is decoded, and where it lies in a snapshot.
import type { Result } from '../base/result.ts';
import { decodeEndpointSlice, type EndpointSlice } from './endpoint-slice.ts';
import { decodeIngress, type Ingress } from './ingress.ts';
import { decodeIngressClass, type IngressClass } from './ingress-class.ts';
import { decodeKongConsumer, type KongConsumer } from './kong-consumer.ts';
import { decodeKongConsumerGroup, type KongConsumerGroup } from './kong-consumer-group.ts';
import { decodeKongCustomEntity, type KongCustomEntity } from './kong-custom-entity.ts';
import { decodeKongClusterPlugin, decodeKongPlugin, type KongPlugin } from './kong-plugin.ts';
import { decodeKongUpstreamPolicy, type KongUpstreamPolicy } from './kong-upstream-policy.ts';
import { decodeKongVault, type KongVault } from './kong-vault.ts';
import type { DecodedObject } from './metadata.ts';
import type { DecodeError } from './reader.ts';
import { decodeSecret, type Secret } from './secret.ts';
import { decodeService, type KubeService } from './service.ts';

/** Name of the table in a snapshot to what lies in it. */
export interface KindTables {
  ingressClasses: IngressClass;
  ingresses: Ingress;
  services: KubeService;
  endpointSlices: EndpointSlice;
  secrets: Secret;
  kongPlugins: KongPlugin;
  kongClusterPlugins: KongPlugin;
  kongConsumers: KongConsumer;
  kongConsumerGroups: KongConsumerGroup;
  kongUpstreamPolicies: KongUpstreamPolicy;
  kongVaults: KongVault;
  kongCustomEntities: KongCustomEntity;
}

export type TableName = keyof KindTables;

export interface WatchedKind {
  readonly kind: string;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** '/apis/networking.k8s.io/v1/ingresses' */
  readonly path: string;
  readonly namespaced: boolean;
  /** True for a CRD: a 404 means that there are none. */
  readonly custom: boolean;
  /** The opposite: a 404 is a fault. */
  readonly isRequired: boolean;
  readonly table: TableName;
  readonly decode: (raw: unknown) => Result<DecodedObject, DecodeError>;
}

function watched(
  apiVersion: string,
  kind: string,
  plural: string,
  table: TableName,
  decode: WatchedKind['decode'],
  isClusterScoped = false,
): WatchedKind {
  const [group, version] = apiVersion.includes('/')
    ? (apiVersion.split('/') as [string, string])
    : ['', apiVersion];
  const custom = group.endsWith('konghq.com');
  return {
    kind,
    group,
    version,
    apiVersion,
    plural,
    path: `${group === '' ? '/api' : '/apis'}/${apiVersion}/${plural}`,
    namespaced: !isClusterScoped,
    custom,
    isRequired: !custom,
    table,
    decode,
  };
}

export const watchedKinds: readonly WatchedKind[] = [
  watched(
    'networking.k8s.io/v1',
    'IngressClass',
    'ingressclasses',
    'ingressClasses',
    decodeIngressClass,
    true,
  ),
  watched('networking.k8s.io/v1', 'Ingress', 'ingresses', 'ingresses', decodeIngress),
  watched('v1', 'Service', 'services', 'services', decodeService),
  watched('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', 'endpointSlices', decodeEndpointSlice),
  watched('v1', 'Secret', 'secrets', 'secrets', decodeSecret),
  watched('configuration.konghq.com/v1', 'KongPlugin', 'kongplugins', 'kongPlugins', decodeKongPlugin),
  watched(
    'configuration.konghq.com/v1',
    'KongClusterPlugin',
    'kongclusterplugins',
    'kongClusterPlugins',
    decodeKongClusterPlugin,
    true,
  ),
  watched(
    'configuration.konghq.com/v1',
    'KongConsumer',
    'kongconsumers',
    'kongConsumers',
    decodeKongConsumer,
  ),
  watched(
    'configuration.konghq.com/v1beta1',
    'KongConsumerGroup',
    'kongconsumergroups',
    'kongConsumerGroups',
    decodeKongConsumerGroup,
  ),
  watched(
    'configuration.konghq.com/v1alpha1',
    'KongVault',
    'kongvaults',
    'kongVaults',
    decodeKongVault,
    true,
  ),
  watched(
    'configuration.konghq.com/v1alpha1',
    'KongCustomEntity',
    'kongcustomentities',
    'kongCustomEntities',
    decodeKongCustomEntity,
  ),
  watched(
    'configuration.konghq.com/v1beta1',
    'KongUpstreamPolicy',
    'kongupstreampolicies',
    'kongUpstreamPolicies',
    decodeKongUpstreamPolicy,
  ),
];

const byName = new Map(watchedKinds.map((entry) => [`${entry.apiVersion}/${entry.kind}`, entry]));

export function findWatchedKind(apiVersion: string, kind: string): WatchedKind | null {
  return byName.get(`${apiVersion}/${kind}`) ?? null;
}
