// ValidatingAdmissionPolicies: rules in CEL about any kind, in force where a binding says so. Parameters are not supported.
import { compileExpression, valueFor } from '../cel/expression.ts';
import { failures } from '../failure.ts';
import { arrayOf, isRecord, recordOf, textAt } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import { anySchema } from '../schema/structural.ts';
import type { Store } from '../store.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { type Operation, type Rule, ruleMatches, rulesOf, type Subject, selectorsMatch } from './webhook.ts';

export const policyVariables = ['object', 'oldObject', 'request', 'namespaceObject', 'variables'];

const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const bindings = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';

/** A policy as one binding puts it in force. */
export interface BoundPolicy {
  readonly policy: StoredObject;
  readonly binding: StoredObject;
}

export interface PolicyQuestion {
  readonly operation: Operation;
  readonly definition: ResourceDefinition;
  readonly name: string;
  readonly object: StoredObject | null;
  readonly oldObject: StoredObject | null;
  /** The one that the object is in; null for objects of the cluster. */
  readonly namespace: StoredObject | null;
  readonly request: Readonly<Record<string, unknown>>;
}

export interface PolicyVerdict {
  readonly refused: ApiFailure | null;
  readonly warnings: readonly string[];
}

interface Constraints {
  readonly rules: readonly Rule[];
  readonly excluded: readonly Rule[];
  readonly namespaceSelector: unknown;
  readonly objectSelector: unknown;
}

function constraintsOf(source: unknown): Constraints {
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = recordOf(source);
  return {
    rules: rulesOf(resourceRules),
    excluded: rulesOf(excludeResourceRules),
    namespaceSelector: namespaceSelector ?? {},
    objectSelector: objectSelector ?? {},
  };
}

/** Those that are in force for such writes; for nearly every write there is none. */
export function boundPolicies(
  store: Store,
  operation: Operation,
  subjects: readonly Subject[],
): BoundPolicy[] {
  const all = store.table(bindings).list(undefined);
  return all.flatMap((binding) => {
    const policy = store.get(policies, undefined, textAt(binding.spec, 'policyName'));
    if (policy === null || isRecord(policy.spec?.['paramKind'])) return [];
    const { rules, excluded } = constraintsOf(policy.spec?.['matchConstraints']);
    const narrowed = constraintsOf(binding.spec?.['matchResources']);
    const matches = (list: readonly Rule[]): boolean =>
      subjects.some((subject) => ruleMatches(list, operation, subject));
    const isIn = matches(rules) && !matches(excluded) && !matches(narrowed.excluded);
    return isIn && (narrowed.rules.length === 0 || matches(narrowed.rules)) ? [{ policy, binding }] : [];
  });
}

function isSelected(
  { policy, binding }: BoundPolicy,
  { namespace, object, oldObject }: PolicyQuestion,
): boolean {
  return [policy.spec?.['matchConstraints'], binding.spec?.['matchResources']].every((source) =>
    selectorsMatch(constraintsOf(source), namespace, [object, oldObject]),
  );
}

type Scope = Readonly<Record<string, unknown>>;

/** Each variable is worked out when it is first asked for, out of those before it. */
function withVariables(policy: StoredObject, given: Scope): Scope {
  const variables = Object.create(null) as Record<string, unknown>;
  for (const variable of arrayOf(policy.spec?.['variables'])) {
    let known: { readonly value: unknown } | null = null;
    const get = (): unknown => {
      known ??= { value: evaluate(textAt(variable, 'expression'), { ...given, variables }) };
      return known.value;
    };
    Object.defineProperty(variables, textAt(variable, 'name'), { get, enumerable: true });
  }
  return { ...given, variables };
}

function evaluate(expression: string, scope: Scope): unknown {
  const compiled = compileExpression(expression, policyVariables);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value(scope);
}

interface Failed {
  readonly message: string;
  readonly reason: string;
}

function messageOf(validation: unknown, scope: Scope): string {
  const plain =
    textAt(validation, 'message') || `failed expression: ${textAt(validation, 'expression').trim()}`;
  const expression = textAt(validation, 'messageExpression');
  if (expression === '') return plain;
  try {
    const made = evaluate(expression, scope);
    return typeof made === 'string' && made.trim() !== '' ? made : plain;
  } catch {
    // As on a real server: the plain message stands in.
    return plain;
  }
}

/** What is wrong with the object; an expression that fails counts as the policy's failurePolicy says. */
function failuresOf(policy: StoredObject, given: Scope): readonly Failed[] {
  const failsOpen = policy.spec?.['failurePolicy'] === 'Ignore';
  const scope = withVariables(policy, given);
  const broken = (expression: string, error: unknown): readonly Failed[] => {
    const message = `expression '${expression}' resulted in error: ${(error as Error).message.split('\n')[0]}`;
    return failsOpen ? [] : [{ message, reason: 'Invalid' }];
  };
  for (const condition of arrayOf(policy.spec?.['matchConditions'])) {
    const expression = textAt(condition, 'expression');
    try {
      if (evaluate(expression, scope) === false) return [];
    } catch (error) {
      return broken(expression, error);
    }
  }
  return arrayOf(policy.spec?.['validations']).flatMap((validation) => {
    const expression = textAt(validation, 'expression');
    try {
      if (evaluate(expression, scope) !== false) return [];
      return [{ message: messageOf(validation, scope), reason: textAt(validation, 'reason') || 'Invalid' }];
    } catch (error) {
      return broken(expression, error);
    }
  });
}

const codes: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

export function askPolicies(bound: readonly BoundPolicy[], question: PolicyQuestion): PolicyVerdict {
  const { definition, object, oldObject, namespace, request } = question;
  const given = {
    object: valueFor(definition.schema, object),
    oldObject: valueFor(definition.schema, oldObject),
    request: valueFor(anySchema, request),
    namespaceObject: valueFor(anySchema, namespace),
  };
  const warnings: string[] = [];
  let refused: ApiFailure | null = null;
  for (const one of bound.filter((each) => isSelected(each, question))) {
    const actions = arrayOf(one.binding.spec?.['validationActions']).map(String);
    const by = `'${one.policy.metadata.name}' with binding '${one.binding.metadata.name}'`;
    for (const { message, reason } of failuresOf(one.policy, given)) {
      if (actions.includes('Warn'))
        warnings.push(`Validation failed for ValidatingAdmissionPolicy ${by}: ${message}`);
      if (!actions.includes('Deny')) continue;
      const why = `ValidatingAdmissionPolicy ${by} denied request: ${message}`;
      const forbidden = failures.forbidden(definition, question.name, why);
      const details = { ...forbidden.details, causes: [{ message: why }] };
      refused ??= { ...forbidden, code: codes[reason] ?? 422, reason, details };
    }
  }
  return { refused, warnings };
}
