// Configs of the size that matters: services with a few targets each, each with some routes, a plugin on some of them.

import type { GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';

export const routesPerService = 10;
const targetsPerService = 3;

/** So many pods behind one service, in the order in which the controller hands them over. */
export function crowdOf(targets: number): readonly unknown[] {
  const addresses = Array.from(
    { length: targets },
    (_, target) => `10.250.${target >> 8}.${target & 255}:8080`,
  );
  return addresses.sort().map((target) => ({ target, weight: 100 }));
}

/** `version` changes the paths of the routes of services below `changedServices`. */
export function configOf(
  routes: number,
  version: number,
  changedServices: number,
  crowd: readonly unknown[] = [],
): GatewayConfig {
  const services: unknown[] = [];
  const upstreams: unknown[] = [];
  for (let service = 0; service < routes / routesPerService; service++) {
    const name = `service-${service}`;
    const suffix = service < changedServices ? `/v${version}` : '';
    upstreams.push({
      name,
      targets: Array.from({ length: targetsPerService }, (_, target) => ({
        target: `10.${service >> 8}.${service & 255}.${target + 1}:8080`,
        weight: 100,
      })),
    });
    services.push({
      name,
      host: name,
      port: 80,
      protocol: 'http',
      routes: Array.from({ length: routesPerService }, (_, route) => ({
        name: `${name}-${route}`,
        hosts: [`${name}.example.com`],
        paths: [`/p${route}${suffix}`],
        strip_path: false,
        plugins: route === 0 ? [{ name: 'key-auth' }] : [],
      })),
    });
  }
  if (crowd.length > 0) upstreams.push({ name: 'crowd', targets: crowd });
  if (crowd.length > 0) services.push({ name: 'crowd', host: 'crowd', port: 80, protocol: 'http' });
  const config = decodeDeclarative({ _format_version: '3.0', upstreams, services });
  if (!config.ok) throw new Error(JSON.stringify(config.error[0]));
  return config.value;
}
