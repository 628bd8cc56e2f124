// Admission policies: expressions that nobody can read are refused, what is not supported is told.
import { policyVariables } from '../admission/policy.ts';
import { compileExpression } from '../cel/expression.ts';
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, textAt } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

interface FoundExpression {
  readonly field: string;
  readonly text: string;
}

function expressionsOf(object: StoredObject): FoundExpression[] {
  return ['variables', 'matchConditions', 'validations'].flatMap((member) =>
    arrayOf(object.spec?.[member]).map((item, index) => ({
      field: `spec.${member}[${index}].expression`,
      text: textAt(item, 'expression'),
    })),
  );
}

export const admissionPolicyRules: KindRules = {
  validate(object) {
    const causes: FieldCause[] = [];
    if (
      arrayOf(object.spec?.['validations']).length + arrayOf(object.spec?.['auditAnnotations']).length ===
      0
    )
      causes.push(
        fieldErrors.required(
          'spec.validations',
          'validations or auditAnnotations must contain at least one item',
        ),
      );
    for (const { field, text } of expressionsOf(object)) {
      const compiled = compileExpression(text, policyVariables);
      if (!compiled.ok && compiled.error.isWrong)
        causes.push(fieldErrors.invalid(field, text, `compilation failed: ${compiled.error.message}`));
    }
    return causes;
  },
  warnings(object) {
    const unknown = expressionsOf(object).flatMap(({ field, text }) => {
      const compiled = compileExpression(text, policyVariables);
      if (compiled.ok || compiled.error.isWrong) return [];
      return [`${field}: not supported by this cluster, it counts as an error: ${compiled.error.message}`];
    });
    if (!isRecord(object.spec?.['paramKind'])) return unknown;
    return [
      ...unknown,
      'spec.paramKind: parameters are not supported by this cluster, the policy is never asked',
    ];
  },
};
