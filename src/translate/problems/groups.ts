// What can be wrong with consumer groups, vaults and custom entities, in sentences for users.
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

export function missingGroup(object: DecodedObject, field: string, name: string): Problem {
  return problem(
    object,
    field,
    'ConsumerGroupNotFound',
    `KongConsumerGroup ${quote(name)} does not exist in namespace ${quote(object.metadata.namespace)}, or is of another class; the consumer is not in it, and what is set for the group does not hold for it. Create it, or correct the name.`,
  );
}

export function duplicateGroup(object: DecodedObject, owner: string): Problem {
  return problem(
    object,
    'metadata.name',
    'ConsumerGroupConflict',
    `The gateway knows groups by their names alone, and the older KongConsumerGroup ${quote(owner)} has this one; the object is left out. Rename it.`,
  );
}

export function refusedGroup(object: DecodedObject, why: string): Problem {
  return problem(
    object,
    'metadata.name',
    'InvalidConsumerGroup',
    `The group is refused: ${why}; it is left out. Rename it.`,
  );
}

export function duplicateVault(object: DecodedObject, prefix: string, owner: string): Problem {
  return problem(
    object,
    'spec.prefix',
    'VaultConflict',
    `Prefix ${quote(prefix)} is that of the older KongVault ${quote(owner)}; this one is left out. Give it another prefix.`,
  );
}

export function refusedVault(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidVault',
    `The vault is refused: ${why}; it is left out, and references to it find nothing. Correct the field.`,
  );
}

export function unsupportedCustomEntity(object: DecodedObject, type: string): Problem {
  return problem(
    object,
    'spec.type',
    'UnsupportedObject',
    `Custom entities are not supported, this one of type ${quote(type)} neither; it does nothing. Remove it.`,
  );
}

export function foreignCustomEntity(object: DecodedObject, given: string, own: string): Problem {
  return problem(
    object,
    'spec.controllerName',
    'OtherClass',
    `Controller ${quote(given)} is not ${quote(own)}; the object is left alone.`,
  );
}
