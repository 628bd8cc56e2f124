// The schema of every entity type: one line each.
import type { EntityType } from '../entity.ts';
import type { RouterFlavor } from '../router-flavor.ts';
import { caCertificateSchema, certificateSchema, sniSchema } from './certificate.ts';
import { aclSchema, basicauthSchema, consumerSchema, keyauthSchema } from './consumer.ts';
import { consumerGroupConsumerSchema, consumerGroupSchema } from './consumer-group.ts';
import { expressionRouteSchema } from './expression-route.ts';
import type { EntitySchema } from './field.ts';
import { keySchema, keySetSchema } from './key.ts';
import { pluginSchema } from './plugin.ts';
import { routeSchema } from './route.ts';
import { serviceSchema } from './service.ts';
import { targetSchema, upstreamSchema } from './upstream.ts';
import { vaultSchema } from './vault.ts';

export const entitySchemas: Readonly<Record<EntityType, EntitySchema>> = {
  vaults: vaultSchema,
  key_sets: keySetSchema,
  keys: keySchema,
  ca_certificates: caCertificateSchema,
  certificates: certificateSchema,
  snis: sniSchema,
  upstreams: upstreamSchema,
  targets: targetSchema,
  services: serviceSchema,
  routes: routeSchema,
  consumers: consumerSchema,
  consumer_groups: consumerGroupSchema,
  consumer_group_consumers: consumerGroupConsumerSchema,
  keyauth_credentials: keyauthSchema,
  basicauth_credentials: basicauthSchema,
  acls: aclSchema,
  plugins: pluginSchema,
};

/** Routes have more fields where the router takes expressions. */
export function schemaOf(type: EntityType, flavor: RouterFlavor): EntitySchema {
  return type === 'routes' && flavor === 'expressions' ? expressionRouteSchema : entitySchemas[type];
}
