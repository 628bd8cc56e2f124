// P44: no lost update. A status write of ours changes the status and nothing else, and leaves the conditions of others.

import { canonicalJson } from '../../src/base/order.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { StoreChange } from '../evidence/evidence.ts';
import type { Property } from './property.ts';
import { keyOf } from './reading/past.ts';
import { isSuccess, type StatusWrite, statusWrites } from './reading/writes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** All that a status write must leave as it was. */
function untouched(object: KubeObject): string {
  const { status, metadata, ...rest } = object as KubeObject & { readonly status?: unknown };
  const { resourceVersion: _version, managedFields: _managers, ...kept } = metadata as unknown as Fields;
  const { conditions, loadBalancer: _addresses, ...others } = (status ?? {}) as Fields;
  const foreign = (Array.isArray(conditions) ? (conditions as { type?: unknown }[]) : []).filter(
    ({ type }) => type !== 'Programmed',
  );
  return canonicalJson([rest, kept, others, foreign]);
}

/** The change that a write made: the first of its object within the call that touched the status. */
function changeOf(
  changes: readonly StoreChange[],
  { call, resource, key }: StatusWrite,
): StoreChange | undefined {
  return changes.find(
    (change) =>
      change.resource === resource &&
      change.type === 'MODIFIED' &&
      keyOf(change.object) === key &&
      change.version > call.versionAtSend &&
      change.version <= call.versionAtEnd &&
      statusText(change.object) !== statusText(change.previous!),
  );
}

const statusText = (object: KubeObject): string =>
  canonicalJson((object as KubeObject & { readonly status?: unknown }).status ?? null);

export const ownFieldsOnly: Property = {
  id: 'P44',
  name: 'writes of status change nothing else',
  promise: 'What others wrote to an object between our reading and our writing is still there afterwards.',
  type: 'safety',
  judge(evidence) {
    const pairs = statusWrites(evidence).flatMap((write) => {
      const change = isSuccess(write.call) ? changeOf(evidence.store, write) : undefined;
      return change === undefined ? [] : [{ write, change }];
    });
    const violations = pairs
      .filter(({ change }) => untouched(change.object) !== untouched(change.previous!))
      .map(({ write, change }) => ({
        atUs: change.atUs,
        message: `${write.call.host} wrote the status of ${write.resource} ${write.key} and changed more than that`,
        witnesses: [write.call.host, `${write.resource} ${write.key}`],
      }));
    return { premises: pairs.length, violations };
  },
};
