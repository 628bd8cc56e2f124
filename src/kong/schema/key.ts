// Schemas of keys and key sets. No plugin that is here reads them; they are checked, kept and shown as in Kong.
import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { isReference } from '../vault-reference.ts';
import type { EntitySchema, Filled } from './field.ts';
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
  const { kty, k } = key;
  if (kty === 'oct') return typeof k === 'string' && k !== '' ? null : unreadableJwk;
  return attempt(() => createPublicKey({ key, format: 'jwk' })) === null ? unreadableJwk : null;
}

const unreadableJwk = 'could not load JWK, likely not a valid key';

function pemProblem({ private_key: privateText, public_key: publicText }: Filled): string | null {
  if (privateText === null && publicText === null)
    return 'need to supply a PEM formatted public and/or private key.';
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
  crossCheck(value, report) {
    const { jwk, pem, kid } = value;
    if (jwk !== null && pem !== null) report(['@entity'], messages.onlyOneOrNoneOf(formats));
    if (jwk === null && pem === null) report(['@entity'], messages.atLeastOneOf(formats));
    const problem =
      typeof jwk === 'string'
        ? isReference(jwk)
          ? null
          : jwkProblem(jwk, kid)
        : pem === null
          ? null
          : pemProblem(pem as Filled);
    if (problem !== null) report(['@entity'], problem);
  },
};
