// What may be a name, a label or an annotation, and the sentences for what may not.
import type { FieldCause } from './failure.ts';
import { fieldErrors } from './field-error.ts';
import type { StoredObject } from './store-api.ts';

const dns1123Label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dns1123Subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const annotationBytesMax = 256 * 1024;

const subdomainWhy =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelWhy =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const label1035Why =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const qualifiedWhy =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueWhy =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export type NameRule = 'subdomain' | 'label' | 'label1035' | 'path';

/** The sentence that says what is wrong, or null. */
export function nameProblem(rule: NameRule, name: string): string | null {
  if (rule === 'path') {
    if (name === '.' || name === '..') return `may not be '${name}'`;
    if (name.includes('/')) return "may not contain '/'";
    return name.includes('%') ? "may not contain '%'" : null;
  }
  if (rule === 'subdomain') {
    if (name.length > 253) return 'must be no more than 253 characters';
    return dns1123Subdomain.test(name) ? null : subdomainWhy;
  }
  if (name.length > 63) return 'must be no more than 63 characters';
  if (rule === 'label1035') return dns1035Label.test(name) ? null : label1035Why;
  return dns1123Label.test(name) ? null : labelWhy;
}

function qualifiedNameProblem(key: string): string | null {
  const parts = key.split('/');
  if (parts.length > 2) {
    return "a valid label key must be a name with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
  }
  const name = parts.at(-1)!;
  if (parts.length === 2 && parts[0] === '') return 'prefix part must be non-empty';
  if (parts.length === 2 && !dns1123Subdomain.test(parts[0]!)) return `prefix part ${subdomainWhy}`;
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return 'name part must be no more than 63 characters';
  return qualifiedName.test(name) ? null : qualifiedWhy;
}

export function validateLabels(labels: unknown, field: string): FieldCause[] {
  const causes: FieldCause[] = [];
  for (const [key, value] of Object.entries((labels ?? {}) as Record<string, unknown>)) {
    const keyProblem = qualifiedNameProblem(key);
    if (keyProblem !== null) causes.push(fieldErrors.invalid(field, key, keyProblem));
    if (typeof value !== 'string') {
      causes.push(fieldErrors.invalid(field, value, 'label values must be strings'));
      continue;
    }
    if (value.length > 63) {
      causes.push(fieldErrors.invalid(field, value, 'must be no more than 63 characters'));
    } else if (value !== '' && !qualifiedName.test(value)) {
      causes.push(fieldErrors.invalid(field, value, labelValueWhy));
    }
  }
  return causes;
}

function validateAnnotations(annotations: unknown): FieldCause[] {
  const causes: FieldCause[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries((annotations ?? {}) as Record<string, unknown>)) {
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== null) causes.push(fieldErrors.invalid('metadata.annotations', key, problem));
    bytes += key.length + Buffer.byteLength(String(value));
  }
  if (bytes > annotationBytesMax)
    causes.push(fieldErrors.tooLong('metadata.annotations', annotationBytesMax));
  return causes;
}

export function validateMetadata(object: StoredObject, rule: NameRule): FieldCause[] {
  const { metadata } = object;
  const causes: FieldCause[] = [];
  if (typeof metadata.name !== 'string' || metadata.name === '') {
    causes.push(fieldErrors.required('metadata.name', 'name or generateName is required'));
  } else {
    const problem = nameProblem(rule, metadata.name);
    if (problem !== null) causes.push(fieldErrors.invalid('metadata.name', metadata.name, problem));
  }
  causes.push(...validateLabels(metadata.labels, 'metadata.labels'));
  causes.push(...validateAnnotations(metadata.annotations));
  let controllers = 0;
  for (const [index, owner] of (metadata.ownerReferences ?? []).entries()) {
    const field = `metadata.ownerReferences[${index}]`;
    for (const member of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[member])
        causes.push(fieldErrors.invalid(`${field}.${member}`, '', `${member} must not be empty`));
    }
    if (owner.controller === true && ++controllers > 1) {
      const why = 'Only one reference can have Controller set to true. Found more than one';
      causes.push(fieldErrors.invalid('metadata.ownerReferences', owner.name, why));
    }
  }
  for (const finalizer of metadata.finalizers ?? []) {
    const problem = qualifiedNameProblem(finalizer);
    if (problem !== null) causes.push(fieldErrors.invalid('metadata.finalizers', finalizer, problem));
  }
  return causes;
}
