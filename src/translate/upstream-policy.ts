// A KongUpstreamPolicy as fields of Kong's upstream: read once for each policy, since many upstreams may share it.
import { oncePerObject } from '../base/once-per-object.ts';
import type { FieldPath, Filled } from '../kong/schema/field.ts';
import type { KongUpstreamPolicy } from '../kube/kong-upstream-policy.ts';
import type { Problem } from '../kube/problem.ts';
import { checked } from './check-entity.ts';
import * as problems from './problems.ts';
import { choiceFields, choicePlace } from './upstream-choice.ts';

export interface PolicyFields {
  readonly fields: Filled;
  readonly problems: readonly Problem[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** httpPath to http_path, at every depth; header names are the user's own. */
function snakeCase(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name === 'headers' ? item : snakeCase(item),
    ]),
  );
}

function fieldOf(path: FieldPath): string {
  let text = 'spec';
  for (const part of path)
    text +=
      typeof part === 'number'
        ? `[${part}]`
        : `.${part.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  return text;
}

/** A field that the gateway would refuse is left out; the others count. */
export const readUpstreamPolicy = oncePerObject((policy: KongUpstreamPolicy): PolicyFields => {
  const { slots, healthchecks } = policy.spec;
  const found: Problem[] = [];
  const given: Readonly<Record<string, unknown>> = {
    ...(slots === null ? {} : { slots }),
    ...(healthchecks === null ? {} : { healthchecks: snakeCase(healthchecks) }),
  };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const result = checked('upstreams', { name: 'policy', [name]: value });
    if (result.ok) fields[name] = value;
    else
      for (const { path, message } of result.error)
        found.push(problems.refusedPolicyField(policy, fieldOf(path), message));
  }
  // What belongs together counts or is left out as one: half of it would send requests somewhere nobody asked for.
  const choice = choiceFields(policy.spec);
  const result = checked('upstreams', { name: 'policy', ...choice });
  if (result.ok) Object.assign(fields, choice);
  else
    for (const { path, message } of result.error)
      if (path[0] !== '@entity' || result.error.length === 1)
        found.push(problems.refusedChoice(policy, choicePlace(path), message));
  return { fields, problems: found };
});
