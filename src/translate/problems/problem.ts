// A mistake of a user, found while translating.
import type { DecodedObject } from '../../kube/metadata.ts';
import { referenceTo } from '../../kube/object.ts';
import type { Problem } from '../../kube/problem.ts';

const shownLengthMax = 120;

/** A value that a user wrote, quoted and kept short. */
export function quote(value: string): string {
  const shown = value.length > shownLengthMax ? `${value.slice(0, shownLengthMax)}…` : value;
  return `'${shown.replace(/\p{Cc}/gu, '?')}'`;
}

export function problem(object: DecodedObject, field: string, reason: string, message: string): Problem {
  return { object: referenceTo(object), field, reason, message };
}
