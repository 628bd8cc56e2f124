// One sentence per kind of validation error, worded as Kubernetes words them.
import type { FieldCause } from './failure.ts';

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'null');
}

export const fieldErrors = {
  invalid(field: string, value: unknown, why: string): FieldCause {
    return { reason: 'FieldValueInvalid', message: `Invalid value: ${show(value)}: ${why}`, field };
  },
  required(field: string, why = ''): FieldCause {
    return {
      reason: 'FieldValueRequired',
      message: why === '' ? 'Required value' : `Required value: ${why}`,
      field,
    };
  },
  duplicate(field: string, value: unknown): FieldCause {
    return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${show(value)}`, field };
  },
  unsupported(field: string, value: unknown, supported: readonly string[]): FieldCause {
    const list = supported.map((item) => JSON.stringify(item)).join(', ');
    return {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${show(value)}: supported values: ${list}`,
      field,
    };
  },
  forbidden(field: string, why: string): FieldCause {
    return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
  },
  tooLong(field: string, bytesMax: number): FieldCause {
    return {
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${bytesMax} bytes`,
      field,
    };
  },
  wrongType(field: string, value: unknown, wanted: string, found: string): FieldCause {
    return {
      reason: 'FieldValueTypeInvalid',
      message: `Invalid value: ${show(found)}: ${field} in body must be of type ${wanted}: ${show(found)}`,
      field: value === undefined ? '' : field,
    };
  },
} as const;
