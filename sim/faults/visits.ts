// Clients that a fault brings along: they ask for what the plan's Ingresses offer, and are gone when the fault ends.
import type { Client } from '../clients/client.ts';
import type { RequestRecord } from '../evidence/evidence.ts';
import type { FaultEntry, PlannedClient, PlannedRequest, WorldShape } from '../history/plan.ts';
import { answerBytesHeader } from '../pod/answer-body.ts';
import { type Aim, type AimedPlan, nothing, pick, type Stage } from './fault.ts';
import { stepsOf } from './steps.ts';

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

interface KeySecret {
  readonly data?: { readonly key?: string };
}

/** The key that a namespace's first consumer has; '' where there is none. */
function keyIn({ objects }: AimedPlan, namespace: string | undefined): string {
  const secret = objects.find(
    ({ resource, object: { metadata } }) =>
      resource === 'secrets' &&
      metadata.namespace === namespace &&
      metadata.labels?.['konghq.com/credential'] === 'key-auth',
  );
  return Buffer.from((secret?.object as KeySecret | undefined)?.data?.key ?? '', 'base64').toString();
}

/** Parameters of visitors to an application, by its Ingress of the same name: how often they come, and for what. */
export function aimVisits(
  draw: Aim,
  shape: WorldShape,
  plan: AimedPlan,
  target: string,
): Readonly<Record<string, string | number | boolean>> {
  const ingress = plan.objects.find(
    ({ resource, object: { metadata } }) =>
      resource === 'ingresses.networking.k8s.io' && `${metadata.namespace}/${metadata.name}` === target,
  );
  const [first] = (ingress?.object.spec?.['rules'] ?? []) as readonly IngressRule[];
  if (first === undefined || draw('visits', 4) === 0) return {};
  return {
    host: first.host ?? '',
    path: first.http?.paths?.[0]?.path ?? '/',
    key: keyIn(plan, ingress!.object.metadata.namespace),
    gateway: draw('visited gateway', shape.gateways),
    tls: draw('visits tls', 4) === 0,
    visitMs: 250 + draw('visit pace', 1_250),
    // Small segments would make of large answers too many steps.
    slow: plan.knobs.segmentBytesMax === 0 && draw('visits slow', 3) === 0,
  };
}

/** More than the network holds: a gateway has to wait for such a client. */
const largeAnswerBytes = 400_000;
const slowBytesPerSecond = 100_000;

/** Of four visits one is a POST, and one a PUT whose body comes in parts. */
const visitKinds = 4;

/** Visitors for as long as the fault lasts, so that it meets somebody; nothing where the parameters have none. */
export function letVisit(stage: Stage, kind: PlannedRequest['kind'] = 'plain'): () => void {
  const { entry } = stage;
  const { visitMs, key, path } = entry.parameters;
  if (visitMs === undefined) return nothing;
  const slow = entry.parameters['slow'] === true;
  const client = bringClient(stage, slow ? { readBytesPerSecond: slowBytesPerSecond } : {});
  const headers: Record<string, string> = {
    ...(key === '' ? {} : { apikey: String(key) }),
    ...(slow ? { [answerBytesHeader]: String(largeAnswerBytes) } : {}),
  };
  const plain = visit(entry.parameters, { headers });
  const post = { ...plain, method: 'POST', bodyBytes: 200 };
  const put = { ...plain, method: 'PUT', bodyBytes: 200, sendMs: 10 };
  const usual = [plain, put, plain, post] as const;
  const base = String(path).replace(/\/$/, '');
  const talk = { ...plain, kind, path: `${base}/ws`, holdMs: 3 * Number(visitMs) };
  const steps = stepsOf(stage);
  steps.every(Number(visitMs), (index) => {
    client.send(`${entry.id}.${index}`, kind === 'websocket' ? talk : usual[index % visitKinds]!);
  });
  return steps.stop;
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
