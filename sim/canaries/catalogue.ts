// Every canary there is, in one list.
import type { Canary } from './canary.ts';
import { clientCanaries } from './clients.ts';
import { controlCanaries } from './control.ts';
import { exchangeCanaries } from './exchange.ts';
import { framingCanaries } from './framing.ts';
import { gatewayCanaries } from './gateway.ts';
import { nameCanaries } from './names.ts';
import { scenarioCanaries } from './scenarios.ts';
import { translateCanaries } from './translate.ts';
import { watchCanaries } from './watch.ts';

export const canaries: readonly Canary[] = [
  ...watchCanaries,
  ...controlCanaries,
  ...translateCanaries,
  ...exchangeCanaries,
  ...framingCanaries,
  ...gatewayCanaries,
  ...clientCanaries,
  ...nameCanaries,
  ...scenarioCanaries,
];

export function findCanary(name: string): Canary | null {
  return canaries.find((canary) => canary.name === name) ?? null;
}
