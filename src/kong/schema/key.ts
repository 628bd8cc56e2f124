// Schemas of keys and key sets. No plugin that is here reads them; they are checked, kept and shown as in Kong.
import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { isReference } from '../vault-reference.ts';
import type { EntitySchema, Filled, Report } from './field.ts';
import * as messages from './messages.ts';
import { commonFields } from './shared-fields.ts';

export const keySetSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  fields: { ...commonFields, name: { type: 'string', docs: 'Unique name.' } },
};

function attempt(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function jwkProblem(text: string, kid: unknown): string | null {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return 'could not json decode jwk string';
  }
  if (typeof jwk !== 'object' || jwk === null || (jwk as { kid?: unknown }).kid !== kid)
    return 'kid in jwk.kid must be equal to keys.kid';
  const key = jwk as JsonWebKeyInput['key'];
  return attempt(() => createPublicKey({ key, format: 'jwk' })) === null ? unreadableJwk : null;
}

const unreadableJwk = 'could not load JWK, likely not a valid key';

function pemProblem({ private_key: privateText, public_key: publicText }: Filled): string | null {
  if (isReference(privateText) || isReference(publicText)) return null;
  const publicKey =
    typeof publicText === 'string'
      ? attempt(() => createPublicKey({ key: publicText, format: 'pem' }))
      : null;
  if (typeof publicText === 'string' && publicKey === null) return 'could not load public key';
  const privateKey =
    typeof privateText === 'string'
      ? attempt(() => createPrivateKey({ key: privateText, format: 'pem' }))
      : null;
  if (typeof privateText === 'string' && privateKey === null) return 'could not load private key';
  if (publicKey === null || privateKey === null) return null;
  return createPublicKey(privateKey).equals(publicKey) ? null : 'public key does not match private key';
}

const parts = ['private_key', 'public_key'];

/** True when it is right. */
function checkPem(pem: Filled, report: Report): boolean {
  const isEmpty = parts.every((part) => pem[part] === null);
  const problem = isEmpty ? messages.atLeastOneOf(parts) : pemProblem(pem);
  if (problem !== null) report(isEmpty ? ['pem', '@entity'] : ['pem'], problem);
  return problem === null;
}

const formats = ['jwk', 'pem'];

export const keySchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  uniqueTogether: ['kid', 'set'],
  fields: {
    ...commonFields,
    set: { type: 'foreign', reference: 'key_sets', docs: 'The set it belongs to.' },
    name: { type: 'string', docs: 'Unique name.' },
    kid: { type: 'string', required: true, docs: 'Its id in tokens; unique in its set.' },
    jwk: { type: 'string', referenceable: true, docs: 'As JSON Web Key, in a text.' },
    pem: {
      type: 'record',
      isOptional: true,
      fields: {
        private_key: { type: 'string', referenceable: true, docs: 'PEM.' },
        public_key: { type: 'string', referenceable: true, docs: 'PEM.' },
      },
      docs: 'As PEM.',
    },
  },
  crossCheck(value, report, isRight) {
    const { jwk, pem, kid } = value;
    const isPemRight = isRight('pem') && (pem === null || checkPem(pem as Filled, report));
    if (jwk === null && pem === null) report(['@entity'], messages.atLeastOneOf(formats));
    if (!isRight('jwk') || !isPemRight) return;
    if (jwk !== null && pem !== null) report(['@entity'], messages.onlyOneOrNoneOf(formats));
    if (typeof jwk !== 'string' || isReference(jwk) || !isRight('kid')) return;
    const problem = jwkProblem(jwk, kid);
    if (problem !== null) report(['@entity'], problem);
  },
};
