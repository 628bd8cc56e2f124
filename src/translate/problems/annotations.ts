// What can be wrong with annotations, in sentences for users.
import { annotationField } from '../../kube/annotations.ts';
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

export function badAnnotation(object: DecodedObject, name: string, value: string, expected: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; the annotation is ignored. Correct or remove it.`,
  );
}

export function idleSlowStart(object: DecodedObject, name: string, algorithm: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Slow start has no meaning with the algorithm ${quote(algorithm)}, which chooses by what a request is; the annotation is ignored. Remove it, or choose round-robin, least-connections or latency.`,
  );
}

/** One value of several: the others count. */
export function badAnnotationValue(
  object: DecodedObject,
  name: string,
  value: string,
  expected: string,
): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; it is left out. Correct or remove it.`,
  );
}

/** A condition of which nothing is left: without it the routes would match requests that nobody asked for. */
export function badCondition(object: DecodedObject, name: string, value: string, expected: string): Problem {
  return problem(
    object,
    annotationField(name),
    'InvalidAnnotation',
    `Value ${quote(value)} is not ${expected}; the object's routes are not served, because without this condition they would match more requests. Correct or remove it.`,
  );
}

export function badRewrite(object: DecodedObject, value: string, why: string): Problem {
  return problem(
    object,
    annotationField('rewrite'),
    'InvalidAnnotation',
    `Value ${quote(value)} cannot be used: ${why}; what the object serves answers 503. Correct or remove it.`,
  );
}

export function conflictingRewrite(object: DecodedObject, plugin: string): Problem {
  return problem(
    object,
    annotationField('rewrite'),
    'PluginConflict',
    `The rewrite needs a request-transformer of its own, but ${quote(plugin)} is one too; what the object serves answers 503. Set replace.uri in ${quote(plugin)} and remove the annotation.`,
  );
}

export function unsupportedAnnotation(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField(name),
    'UnsupportedAnnotation',
    `The annotation konghq.com/${name} is not supported; it is ignored. Remove it.`,
  );
}
