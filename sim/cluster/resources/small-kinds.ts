// Kinds with a rule or two: endpoint slices, leases, custom resource definitions.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, recordOf } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
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

function filledNames(object: StoredObject): Record<string, unknown> {
  const names = { ...recordOf(recordOf(object.spec)['names']) };
  const kind = String(names['kind'] ?? '');
  names['singular'] ??= kind.toLowerCase();
  names['listKind'] ??= `${kind}List`;
  return names;
}

export const customResourceDefinitionRules: KindRules = {
  prepare(object) {
    const names = recordOf(recordOf(object.spec)['names']);
    if (names['singular'] && names['listKind'] && object.spec?.['conversion'] !== undefined) return object;
    const spec = {
      ...object.spec,
      names: filledNames(object),
      conversion: object.spec?.['conversion'] ?? { strategy: 'None' },
    };
    return { ...object, spec } as StoredObject;
  },
  validate(object) {
    const spec = recordOf(object.spec);
    const names = recordOf(spec['names']);
    const causes: FieldCause[] = [];
    for (const member of ['plural', 'kind'] as const) {
      if (!names[member]) causes.push(fieldErrors.required(`spec.names.${member}`));
    }
    if (!spec['group']) causes.push(fieldErrors.required('spec.group'));
    if (!['Namespaced', 'Cluster'].includes(String(spec['scope']))) {
      causes.push(fieldErrors.unsupported('spec.scope', spec['scope'] ?? '', ['Cluster', 'Namespaced']));
    }
    const expected = `${names['plural']}.${spec['group']}`;
    if (object.metadata.name !== expected) {
      const why = 'must be spec.names.plural+"."+spec.group';
      causes.push(fieldErrors.invalid('metadata.name', object.metadata.name, why));
    }
    const versions = arrayOf(spec['versions']).map(recordOf);
    if (versions.filter((version) => version['storage'] === true).length !== 1) {
      const why = 'must have exactly one version marked as storage version';
      causes.push(
        fieldErrors.invalid(
          'spec.versions',
          versions.map((version) => version['name']),
          why,
        ),
      );
    }
    for (const [index, version] of versions.entries()) {
      const schema = recordOf(version['schema'])['openAPIV3Schema'];
      if (schema === undefined) {
        causes.push(
          fieldErrors.required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'),
        );
      }
    }
    return causes;
  },
};
