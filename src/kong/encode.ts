// A config as Kong's declarative format 3.0: flat, with ids, ready to be read again.
import type { GatewayConfig } from './config.ts';
import { entityTypes } from './entity.ts';

/** Law: decoding it gives a config with the same id. */
export function encodeDeclarative(config: GatewayConfig): Record<string, unknown> {
  const document: Record<string, unknown> = { _format_version: '3.0', _transform: false };
  for (const type of entityTypes) {
    const table = config.entities[type];
    if (table.size === 0) continue;
    document[type] = [...table.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  return document;
}
