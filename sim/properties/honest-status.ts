// P39: a status does not promise what is not so. Consumers, groups and vaults that are said to be programmed are in the configs of all
// gateways, and the generation that a status speaks of never falls.
import type { EntityType } from '../../src/kong/entity.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { ConfigRecord, Evidence, StoreChange } from '../evidence/evidence.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { controllerNames, gatewayNames } from './reading/hosts.ts';
import { keyOf } from './reading/past.ts';
import { resources, sourceOf } from './reading/view.ts';
import { isSuccess, statusWrites } from './reading/writes.ts';

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly observedGeneration?: number;
}

/** Kinds that have such a condition, by resource, and what they become. */
const judged: ReadonlyMap<string, { readonly kind: string; readonly type: EntityType }> = new Map([
  [resources.consumers, { kind: 'KongConsumer', type: 'consumers' }],
  [resources.groups, { kind: 'KongConsumerGroup', type: 'consumer_groups' }],
  [resources.vaults, { kind: 'KongVault', type: 'vaults' }],
]);

function programmed(status: unknown): Condition | undefined {
  const { conditions } = (status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions?.find(({ type }) => type === 'Programmed');
}

const conditionIn = (object: KubeObject): Condition | undefined =>
  programmed((object as KubeObject & { readonly status?: unknown }).status);

/** The status speaks of an older generation than before, of the same object. */
function fallen({ resource, object, previous, type, atUs }: StoreChange): readonly Violation[] {
  if (type !== 'MODIFIED' || previous === null) return [];
  const [before, after] = [
    conditionIn(previous)?.observedGeneration ?? 0,
    conditionIn(object)?.observedGeneration,
  ];
  if (after === undefined || after >= before) return [];
  const message = `the status of ${judged.get(resource)!.kind} ${keyOf(object)} went from generation ${before} back to ${after}`;
  return [{ atUs, message, witnesses: [`${resource} ${keyOf(object)}`] }];
}

function holds({ config }: ConfigRecord, type: EntityType, uid: string): boolean {
  return [...config.entities[type].values()].some((entity) => sourceOf(entity).uid === uid);
}

/** Gateways that must have it: in combined mode the writer's own, else all. */
function judgedGateways(circumstances: Circumstances, host: string): readonly string[] {
  return circumstances.mode === 'combined' && controllerNames(circumstances).includes(host)
    ? [host]
    : gatewayNames(circumstances);
}

function unfounded(
  evidence: Evidence,
  circumstances: Circumstances,
): { premises: number; violations: Violation[] } {
  let premises = 0;
  const violations: Violation[] = [];
  for (const { call, resource, key, body } of statusWrites(evidence)) {
    const of = judged.get(resource);
    if (of === undefined || programmed(body.status)?.status !== 'True' || !isSuccess(call)) continue;
    premises++;
    const uid = body.metadata?.uid ?? '';
    for (const gateway of judgedGateways(circumstances, call.host)) {
      // A gateway that has just lost its config is found out a little later; it had to hold the entity at some time.
      const had = evidence.configs.some(
        (record) => record.gateway === gateway && record.atUs <= call.sentUs && holds(record, of.type, uid),
      );
      if (!had)
        violations.push({
          atUs: call.sentUs,
          message: `${of.kind} ${key} was said to be programmed, but ${gateway} never had it`,
          witnesses: [gateway, `${resource} ${key}`],
        });
    }
  }
  return { premises, violations };
}

export const honestStatus: Property = {
  id: 'P39',
  name: 'status promises only what is so',
  promise:
    'An object is said to be programmed only once the gateways run it, and its status never speaks of an older generation than before.',
  type: 'safety',
  judge(evidence, circumstances) {
    const { premises, violations } = unfounded(evidence, circumstances);
    const changes = evidence.store.filter(({ resource }) => judged.has(resource));
    return { premises, violations: [...violations, ...changes.flatMap(fallen)] };
  },
};
