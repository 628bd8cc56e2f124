// Kinds with a rule or two: endpoint slices, leases.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, recordOf } from '../json.ts';
import type { KindRules } from './rules.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

/** Loopback addresses are let through here, unlike on a real API server: in `dev` pods live on 127.0.0.0/8. */
export const endpointSliceRules: KindRules = {
  validate(object, previous) {
    const causes: FieldCause[] = [];
    const type = object['addressType'];
    if (!addressTypes.includes(String(type)))
      causes.push(fieldErrors.unsupported('addressType', type, addressTypes));
    if (previous !== null && previous['addressType'] !== type) {
      causes.push(fieldErrors.invalid('addressType', type, 'field is immutable'));
    }
    const endpoints = arrayOf(object['endpoints']);
    if (endpoints.length > 1000) {
      causes.push({
        reason: 'FieldValueTooMany',
        message: `Too many: ${endpoints.length}: must have at most 1000 items`,
        field: 'endpoints',
      });
    }
    for (const [index, endpoint] of endpoints.entries()) {
      const addresses = arrayOf(recordOf(endpoint)['addresses']);
      if (addresses.length === 0) {
        const field = `endpoints[${index}].addresses`;
        causes.push(fieldErrors.required(field, 'must contain at least 1 address'));
      }
    }
    return causes;
  },
};

export const leaseRules: KindRules = {
  validate(object) {
    const seconds = recordOf(object.spec)['leaseDurationSeconds'];
    if (typeof seconds !== 'number' || seconds > 0) return [];
    return [fieldErrors.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')];
  },
};
