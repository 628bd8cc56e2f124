// What can be wrong with KongUpstreamPolicies, in sentences for users.
import { pointsPerTarget, ringTargetsMax, slotsMax } from '../../kong/hash-ring.ts';
import { annotationField } from '../../kube/annotations.ts';
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

export function refusedChoice(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidUpstreamPolicy',
    `It is refused: ${why}; requests are spread by round-robin. Correct it.`,
  );
}

export function crowdedRing(object: DecodedObject, upstream: string, slots: number, count: number): Problem {
  const wanted = count * pointsPerTarget;
  const remedy =
    wanted <= slotsMax
      ? `Set it to ${wanted} or more.`
      : `No setting is large enough; use another algorithm where Kong serves them too.`;
  return problem(
    object,
    'spec.slots',
    'CrowdedRing',
    `Upstream ${quote(upstream)} has ${count} endpoints, and a ring of ${slots} slots takes ${ringTargetsMax(slots)}; a larger one is used than Kong would use. ${remedy}`,
  );
}

export function refusedPolicyField(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidUpstreamPolicy',
    `It is refused: ${why}; ${field.split('.').slice(0, 2).join('.')} is not used. Correct it.`,
  );
}

export function missingPolicy(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('upstream-policy'),
    'UpstreamPolicyNotFound',
    `KongUpstreamPolicy ${quote(name)} does not exist in namespace ${quote(object.metadata.namespace)}; the Service is served without it. Create it, or correct the name.`,
  );
}
