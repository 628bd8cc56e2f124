// Definitions of custom resources: their names, versions and schemas, and the rules in them as far as they can be read.
import { compileExpression } from '../cel/expression.ts';
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, recordOf, textAt } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

const variables = ['self', 'oldSelf'];

interface FoundRule {
  readonly field: string;
  readonly rule: string;
}

/** Every rule of a schema, wherever in it. */
function rulesBelow(schema: unknown, field: string): FoundRule[] {
  if (!isRecord(schema)) return [];
  const own = arrayOf(schema['x-kubernetes-validations']).map((item, index) => ({
    field: `${field}.x-kubernetes-validations[${index}].rule`,
    rule: textAt(item, 'rule'),
  }));
  const members = Object.entries(recordOf(schema['properties'])).flatMap(([name, one]) =>
    rulesBelow(one, `${field}.properties[${name}]`),
  );
  return [
    ...own,
    ...members,
    ...rulesBelow(schema['items'], `${field}.items`),
    ...rulesBelow(schema['additionalProperties'], `${field}.additionalProperties`),
  ];
}

function rulesOf(object: StoredObject): FoundRule[] {
  return arrayOf(object.spec?.['versions']).flatMap((version, index) =>
    rulesBelow(
      recordOf(recordOf(version)['schema'])['openAPIV3Schema'],
      `spec.versions[${index}].schema.openAPIV3Schema`,
    ),
  );
}

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
    for (const { field, rule } of rulesOf(object)) {
      const compiled = compileExpression(rule, variables);
      if (rule.trim() === '') causes.push(fieldErrors.required(field, 'rule is not specified'));
      else if (!compiled.ok && compiled.error.isWrong)
        causes.push(fieldErrors.invalid(field, rule, `compilation failed: ${compiled.error.message}`));
    }
    return causes;
  },
  warnings(object) {
    return [...conversionWarnings(object), ...ruleWarnings(object)];
  },
};

function ruleWarnings(object: StoredObject): string[] {
  return rulesOf(object).flatMap(({ field, rule }) => {
    const compiled = compileExpression(rule, variables);
    if (compiled.ok || compiled.error.isWrong) return [];
    return [
      `${field}: not supported by this cluster, objects are not judged by it: ${compiled.error.message}`,
    ];
  });
}

function conversionWarnings(object: StoredObject): string[] {
  if (textAt(object.spec, 'conversion', 'strategy') !== 'Webhook') return [];
  return [
    'spec.conversion: conversion webhooks are not supported by this cluster, only the apiVersion of objects is changed',
  ];
}
