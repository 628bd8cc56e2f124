// Clients that a fault brings along: they ask for what the plan's Ingresses offer, and are gone when the fault ends.
import type { Client } from '../clients/client.ts';
import type { RequestRecord } from '../evidence/evidence.ts';
import type { FaultEntry, PlannedClient, PlannedRequest } from '../history/plan.ts';
import { type Aim, type AimedPlan, pick, type Stage } from './fault.ts';

interface IngressRule {
  readonly host?: string;
  readonly http?: { readonly paths?: readonly { readonly path?: string }[] };
}

/** A host and a path that the plan begins with, better one without a plugin; null where there is none. */
export function aimAtPath(draw: Aim, { objects }: AimedPlan): { host: string; path: string } | null {
  const all = objects
    .filter(({ resource }) => resource === 'ingresses.networking.k8s.io')
    .map(({ object }) => object);
  const open = all.filter(({ metadata }) => metadata.annotations?.['konghq.com/plugins'] === undefined);
  const places = (open.length > 0 ? open : all).flatMap(({ spec }) =>
    ((spec?.['rules'] ?? []) as readonly IngressRule[]).flatMap(({ host = '', http }) =>
      (http?.paths ?? []).map(({ path = '/' }) => ({ host, path })),
    ),
  );
  return places.length === 0 ? null : pick(places, draw('path', 64));
}

/** A client of this fault alone, under the name of its entry. */
export function bringClient(
  { world, entry }: Stage,
  traits: Partial<Omit<PlannedClient, 'name'>>,
  suffix = '',
): Client {
  return world.addClient({
    name: `${entry.id}-client${suffix}`,
    gateway: Number(entry.parameters['gateway'] ?? 0) % world.shape.gateways,
    tls: entry.parameters['tls'] === true,
    pipelines: false,
    readBytesPerSecond: 0,
    ...traits,
  });
}

/** A plain GET of what the parameters say, but for what is given. */
export function visit(
  parameters: FaultEntry['parameters'],
  given: Partial<PlannedRequest> = {},
): PlannedRequest {
  return {
    method: 'GET',
    host: String(parameters['host']),
    path: String(parameters['path']),
    headers: {},
    bodyBytes: 0,
    chunked: false,
    sendMs: 0,
    abortMs: 0,
    kind: 'plain',
    holdMs: 0,
    ...given,
  };
}

/** What was taken down of this fault's own requests. */
export function visitsOf({ evidence, entry }: Stage): readonly RequestRecord[] {
  return evidence.requests.filter(({ nonce }) => nonce.startsWith(`${entry.id}.`));
}

/** How many of them a pod took. */
export function visitsTaken({ evidence, entry }: Stage): number {
  return new Set(evidence.receipts.flatMap(({ nonce }) => (nonce.startsWith(`${entry.id}.`) ? [nonce] : [])))
    .size;
}
