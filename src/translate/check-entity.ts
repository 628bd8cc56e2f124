// The gateway's own check, run on each entity before it is sent: what passes here is never refused there.
import type { Result } from '../base/result.ts';
import { checkEntity } from '../kong/check.ts';
import type { EntityType, EntityTypes } from '../kong/entity.ts';
import type { FieldError } from '../kong/schema/field.ts';

/** Fills in defaults. Cast once here: the schema of a type makes all fields of its interface. */
export function checked<T extends EntityType>(
  type: T,
  raw: Readonly<Record<string, unknown>>,
): Result<EntityTypes[T], readonly FieldError[]> {
  return checkEntity(type, raw) as unknown as Result<EntityTypes[T], readonly FieldError[]>;
}

/** 'paths[0]: should start with: /; hosts[0]: ...' */
export function describeErrors(errors: readonly FieldError[]): string {
  return errors
    .map((error) => (error.path[0] === '@entity' ? error.message : `${error.field}: ${error.message}`))
    .join('; ');
}
