// Secrets and config maps: stringData, base64, size, types that demand keys, immutability.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { recordOf, sameJson } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

const dataBytesMax = 1024 * 1024;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const keyPattern = /^[-._a-zA-Z0-9]+$/;
const keyWhy =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function keyCauses(field: string, data: Readonly<Record<string, unknown>>): FieldCause[] {
  const causes: FieldCause[] = [];
  for (const key of Object.keys(data)) {
    if (!keyPattern.test(key) || key.length > 253)
      causes.push(fieldErrors.invalid(`${field}[${key}]`, key, keyWhy));
  }
  return causes;
}

function immutabilityCauses(
  object: StoredObject,
  previous: StoredObject | null,
  members: readonly string[],
): FieldCause[] {
  if (previous?.['immutable'] !== true) return [];
  const changed = members.filter((member) => !sameJson(object[member], previous[member]));
  if (object['immutable'] !== true) changed.push('immutable');
  return changed.map((member) => fieldErrors.forbidden(member, 'field is immutable when `immutable` is set'));
}

export const secretRules: KindRules = {
  prepare(object) {
    if (object['stringData'] === undefined) return object;
    const { stringData, ...rest } = object;
    const data: Record<string, unknown> = { ...recordOf(object['data']) };
    for (const [key, text] of Object.entries(recordOf(stringData))) {
      data[key] = Buffer.from(String(text)).toString('base64');
    }
    return { ...rest, data } as StoredObject;
  },
  validate(object, previous) {
    const data = recordOf(object['data']);
    const causes = keyCauses('data', data);
    let bytes = 0;
    for (const [key, value] of Object.entries(data)) {
      if (typeof value !== 'string' || !base64.test(value)) {
        causes.push(fieldErrors.invalid(`data[${key}]`, value, 'must be base64 encoded'));
      } else bytes += (value.length * 3) / 4;
    }
    if (bytes > dataBytesMax) causes.push(fieldErrors.tooLong('data', dataBytesMax));
    for (const key of requiredKeys[String(object['type'])] ?? []) {
      if (data[key] === undefined) causes.push(fieldErrors.required(`data[${key}]`));
    }
    if (previous !== null && previous['type'] !== object['type']) {
      causes.push(fieldErrors.invalid('type', object['type'], 'field is immutable'));
    }
    return [...causes, ...immutabilityCauses(object, previous, ['data'])];
  },
};

export const configMapRules: KindRules = {
  validate(object, previous) {
    const data = recordOf(object['data']);
    const binary = recordOf(object['binaryData']);
    const causes = [...keyCauses('data', data), ...keyCauses('binaryData', binary)];
    for (const key of Object.keys(binary)) {
      if (data[key] !== undefined)
        causes.push(fieldErrors.invalid(`data[${key}]`, key, `duplicate of key present in binaryData`));
    }
    let bytes = 0;
    for (const value of [...Object.values(data), ...Object.values(binary)])
      bytes += Buffer.byteLength(String(value));
    if (bytes > dataBytesMax) causes.push(fieldErrors.tooLong('', dataBytesMax));
    return [...causes, ...immutabilityCauses(object, previous, ['data', 'binaryData'])];
  },
};
