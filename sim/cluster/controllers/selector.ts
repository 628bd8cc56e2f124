// Label selectors against labels (metav1.LabelSelector: all requirements must hold).
import type { LabelSelector } from './kinds.ts';

type Labels = Readonly<Record<string, string>>;

export function matchesLabels(required: Labels, labels: Labels | undefined): boolean {
  for (const key of Object.keys(required)) if (labels?.[key] !== required[key]) return false;
  return true;
}

/** An absent or empty selector matches nothing here: a workload without one must never adopt the whole namespace. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  const expressions = selector.matchExpressions ?? [];
  const required = selector.matchLabels ?? {};
  if (expressions.length === 0 && Object.keys(required).length === 0) return false;
  if (!matchesLabels(required, labels)) return false;
  return expressions.every((expression) => {
    const value = labels?.[expression.key];
    switch (expression.operator) {
      case 'In':
        return value !== undefined && (expression.values ?? []).includes(value);
      case 'NotIn':
        return value === undefined || !(expression.values ?? []).includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}
