// Configs of the size that matters: services with a few targets each, each with some routes, a plugin on some of them.

import type { GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';

export const routesPerService = 10;
const targetsPerService = 3;

/** `version` changes the paths of the routes of services below `changedServices`. */
export function configOf(routes: number, version: number, changedServices: number): GatewayConfig {
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
  const config = decodeDeclarative({ _format_version: '3.0', upstreams, services });
  if (!config.ok) throw new Error(JSON.stringify(config.error[0]));
  return config.value;
}
