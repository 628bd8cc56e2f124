// Field numbers of the Kubernetes messages of every built-in kind that is served, as Kubernetes publishes them (2026-07).
// One line a message: number, name, type; no type is a string.
//
//   {T} map from string to T; [T] repeated; T? a pointer, whose zero counts; +T members of the message around it;
//   - read past. Names that two groups use are written with group and version.
import { accessMessages } from './access-messages.ts';
import { coreMessages } from './core-messages.ts';
import { networkMessages } from './network-messages.ts';
import { podMessages } from './pod-messages.ts';
import { workloadMessages } from './workload-messages.ts';

const metaMessages: Readonly<Record<string, string>> = {
  ObjectMeta:
    '1 name, 2 generateName, 3 namespace, 4 selfLink -, 5 uid, 6 resourceVersion, 7 generation int, 8 creationTimestamp Time, 9 deletionTimestamp Time?, 10 deletionGracePeriodSeconds int?, 11 labels {string}, 12 annotations {string}, 13 ownerReferences [OwnerReference], 14 finalizers [string], 15 clusterName -, 17 managedFields [ManagedFieldsEntry]',
  ManagedFieldsEntry:
    '1 manager, 2 operation, 3 apiVersion, 4 time Time?, 6 fieldsType, 7 fieldsV1 Json, 8 subresource',
  OwnerReference: '1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller bool?, 7 blockOwnerDeletion bool?',
  LabelSelector: '1 matchLabels {string}, 2 matchExpressions [LabelSelectorRequirement]',
  LabelSelectorRequirement: '1 key, 2 operator, 3 values [string]',
  Condition: '1 type, 2 status, 3 observedGeneration int, 4 lastTransitionTime Time, 5 reason, 6 message',
  DeleteOptions:
    '1 gracePeriodSeconds int?, 2 preconditions Preconditions?, 3 orphanDependents bool?, 4 propagationPolicy string?, 5 dryRun [string], 6 ignoreStoreReadErrorWithClusterBreakingPotential bool?',
  Preconditions: '1 uid string?, 2 resourceVersion string?',
};

export const protobufMessages: Readonly<Record<string, string>> = {
  ...metaMessages,
  ...podMessages,
  ...coreMessages,
  ...workloadMessages,
  ...networkMessages,
  ...accessMessages,
};

/** null: bodies of this kind are not understood. */
export function messageOf(apiVersion: string, kind: string): string | null {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const qualified = `${group.split('.')[0]}.${version}.${kind}`;
  if (protobufMessages[qualified] !== undefined) return qualified;
  return protobufMessages[kind] === undefined ? null : kind;
}
