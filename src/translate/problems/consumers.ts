// What can be wrong with consumers and their credentials, in sentences for users.
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

export function duplicateConsumer(
  object: DecodedObject,
  field: string,
  value: string,
  owner: string,
): Problem {
  return problem(
    object,
    field,
    'ConsumerConflict',
    `${quote(value)} already belongs to the older KongConsumer ${quote(owner)}; this consumer is left out. Choose another value.`,
  );
}

export function refusedConsumer(object: DecodedObject, field: string, why: string): Problem {
  return problem(object, field, 'InvalidConsumer', `The consumer is left out: ${why}. Correct it.`);
}

export function unlabelledCredential(object: DecodedObject, field: string, secret: string): Problem {
  return problem(
    object,
    field,
    'InvalidCredential',
    `Secret ${quote(secret)} has no label konghq.com/credential; the credential is left out. Set the label to key-auth, basic-auth or acl.`,
  );
}

export function unsupportedCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  type: string,
): Problem {
  return problem(
    object,
    field,
    'UnsupportedCredential',
    `Secret ${quote(secret)} is a credential of type ${quote(type)}, which is not supported; it is left out. Use key-auth, basic-auth or acl.`,
  );
}

export function duplicateCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  owner: string,
): Problem {
  return problem(
    object,
    field,
    'CredentialConflict',
    `The credential in Secret ${quote(secret)} is the same as one of the older KongConsumer ${quote(owner)}; it is left out. Give each consumer its own.`,
  );
}

export function refusedCredential(
  object: DecodedObject,
  field: string,
  secret: string,
  why: string,
): Problem {
  return problem(
    object,
    field,
    'InvalidCredential',
    `The credential in Secret ${quote(secret)} is refused: ${why}; it is left out. Correct the Secret.`,
  );
}
