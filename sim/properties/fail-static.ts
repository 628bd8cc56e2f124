// P27: what a gateway serves is taken away only by a change in the cluster, never by an API server that is away, answers
// nonsense or has just come back. Judged at every config that loses something its predecessor had.
import type { GatewayConfig } from '../../src/kong/config.ts';
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { gatewayNames, livesOf, transitions } from './reading/hosts.ts';
import { createPast, type Past } from './reading/past.ts';
import { resources, type Source, sourceOf, versionOf } from './reading/view.ts';
import { resourceOf } from './reading/writes.ts';

interface Loss {
  /** For people. */
  readonly what: string;
  /** A change of one of these explains it: a resource, and the object where only that one counts. */
  readonly causes: readonly (readonly [resource: string, namespace: string, name: string | null])[];
}

function objectsBehind(
  config: GatewayConfig,
  type: 'routes' | 'consumers' | 'certificates',
): ReadonlyMap<string, Source> {
  const found = new Map<string, Source>();
  for (const entity of config.entities[type].values()) {
    const source = sourceOf(entity);
    found.set(`${source.kind} ${source.namespace}/${source.name}`, source);
  }
  return found;
}

/** Upstreams that have targets, with the Service behind them. */
function servedUpstreams(config: GatewayConfig): ReadonlyMap<string, Source> {
  const found = new Map<string, Source>();
  for (const { upstream } of config.entities.targets.values()) {
    const entity = config.entities.upstreams.get(upstream);
    if (entity !== undefined) found.set(entity.name, sourceOf(entity));
  }
  return found;
}

function lossesOf(before: GatewayConfig, after: GatewayConfig): readonly Loss[] {
  const losses: Loss[] = [];
  const compare = (
    what: string,
    had: ReadonlyMap<string, Source>,
    has: ReadonlyMap<string, Source>,
    causes: (source: Source) => Loss['causes'],
  ): void => {
    for (const [key, source] of had)
      if (!has.has(key)) losses.push({ what: `${what} ${key}`, causes: causes(source) });
  };
  // Another Ingress may take all its paths, in any namespace.
  compare('the routes of', objectsBehind(before, 'routes'), objectsBehind(after, 'routes'), () => [
    [resources.ingresses, '', null],
    [resources.ingressClasses, '', null],
  ]);
  compare(
    'the consumer of',
    objectsBehind(before, 'consumers'),
    objectsBehind(after, 'consumers'),
    ({ namespace, name }) => [
      [resources.consumers, namespace, name],
      [resources.secrets, namespace, null],
      [resources.ingressClasses, '', null],
    ],
  );
  compare(
    'the certificate of',
    objectsBehind(before, 'certificates'),
    objectsBehind(after, 'certificates'),
    () => [
      // Equal pairs in several Secrets are one certificate, with the tags of the first of them.
      [resources.secrets, '', null],
      [resources.ingresses, '', null],
      [resources.ingressClasses, '', null],
    ],
  );
  compare('all targets of', servedUpstreams(before), servedUpstreams(after), ({ namespace }) => [
    [resources.endpointSlices, namespace, null],
    [resources.services, namespace, null],
    [resources.ingresses, '', null],
    [resources.ingressClasses, '', null],
  ]);
  return losses;
}

/** A change between what the two configs had seen, or the server's word that it does not have the kind at all. */
function isExplained(
  { calls }: Evidence,
  past: Past,
  { causes }: Loss,
  before: ConfigRecord,
  after: ConfigRecord,
): boolean {
  return causes.some(([resource, namespace, name]) => {
    if (
      calls.some((call) => call.status === 404 && call.sentUs < after.atUs && resourceOf(call) === resource)
    )
      return true;
    const [from, to] = [versionOf(before, resource), versionOf(after, resource)];
    return past
      .changes(resource)
      .some(
        ({ version, object: { metadata } }) =>
          version > Math.min(from, to) &&
          version <= Math.max(from, to) &&
          (namespace === '' || metadata.namespace === namespace) &&
          (name === null || metadata.name === name),
      );
  });
}

/** Once configured, a gateway does not become unconfigured in the same life. */
function lostReadiness(evidence: Evidence, gateway: string): readonly Violation[] {
  return livesOf(evidence).flatMap(({ host, life }) => {
    if (host !== gateway) return [];
    const records = evidence.readiness.filter((record) => record.gateway === host && record.life === life);
    const ready = records.findIndex(({ reason }) => reason === '');
    const lost =
      ready < 0 ? undefined : records.slice(ready).find(({ reason }) => reason.includes('no configuration'));
    if (lost === undefined) return [];
    return [
      {
        atUs: lost.atUs,
        message: `${host} was ready and is not any more: ${lost.reason}`,
        witnesses: [host],
      },
    ];
  });
}

export const failStatic: Property = {
  id: 'P27',
  name: 'nothing is taken away while the API server is away',
  promise:
    'A gateway keeps serving what it has until the cluster itself takes it away, whatever happens to the API server.',
  type: 'safety',
  judge(evidence, circumstances) {
    const past = createPast(evidence.store);
    const failedUs = evidence.calls
      .filter(({ error, status }) => (error !== '' && error !== 'cancelled') || status >= 500)
      .map(({ endUs }) => endUs);
    let premises = 0;
    const violations: Violation[] = [];
    for (const gateway of gatewayNames(circumstances)) {
      for (const [before, after] of transitions(evidence, gateway)) {
        if (failedUs.some((atUs) => atUs > before.atUs && atUs <= after.atUs)) premises++;
        for (const loss of lossesOf(before.config, after.config))
          if (!isExplained(evidence, past, loss, before, after))
            violations.push({
              atUs: after.atUs,
              message: `${gateway} lost ${loss.what}, and nothing in the cluster explains it`,
              witnesses: [gateway],
            });
      }
      violations.push(...lostReadiness(evidence, gateway));
    }
    return { premises, violations };
  },
};
